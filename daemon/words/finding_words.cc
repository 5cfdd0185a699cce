// What is wrong with a field: findings over forms, and the details of refusals.
#include "daemon/words/lists.h"

namespace jiexu {
namespace {

// clang-format off
constexpr Word kFindingWords[] = {
    // Any field.
    sentence("this field is required", "此项必填"),
    sentence("is missing", "此项必填"),
    sentence("is missing; such as REJECT_CODE_NOT_FOUND", "应选择原因"),
    sentence("at most {count} characters", "不得超过 {count} 个字符"),
    sentence("lies before {day}", "早于 {day}"),
    sentence("version: must be {number}", "版次应为 {number}"),

    // Who asks, and what he asks for.
    sentence("this needs the role {role}", "须由{role}办理"),
    sentence("this action needs the role {role}", "此项须由{role}办理"),
    sentence("this approval needs the role {role}", "此项须由{role}复核"),
    sentence("proposal {number}", "提请序号 {number}"),
    sentence("{event} in {relationship} / {funds} / {overlay}", "{event}：现为“{relationship}”、“{funds}”、“{overlay}”"),
    sentence("{event} in {relationship} / {funds}", "{event}：现为“{relationship}”、“{funds}”"),

    // Notes of the timeline.
    sentence("{event}, proposal {number}, digest {digest}", "{event}，提请序号 {number}，摘要 {digest}"),
    sentence("{event}, proposal {number}", "{event}，提请序号 {number}"),
    sentence("keyed in from paper: {event}, SHA-256 {digest}", "据纸质件录入：{event}，SHA-256 {digest}"),
    sentence("keyed in from paper: {event}", "据纸质件录入：{event}"),
    sentence("overtaken by our own message", "已由我方报文代替"),
    sentence("overtaken by what was keyed in", "已由录入的纸质件代替"),
    sentence("nobody sees to it", "无人经办"),
    sentence("seen to by {user}", "由 {user} 经办"),
    sentence("{agency} was merged into {other}", "{agency} 已并入 {other}"),

    // Who may not approve a batch, and why it cannot be.
    sentence("you have made it", "此批由您制作"),
    sentence("you have ordered {payment}", "付款 {payment} 由您指令"),
    sentence("it is not what was seen or approved", "已非所见或已复核的内容"),
    sentence("it was exported as {format}", "此前导出的格式为 {format}"),
    sentence("case {case}", "个案 {case}"),
    sentence("we have sent {count} messages in this case; they count from 1", "本案我方已发出 {count} 份文书，从 1 起编号"),
    sentence("there are: application, letter, form, form-VERSION", "可用：application（申请）、letter（联系函）、form（最新信息表）、form-版次"),
    sentence("`from_agency`: who wrote the letter, 'S' and 11 digits", "`from_agency`（--from）：出具联系函的机构，S 加 11 位数字"),

    // Bodies that cannot be read.
    sentence("line {line}, column {column}: {what}", "第 {line} 行第 {column} 列：{what}"),
    sentence("here must be {what}", "此处应为{what}"),
    sentence("must be one of {names}", "应为以下之一：{names}"),
    sentence("there is no such field; there are {names}", "没有这一项；可填：{names}"),
    sentence("must be a whole number of fen, such as 123456", "应为整数，单位为分，如 123456"),
    sentence("must be a day, such as 2026-11-30", "应为年月日，如 2026-11-30"),
    sentence("must be a month, such as 2026-11", "应为年月，如 2026-11"),
    sentence("must be a whole number", "应为整数"),
    sentence("must be a whole number, 0 or more", "应为不小于 0 的整数"),
    sentence("must be true or false", "应为 true 或 false"),
    // Queries that cannot be read.
    sentence("must be 0 or 1", "应为 0 或 1"),
    sentence("must be a whole number from {least} to {most}", "应为 {least} 至 {most} 的整数"),
    sentence("must be a day such as 2026-11-30", "应为日期，如 2026-11-30"),
    sentence("must be an agency's code, 'S' and 11 digits", "应为机构代码：S 加 11 位数字"),
    sentence("must be an even number of hex digits, at most {most}", "应为偶数个十六进制数字，至多 {most} 个"),
    sentence("must have at most {most} bytes", "不得超过 {most} 字节"),
    sentence("must be one or several, with commas, of {names}", "应为以下之一或数个（以逗号分隔）：{names}"),
    sentence("is not from `next` of this list", "不是本列表所给的 next"),
    sentence("is given twice", "重复给出"),
    sentence("this address takes no query", "此地址不接受查询参数"),
    sentence("there is no such parameter; there are {names}", "没有这一参数；可用：{names}"),

    // What was to stand there instead.
    sentence("a text without a byte order mark", "不带字节顺序标记的文本"),
    sentence("a value", "一个值"),
    sentence("a value; here the text ends", "一个值，而文本到此为止"),
    sentence("true, false or null", "true、false 或 null"),
    sentence("a name in quotation marks", "加引号的名称"),
    sentence("a colon", "冒号"),
    sentence("a comma or }", "逗号或 }"),
    sentence("a comma or ]", "逗号或 ]"),
    sentence("the text's closing quotation mark", "文字末尾的引号"),
    sentence("a digit", "数字"),
    sentence("holds a line end or another character that is not seen; type it anew", "含换行或不可见字符，请重新输入"),
    sentence("holds '|', which separates the columns of payment files", "含“|”，它是付款文件的列分隔符"),
    sentence("has a character that GBK lacks, and with it banks' files; write it as the bank does", "含 GBK 以外的字符，银行文件不能表示，请按银行写法填写"),
    sentence("must be 6 digits", "应为 6 位数字"),
    sentence("must be 'S' and 11 digits", "应为 S 加 11 位数字"),
    sentence("the code is not in the list", "代码不在代码表中"),
    sentence("this date does not exist", "日期不存在"),
    sentence("this date is in the future", "日期晚于今天"),
    sentence("must be a month yyyymm from 195001 to 205012", "应为 1950-01 至 2050-12 之间的年月"),
    sentence("must be within 9999999999.99 yuan", "不得超过 9999999999.99 元"),
    sentence("must be from 0 to 9999999999.99 yuan", "应为 0 至 9999999999.99 元"),
    sentence("must be ASCII digits", "应为半角数字"),

    // Person and numbers.
    sentence("the citizen id has another birth date", "与身份证号码中的出生日期不符"),
    sentence("the citizen id has the other sex", "与身份证号码中的性别不符"),
    sentence("a citizen id has 18 characters (15 in its old form)", "身份证号码应为 18 位（旧号 15 位）"),
    sentence("a citizen id is 17 digits and a digit or X", "身份证号码应为 17 位数字加一位数字或 X"),
    sentence("the birth date in the citizen id does not exist", "身份证号码中的出生日期不存在"),
    sentence("the birth date in the citizen id is in the future", "身份证号码中的出生日期晚于今天"),
    sentence("the check character of the citizen id is wrong; compare it with the document", "身份证号码校验位有误，请与证件核对"),
    sentence("a bank line number has 12 digits", "银行行号应为 12 位数字"),
    sentence("a bank line number has digits only", "银行行号只能是数字"),
    sentence("the check digit of the bank line number is wrong; compare it with the bank's notice", "银行行号校验位有误，请与银行通知核对"),
    sentence("a letter number has 20 digits", "联系函编号应为 20 位数字"),
    sentence("a letter number has digits only", "联系函编号只能是数字"),
    sentence("the date in the letter number does not exist", "联系函编号中的日期不存在"),
    sentence("the sequence in the letter number is zero", "联系函编号中的序号为零"),
    sentence("the check digit of the letter number is wrong; compare it with the letter", "联系函编号校验位有误，请与联系函核对"),

    // Letter and form.
    sentence("no deadline profile of this name is in force on the day of issue", "出具之日没有此名称的期限规则"),
    sentence("the letter was sent on too often", "联系函转送次数过多"),
    sentence("versions count from 1, and each replaces the one before it", "版次自 1 起，每版替换前一版"),
    sentence("must be the letter number, '-' and the version", "应为联系函编号、“-”与版次"),
    sentence("handler and reviewer must be two people", "经办人与复核人不得为同一人"),
    sentence("the row ends before it begins", "终止年月早于起始年月"),
    sentence("the row goes on after the month of stopped_on", "记录晚于停保年月"),
    sentence("no month of the row lies in this year", "记录年月不在此年度内"),
    sentence("principal and interest do not add up to the balance", "本金与利息之和不等于储存额"),
    sentence("the disposition does not go with such a balance", "余额处理方式与储存额不符"),
    sentence("resident insurance has no personal account", "居民医保没有个人账户"),
    sentence("an amount is given exactly when the balance is transferred", "余额划转时才填转移额，且必须填写"),
    sentence("the whole balance is transferred, to the fen", "余额应全额划转，不得差一分"),
    sentence("answers another letter", "所复联系函与本案不符"),
    sentence("not the document of the letter", "与联系函所载证件不符"),
    sentence("not the name of the letter", "与联系函所载姓名不符"),
    sentence("the letter names another scheme", "与联系函所载险种不符"),
    sentence("the figures say another amount", "大小写金额不符"),

    // Actions.
    sentence("several cases are called so; name one by its whole id", "有多个个案符合，请给出完整的个案号"),
    sentence("another user sees to the case; this needs a reviewer", "个案已由其他用户认领，须由复核人员移交"),
    sentence("no user who works with cases is called so", "没有此名称的经办用户"),
    sentence("names no case", "没有此个案，或有多个符合"),
    sentence("must be a day as yyyymmdd", "应为年月日"),
    sentence("lies in the future", "晚于今天"),
    sentence("is over", "早于今天"),
    sentence("lies more than a year ahead", "晚于一年之后"),
    sentence("not what the case says", "与个案所载不符"),
    sentence("does not follow from the rest of the form", "与信息表其余内容不符"),
    sentence("is missing, or findings that say what is to be corrected", "应写明须更正的内容，或列出问题"),
    sentence("says nothing", "内容为空"),
    sentence("is out of range", "超出范围"),
    sentence("with what came before", "与此前金额合计超限"),
    sentence("is ours", "是本机构"),
    sentence("is the one that wrote the letter", "正是来函机构"),
    sentence("a code is 'S' and 11 digits", "机构代码为 S 加 11 位数字"),
    sentence("must be 1 byte to 20 MiB", "应为 1 字节至 20 MiB"),
    sentence("must be a file's name of 1 to 100 characters", "应为 1 至 100 字的文件名"),
    sentence("must be such as application/pdf", "应如 application/pdf"),
    sentence("must be 64 hex digits", "应为 64 位十六进制数字"),
    sentence("the file is attached already", "此文件已附"),
    sentence("of no file that waits", "没有此待发附件"),
    sentence("must have 32 bytes", "应为 32 字节"),
    sentence("the same file is named twice", "同一文件重复列出"),
    sentence("upload the file first", "请先上传文件"),
    sentence("a file's bytes are not here", "附件内容不在本机构"),
    sentence("not over here", "当日尚未结束"),
    sentence("stated before", "此前已对账"),
};
// clang-format on

}  // namespace

std::span<const Word> finding_words() {
  return kFindingWords;
}

}  // namespace jiexu
