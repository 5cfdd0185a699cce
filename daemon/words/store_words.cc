// The store as a whole: whether it is the newest one, what of it cannot be read, and what people say
// of it.
#include "daemon/words/lists.h"

namespace jiexu {
namespace {

// clang-format off
constexpr Word kStoreWords[] = {
    // By whom the store is known to be the newest one (RecoveryState::proof).
    {"newest.machine", "yes: the machine remembers it as the last run left it", "是：与本机记得的上次停止时一致"},
    {"newest.agency", "yes: an agency has shown that it holds no more of ours", "是：有对方机构证实其所存不多于本方"},
    {"newest.people", "yes: two people have said so", "是：已由两人确认"},
    {"newest.nobody_to_ask", "yes: nobody has ever given us a receipt", "是：尚无任何机构签收过本方报文"},
    sentence("since the start no agency that had receipted us has shown what it has of ours: letter numbers and payment files wait until one answers, or two people say that this store is no older copy", "自启动以来，曾签收本方报文的机构均未告知其所存：联系函编号和付款文件暂候，待其中之一应答，或由两人确认本数据不是旧副本"),
    sentence("the data folder is a copy of the one in which the daemon ran before: payment files wait until two people have made sure that it holds the newest state", "数据目录是此前所用目录的副本：付款文件暂候，待两人核实其为最新数据"),
    sentence("since the start no other agency has shown that our store is not an older one: `jiexu store status` says who is waited for", "自启动以来尚无其他机构证实本数据不是旧副本：用 jiexu store status 查看在等谁"),
    sentence("all 999,999 batch numbers of today are used: go on tomorrow", "今日 999,999 个批次号已用完：请明日再办"),
    sentence("Nobody has shown since the start that our store is the newest one: letter numbers and payment files wait. Try again when an agency answers (`jiexu store status`). If none can, two people may say so instead (`jiexu store confirm`).", "自启动以来尚无人证实本数据为最新，联系函编号和付款文件暂候：请待有机构应答后再试（jiexu store status）。若均不能应答，可由两人确认（jiexu store confirm）。"),
    sentence("places of the store cannot be read", "数据中有无法读取之处"),
    {"word.confirmed", "Confirmed", "已确认"},
    {"word.loss_accepted", "Loss accepted", "已认可丢失"},

    // `jiexu store`.
    sentence("epoch", "代次"),
    sentence("recovered", "丢失已找回"),
    sentence("waits for", "等待对方"),
    sentence("newest", "为最新数据"),
    sentence("has not answered", "尚未应答"),
    sentence("copy found", "发现为副本"),
    sentence("in doubt", "存疑"),
    sentence("payments ordered up to {time}", "{time} 以前指令的付款"),
    sentence("{n} places", "{n} 处"),
    sentence("to {key}", "至 {key}"),
    sentence("a copy is with {agency}", "{agency} 存有一份"),
    sentence("{what} {time}, by {who}: {note}", "{what}，{time}，{who}：{note}"),
    sentence("{who} and {other}", "{who}与{other}"),
    sentence("Proposed {time}, by {who}: {note}", "提请：{time}，{who}：{note}"),
    sentence("the store is read, s:", "正在读取数据，秒："),
    sentence("the books are checked, s:", "正在核对账目，秒："),
    sentence("Next, by somebody else who has made sure:", "下一步，由另一核实过的人办理："),
    sentence("What was committed behind the damage is lost here; the store opens without it.", "损坏处之后的数据将在此丢失，系统不带这些数据启动。"),
    sentence("{records} records, {mib} MiB were read; {places} places cannot be read", "已读 {records} 条记录，{mib} MiB；{places} 处无法读取"),
    sentence("{n} records are left out, because they cannot be read: see jiexu store status", "有 {n} 条记录无法读取，未列出：请看 jiexu store status"),
    sentence("the answer is not understood", "应答无法识别"),
    sentence("the store was not made by `jiexu init`", "该数据不是由 jiexu init 建立的"),
    sentence("Nothing is missing: the store is complete at commit {lsn}. Nothing was changed.", "数据完整，至第 {lsn} 次提交；未作改动。"),
    sentence("The store opens at commit {lsn}.", "数据可打开至第 {lsn} 次提交。"),
    sentence("It had reached commit {lsn} or later.", "此前至少已到第 {lsn} 次提交。"),
    sentence("What was damaged is kept in {folder}. Start the daemon: it asks every agency for what is missing (jiexu store status).", "损坏部分保存在 {folder}。请启动系统：它会向各机构索取丢失的报文（jiexu store status）。"),

    // Help.
    sentence("The store as a whole: whether it is as it was, and what it holds", "数据总体：是否完好、为最新，以及其内容"),
    sentence("Whether the store is the newest one and how that is known, what waits, for whom, and what cannot be read", "数据是否为最新、由何证实；有何暂候、在等谁；有何无法读取"),
    sentence("Read every record of the store with its checksum, while the daemon runs, and name what cannot be read; ends with 65 if there is any", "系统运行时逐条校验读取全部记录，指出无法读取之处；如有则以 65 结束"),
    sentence("Propose to say in an agency's place that the store is not an older copy; a second person approves. Then letter numbers are given and payment files leave", "提请代为确认数据不是旧副本，由另一人复核；其后编发联系函编号、放行付款文件"),
    sentence("Open a store whose log is damaged, up to the damage: what was committed behind it is lost here, and asked back from the other agencies. The daemon must be stopped. What was damaged is kept, and who accepted the loss is written into the store", "打开日志损坏的数据，至损坏处为止：其后提交的内容在本地丢失，将向其他机构索回。须先停止系统。损坏部分予以保存，并记录由谁认可丢失"),
    sentence("Why the loss is accepted", "为何认可丢失"),
};
// clang-format on

}  // namespace

std::span<const Word> store_words() {
  return kStoreWords;
}

}  // namespace jiexu
