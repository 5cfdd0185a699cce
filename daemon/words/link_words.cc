// Links: where each stands and why (daemon/peers/link_status.cc), alarms, quarantine.
#include "daemon/words/lists.h"

namespace jiexu {
namespace {

// clang-format off
constexpr Word kLinkWords[] = {
    {"peer.opening", "opening", "连接中"},
    {"peer.flowing", "flowing", "正常"},
    {"peer.stopped", "stopped", "已停止"},
    {"peer.paused", "paused", "已暂停"},
    {"peer.recovering", "recovering", "恢复中"},
    {"peer.silent", "silent", "无应答"},
    {"peer.clock", "clock", "时钟不符"},
    {"peer.busy", "busy", "暂不接收"},
    {"peer.by_mail", "by mail", "邮寄"},
    // Why.
    sentence("it is not in the directory", "名录中没有该机构"),
    sentence("it does not answer", "对方无应答"),
    sentence("there is a connection, but its daemon does not answer: it is stopped, or hangs, or what it says is turned away here", "连接尚在，但对方系统无应答：可能已停住，或其报文在本方被拒"),
    sentence("there is no connection: its daemon or its machine is down or hangs, or the way to the endpoint in the directory is not open", "未能连接：对方系统或主机停机或停住，或与名录中地址之间网络不通"),
    sentence("the connection is refused: it does not know our transport key, or its own is not the one in our directory", "连接被拒：对方不认识本方传输密钥，或其密钥与本方名录不符"),
    sentence("its clock is more than 5 minutes ahead of ours: its messages wait with it", "对方时钟比本方快 5 分钟以上，其报文暂存对方"),
    sentence("it finds our clock more than 5 minutes ahead of its own: our messages wait here", "对方认为本方时钟快 5 分钟以上，本方报文暂存本方"),
    sentence("its disk is slower than what we send", "对方磁盘慢于本方发送"),
    sentence("its disk is nearly full", "对方磁盘将满"),
    sentence("it gets back what its store has lost", "对方正在找回丢失的数据"),
    sentence("it takes nothing now, and does not say why", "对方暂不接收，未说明原因"),
    sentence("it does not speak this version of the protocol", "对方不支持本协议版本"),
    sentence("it takes us for another agency", "对方把本方认作其他机构"),
    sentence("it cannot verify our signature: its directory lacks our signing key", "对方无法验证本方签名：其名录缺少本方签名公钥"),
    sentence("its copy of our log differs from ours: compare them", "双方报文链不符，请比对"),
    sentence("it holds messages of ours that our store has lost", "对方存有本方已丢失的报文"),
    sentence("it has heard us in a later epoch: this store, or another copy of it, is an old one", "对方见过本方更新的代次：本库或其副本已过时"),
    sentence("it takes our frames for malformed", "对方认为本方报文格式有误"),
    sentence("its operator has paused the link", "对方已暂停此链路"),
    sentence("it claims to hold messages of ours that we do not know, and shows no signature of ours", "对方自称存有本方未知的报文，但无本方签名"),
    sentence("our own log cannot be read at the next number to send", "本方报文记录中待发的一份无法读取"),
    sentence("an operator of ours has paused it", "本方管理员已暂停"),
    sentence("it has no Jiexu: what is for it is printed and sent by mail", "对方未接入本系统：文书打印后邮寄"),
    // Alarms.
    {"alarm.disk", "disk", "磁盘"},
    {"alarm.own_clock", "own clock", "本机时钟"},
    {"alarm.stopped", "stopped link", "链路停止"},
    {"alarm.silent", "silent link", "无应答"},
    {"alarm.clock", "clocks differ", "时钟不符"},
    {"alarm.unreceipted", "no receipt", "久未签收"},
    {"alarm.recovery", "recovery", "数据找回"},
    {"alarm.quarantine", "quarantine", "报文隔离"},
    {"alarm.unconfirmed", "store unconfirmed", "数据待确认"},
    {"alarm.damage", "store damaged", "数据损坏"},
    sentence("its clock is ahead of ours", "对方时钟快于本方"),
    sentence("its clock is behind ours", "对方时钟慢于本方"),
    sentence("messages that our store has lost are to come back from it; its cases wait", "本方丢失的报文待对方发回，与其往来的个案暂候"),
    sentence("messages of it were of no use and wait for a person", "对方有报文无法使用，待人工查看"),
    sentence("its oldest message without a receipt is older than 60 s", "最早一份报文逾 60 秒未获签收"),
    sentence("No alarm stands.", "目前没有告警。"),
    sentence("ALARM", "告警"),
    sentence("SINCE", "自"),
    // Quarantine.
    sentence("It cannot be read.", "报文无法读取。"),
    sentence("It is about no case of ours with this agency.", "本机构与该机构之间没有此个案。"),
    sentence("The case is not where it could be taken.", "与个案当前状态不符。"),
    sentence("Its number in the case was used before.", "其案内序号已用过。"),
    sentence("A message of the case before it is missing.", "本案前一份报文缺失。"),
    sentence("Its content breaks a rule.", "内容不合规则。"),
    sentence("It is over a limit.", "超过限额。"),
    sentence("This version does not know its kind.", "本版本不认识此类报文。"),
    sentence("For a reason that this version does not know.", "原因为本版本所不知。"),
    sentence("PLACE", "位置"),
    sentence("Message {n} of {agency}, epoch {epoch}, set aside {time}", "{agency} 第 {n} 份报文（代次 {epoch}），{time} 隔离"),
    sentence("{n} bytes:", "{n} 字节："),
    // One link.
    sentence("agency", "机构"),
    sentence("state", "状态"),
    sentence("since", "自"),
    sentence("because", "原因"),
    sentence("paused by", "暂停人"),
    sentence("why", "说明"),
    sentence("until", "至"),
    sentence("we ask again", "下次询问"),
    sentence("last heard", "最近联络"),
    sentence("BANK LINES THAT WAIT", "待处理银行流水"),
    sentence("LINES", "笔数"),
    sentence("a second person is waited for in {cases} cases, {lines} bank lines, {payments} payments", "待复核：个案 {cases} 件，银行流水 {lines} 笔，付款 {payments} 笔"),
    sentence("last answer", "最近应答"),
    sentence("last receipt", "最近签收"),
    sentence("its clock", "对方时钟"),
    sentence("queued", "待签收"),
    sentence("sent", "已发"),
    sentence("received", "已收"),
    sentence("window", "窗口"),
    sentence("in quarantine", "已隔离"),
    sentence("not known", "未知"),
    sentence("{agency}: asked", "{agency}：已询问"),
    sentence("{agency} has answered in {ms} ms; its clock: {clock}", "{agency} 于 {ms} 毫秒后应答；对方时钟：{clock}"),
    sentence("{agency} has not answered for 5 s: {state} {why}", "{agency} 5 秒内无应答：{state} {why}"),
    // Help.
    sentence("All that is known of the link with one agency", "查看与某机构链路的全部情况"),
    sentence("Ask an agency's engine, through ours, whether it is there", "经本方系统询问对方系统是否在线"),
    sentence("Ask an agency now instead of at the next try", "立即再次询问某机构"),
    sentence("What lasts and needs a person, and since when", "查看持续中、需人工处理的事项"),
    sentence("For whoever looks at it", "供查看者了解"),
    sentence("It goes on by itself then, as 2026-11-30 18:00", "届时自动恢复，如 2026-11-30 18:00"),
    sentence("Of this agency alone", "仅该机构"),
    sentence("Of this cause alone, such as BAD_CONTENT", "仅此原因，如 BAD_CONTENT"),
    sentence("What one of them says, and why it was of no use", "查看其中一份的内容和原因"),
    sentence("Its place, from the list", "列表中的位置"),
    // Problems.
    {"problem.bad_text", "A text is too long or holds characters that nobody sees.", "文字过长或含不可见字符。"},
    {"problem.bad_time", "The time cannot be.", "时间有误。"},
    {"problem.bad_place", "The place is not from the list.", "位置有误。"},
    {"problem.not_in_quarantine", "No message stands at this place.", "此处没有隔离的报文。"},
};
// clang-format on

}  // namespace

std::span<const Word> link_words() {
  return kLinkWords;
}

}  // namespace jiexu
