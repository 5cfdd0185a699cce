// What is wrong with files, keys, users and the way to the daemon, as the errors of the libraries
// say it: in pieces, with names and numbers in them.
#include "daemon/words/lists.h"

namespace jiexu {
namespace {

// clang-format off
constexpr Word kErrorWords[] = {
    // What the system says, by the names of errno(3); found by its English.
    {"system.ENOENT", "No such file or directory", "没有此文件或目录"},
    {"system.EACCES", "Permission denied", "没有权限"},
    {"system.EPERM", "Operation not permitted", "操作未获允许"},
    {"system.EISDIR", "Is a directory", "是目录，不是文件"},
    {"system.ENOTDIR", "Not a directory", "不是目录"},
    {"system.EEXIST", "File exists", "文件已存在"},
    {"system.ENOSPC", "No space left on device", "磁盘空间不足"},
    {"system.EROFS", "Read-only file system", "文件系统只读"},
    {"system.EIO", "Input/output error", "读写出错"},
    {"system.ENAMETOOLONG", "File name too long", "文件名过长"},
    {"system.ELOOP", "Too many levels of symbolic links", "符号链接层数过多"},
    {"system.ECONNREFUSED", "Connection refused", "连接被拒绝"},
    {"system.ECONNRESET", "Connection reset by peer", "连接被对方中断"},
    {"system.EPIPE", "Broken pipe", "管道已断开"},
    {"system.EOF", "end of stream", "应答中断"},
    {"system.PARTIAL", "partial message", "应答不完整"},
    {"system.ETIMEDOUT", "The socket was closed due to a timeout", "等待超时"},

    // Files.
    sentence("cannot be opened", "无法打开"),
    sentence("cannot be read", "无法读取"),
    sentence("cannot be read to its end", "无法读取到末尾"),
    sentence("cannot be written", "无法写入"),
    sentence("cannot be replaced", "无法替换"),
    sentence("cannot be made", "无法建立"),
    sentence("cannot be protected", "无法设置权限"),
    sentence("cannot open", "无法打开"),
    sentence("cannot read", "无法读取"),
    sentence("cannot create", "无法建立"),
    sentence("cannot write", "无法写入"),
    sentence("cannot sync", "无法落盘"),
    sentence("cannot sync the folder", "目录无法落盘"),
    sentence("cannot lock its folder", "无法锁定其所在目录"),
    sentence("is not a file", "不是文件"),
    sentence("is not a folder", "不是目录"),
    sentence("is not a configuration file", "不是配置文件"),
    sentence("is too large", "过大"),
    sentence("broke off ({what})", "中途断开（{what}）"),
    sentence("cannot be opened; `jiexu init DIR` makes a new agency, --config FILE names an existing one", "无法打开；`jiexu init 目录` 新建机构，--config 文件 指明已有机构"),
    sentence("is open to other users; run: chmod {how}", "其他用户可以读取；请执行：chmod {how}"),
    sentence("must be one line", "应为一行"),
    sentence("holds no key", "没有密钥"),
    sentence("Nothing was done with this file.", "该文件未作处理。"),

    // The configuration.
    sentence("unknown key {key}; {what}", "不认识的项 {key}；{what}"),
    sentence("see `jiexu config example` for the keys that exist", "全部项目见 `jiexu config example`"),
    sentence("did you mean {key}?", "是否指 {key}？"),
    sentence("{key} must be a string in quotes", "{key} 应为加引号的文字"),
    sentence("{key} must not be empty", "{key} 不能为空"),
    sentence("{key} must be an agency code: 'S' and 11 digits, such as S41132810207", "{key} 应为机构代码：S 加 11 位数字，如 S41132810207"),
    sentence("{key} must be tcp://ADDRESS:PORT, such as tcp://0.0.0.0:7401", "{key} 应为 tcp://地址:端口，如 tcp://0.0.0.0:7401"),
    sentence("{key} must be ADDRESS:PORT, such as 127.0.0.1:7501", "{key} 应为 地址:端口，如 127.0.0.1:7501"),
    sentence("{key} must be a loopback address such as 127.0.0.1: the API speaks no TLS; put a proxy that does in front of it", "{key} 应为本机回环地址，如 127.0.0.1：API 不用 TLS，如需请在其前设置代理"),
    sentence("{key} must be one of {names}", "{key} 应为以下之一：{names}"),
    sentence("{key} must be a whole number of MiB, at least {n}", "{key} 应为整数，单位 MiB，不小于 {n}"),
    sentence("{key} must be a whole number from 1 to {n}", "{key} 应为 1 至 {n} 的整数"),
    sentence("{key} must be a whole number of working days from 1 to {n}", "{key} 应为 1 至 {n} 的整数，单位为工作日"),
    sentence("{key} must be a whole number of yuan, at most {n}", "{key} 应为整数，单位为元，不大于 {n}"),
    sentence("{key} must be one character", "{key} 应为一个字符"),
    sentence("{key} must be true or false", "{key} 应为 true 或 false"),
    sentence("{key} must be a list of columns' names", "{key} 应为列名的列表"),

    // The way to the daemon.
    sentence("the daemon does not answer on {where} ({what}); is jiexud running? `jiexu doctor` looks further", "系统在 {where} 没有应答（{what}）；jiexud 是否在运行？可用 `jiexu doctor` 检查"),
    sentence("no answer ({what}); try again", "没有收到应答（{what}），请再试"),
    sentence("no answer ({what}); whether it was done is not known: look before repeating", "没有收到应答（{what}）；是否已办理尚不清楚，重复之前请先查看"),
    sentence("{why}; with an account of your own: jiexu login", "{why}；有本人帐户的请登录：jiexu login"),
    sentence("--family: records have no family {name}", "--family：没有名为 {name} 的记录类别"),
    sentence("no token: {why}; set JIEXU_TOKEN or give --token-file FILE, or sign in: jiexu login", "没有令牌：{why}；请设置 JIEXU_TOKEN，或给 --token-file 文件，或登录：jiexu login"),
    sentence("the daemon's answer cannot be read", "系统的应答无法读取"),
    sentence("another import of this file runs; try again", "该文件正在由另一命令导入，请稍后再试"),
    sentence("no such case", "没有此个案"),

    // The command line.
    sentence("{value} is no number from {least} to {most}", "{value} 不是 {least} 至 {most} 的整数"),
    sentence("{name}: {value} is no number that fits", "{name}：{value} 不是可用的数字"),
    sentence("{value} is none of {values}", "{value} 不在 {values} 之内"),
    sentence("{value} is no folder that exists", "{value} 不是已有的目录"),
    sentence("{name} is given twice", "{name} 重复给出"),
    sentence("{name} takes no value", "{name} 不带值"),

    // Users.
    sentence("user {user} exists; --replace gives a new token", "用户 {user} 已存在；--replace 可另发令牌"),
    sentence("a user's name is 1 to 32 of a-z 0-9 - _ .", "用户名为 1 至 32 个字符，只用 a-z 0-9 - _ ."),
    sentence("there is no user {user}", "没有用户 {user}"),

    // What was given.
    sentence("the input is not a JSON object", "输入不是 JSON 对象"),
    sentence("the application is not a JSON object", "申请不是 JSON 对象"),
    sentence("the encoding is utf-8 or gbk", "编码应为 utf-8 或 gbk"),
    sentence("must be hex digits, two for each byte", "应为十六进制数字，每字节两位"),
    sentence("write FIELD=VALUE, such as --set reason=... or --set findings.0.text=...", "应写作 项目=内容，如 --set reason=... 或 --set findings.0.text=..."),
    sentence("is given in yuan and in fen", "元与分重复给出"),
    sentence("write the amount in yuan, such as 1234.56", "金额以元为单位，如 1234.56"),
};
// clang-format on

}  // namespace

std::span<const Word> error_words() {
  return kErrorWords;
}

}  // namespace jiexu
