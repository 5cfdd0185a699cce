// Bank lines, payments, batches, books, the daily comparison; links with other agencies.
#include "daemon/words/lists.h"

namespace jiexu {
namespace {

// clang-format off
constexpr Word kMoneyWords[] = {
    {"payment.ordered", "ordered", "已指令"},
    {"payment.batched", "in a batch", "已入批"},
    {"payment.exported", "at the bank", "已送银行"},
    {"payment.paid", "paid", "已付讫"},
    {"payment.returned", "returned", "已退回"},
    {"payment.taken_back", "taken back", "已撤回"},
    {"batch.made", "to approve", "待复核"},
    {"batch.approved", "to export", "已复核，待导出"},
    {"batch.exported", "at the bank", "已送银行"},
    {"batch.void", "void", "已作废"},

    // What became of a bank line, and what is to be done.
    {"outcome.matched", "matched", "已匹配"},
    {"outcome.early", "early", "先于信息表到账"},
    {"outcome.amount_differs", "amount differs", "金额不符"},
    {"outcome.unknown_reference", "unknown reference", "附言编号不明"},
    {"outcome.not_expected", "not expected", "无需划款"},
    {"outcome.invalid", "invalid", "无效"},
    {"outcome.matched_by_hand", "matched by hand", "人工匹配"},
    {"outcome.batch_total_differs", "batch total differs", "批次总额不符"},
    {"outcome.duplicate", "reported again", "重复通知"},
    {"outcome.returned_by_bank", "returned by the bank", "银行退汇"},
    {"outcome.reversed", "reversed", "银行冲正"},
    {"outcome.foreign_payer", "foreign payer", "付款人不符"},
    {"outcome.no_case", "no case", "无对应个案"},
    {"outcome.paid_out", "paid out", "我方付出"},
    {"outcome.set_aside", "set aside", "与转移无关"},
    {"outcome.came_back", "came back", "对方退回"},
    {"outcome.paid_again", "paid again", "重复付出"},
    {"outcome.may_repeat", "may be a repetition", "疑似重复"},
    sentence("wait: it is matched when the form or the batch's last notice comes", "等待：信息表或本批最后一份划转通知到达后自动匹配"),
    sentence("report the difference, wait for the rest, or return the money", "告知对方金额不符，等待余款，或退回资金"),
    sentence("ask the payer; match by hand, or return the money", "询问付款人；人工匹配，或退回资金"),
    sentence("return the money, or have the case opened again", "退回资金，或请求重新办理本案"),
    sentence("match the good cases by hand, report the difference of the others", "人工匹配相符的个案，其余告知金额不符"),
    sentence("ask who paid; match by hand, or return the money", "查明付款人；人工匹配，或退回资金"),
    sentence("match by hand, ask the payer, or return the money", "人工匹配，询问付款人，或退回资金"),
    sentence("compare it with the line that it may be: set it aside if it is that one, match it by hand if it is another booking", "与疑似重复的一笔核对：如为同一笔则标为无关，如为另一笔则人工匹配"),
    sentence("its case knows of no such payment, or has all of it settled: ask the bank; if the store has lost data, order it again there: this line then settles it, and nothing is paid twice", "个案中无此付款或已全部结清：请询问银行；如本机构数据曾丢失，请在个案中重新指令，此笔即与之相抵，不会重复付款"),

    // Accounts of the books.
    {"account.fund", "fund", "基金"},
    {"account.payable", "payable", "应付转移款"},
    {"account.in_transit", "in transit", "在途资金"},
    {"account.settled", "settled", "已结清"},
    {"account.refunded", "refunded", "已退本人"},
    {"account.receivable", "receivable", "应收转移款"},
    {"account.bank", "bank", "银行存款"},
    {"account.suspense", "suspense", "暂收款"},
    {"account.owed_persons", "owed to persons", "应记入个人账户"},
    {"account.credited", "credited", "已记入个人账户"},

    // The daily comparison of books.
    {"comparison.agrees", "agrees", "相符"},
    {"comparison.differs", "differs", "不符"},
    {"comparison.incomplete", "incomplete", "对账单不全"},
    {"comparison.not-judged", "not judged", "未能比对"},
    {"comparison.silent", "silent", "对方未发对账单"},
    {"difference.sent-head", "their log", "对方报文链"},
    {"difference.received-head", "our log there", "对方所收我方报文链"},
    {"difference.received-beyond", "received beyond", "对方所收超出"},
    {"difference.count", "count", "报文份数"},
    {"difference.set-aside", "set aside", "已隔离"},
    {"difference.their-messages", "their messages", "对方报文数"},
    {"difference.our-messages", "our messages", "我方报文数"},
    {"difference.case-not-here", "case not here", "本方无此个案"},
    {"difference.case-not-listed", "case not listed", "对方未列此个案"},
    {"difference.form-version", "form version", "信息表版次"},
    {"difference.due", "due", "应划金额"},
    {"difference.ordered", "ordered", "已划金额"},
    {"difference.credited", "credited", "已入账金额"},
    {"difference.refunded", "refunded", "已退本人金额"},
    {"difference.sum-due-from-them", "sum due from them", "对方应划合计"},
    {"difference.sum-credited-from-them", "sum credited from them", "对方款项入账合计"},
    {"difference.sum-due-to-them", "sum due to them", "我方应划合计"},
    {"difference.sum-credited-to-them", "sum credited to them", "我方款项入账合计"},
    {"difference.payment", "payment", "单笔付款"},
    sentence("Their log up to the statement is not the one that they state; their store is damaged, or the statement was not made by their daemon.", "对方对账单之前的报文与其所述不符：对方数据损坏，或对账单非其系统所出。"),
    sentence("What they say they have received of us is not what we sent up to that message.", "对方所述已收我方报文，与我方实际所发不符。"),
    sentence("They say they have received more messages than we have sent.", "对方所述已收份数多于我方所发。"),
    sentence("They say they have sent another number of messages of this kind than were taken here.", "对方所述该类报文份数，与本方所收不符。"),
    sentence("This message of theirs could not be used here; it waits in quarantine.", "对方此份报文无法使用，已隔离。"),
    sentence("They say they have sent another number of messages of this case than were taken here.", "对方所述本案报文份数，与本方所收不符。"),
    sentence("They have taken another number of messages of this case than we have sent.", "对方所收本案报文份数，与我方所发不符。"),
    sentence("They state money of this case, which is not with them here.", "对方列有本案资金，而本方此案并非与其办理。"),
    sentence("Money of this case is open here, and they do not state it.", "本方此案资金未结，而对方未列。"),
    sentence("The newest form of the case has another version.", "双方最新信息表版次不同。"),
    sentence("What the form says is due differs.", "信息表应划金额不同。"),
    sentence("What was ordered from the bank and noticed, less what bounced, differs.", "已指令并通知的划款（扣除退汇）不同。"),
    sentence("What is credited to the person differs.", "记入个人账户的金额不同。"),
    sentence("What was paid to the person at origin differs.", "转出地退还本人的金额不同。"),
    sentence("What is due by all forms of theirs: the books differ, also of cases that are settled. Let both sides run `jiexu ledger --check`.", "对方全部信息表应划合计不同（含已结个案）。请双方运行 `jiexu ledger --check`。"),
    sentence("What is credited of all their money: the books differ, also of cases that are settled. Let both sides run `jiexu ledger --check`.", "对方全部款项入账合计不同（含已结个案）。请双方运行 `jiexu ledger --check`。"),
    sentence("What is due by all forms of ours: the books differ, also of cases that are settled. Let both sides run `jiexu ledger --check`.", "我方全部信息表应划合计不同（含已结个案）。请双方运行 `jiexu ledger --check`。"),
    sentence("What is credited of all our money: the books differ, also of cases that are settled. Let both sides run `jiexu ledger --check`.", "我方全部款项入账合计不同（含已结个案）。请双方运行 `jiexu ledger --check`。"),
    sentence("What was ordered from the bank by this payment and noticed, less what bounced, differs.", "该笔付款已指令并通知的金额（扣除退汇）不同。"),
};
// clang-format on

}  // namespace

std::span<const Word> money_words() {
  return kMoneyWords;
}

}  // namespace jiexu
