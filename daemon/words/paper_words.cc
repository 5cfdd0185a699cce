// What goes on paper: letters to agencies without Jiexu, certificates of insurance, notices.
#include "daemon/words/lists.h"

namespace jiexu {
namespace {

// clang-format off
constexpr Word kPaperWords[] = {
    sentence("The agency: 'S' and 11 digits", "机构代码：S 加 11 位数字"),
    sentence("Add an agency that has no Jiexu", "添加未接入本系统的机构"),
    sentence("Balance of the personal account transferred", "个人账户转移金额"),
    sentence("Certificate of insurance", "基本医疗保险参保凭证"),
    sentence("Certificates of insurance for who moves away", "为转出人员开具参保凭证"),
    sentence("Check code", "校验码"),
    sentence("Closed on", "办结日期"),
    sentence("Copy 1: for the transfer", "第一联：转移接续用"),
    sentence("Copy 2: kept by this agency", "第二联：本机构存档"),
    sentence("Copy 3: kept by the person", "第三联：参保人留存"),
    sentence("Copy", "联次"),
    sentence("Everything for {agency} up to number {n} is in the post.", "寄给 {agency} 的文书截至第 {n} 份均已付邮。"),
    sentence("Issue one; number, check code and day are given", "开具一份；编号、校验码和日期由系统生成"),
    sentence("Issued: {number}. Print its three copies: {command}", "已开具：{number}。打印三联：{command}"),
    sentence("Its fields as JSON; - for standard input", "其各项内容（JSON）；- 表示标准输入"),
    sentence("Months of insurance taken over", "接续缴费月数"),
    sentence("Nothing waits to be mailed.", "没有待邮寄的文书。"),
    sentence("Notice to the employer", "转移接续办结通知（用人单位）"),
    sentence("Notice to the insured person", "转移接续办结通知（参保人）"),
    sentence("Outcome", "办理结果"),
    sentence("Paid to the person at transfer-out", "转出地已退付本人"),
    sentence("Print all that waits for an agency", "打印某机构的全部待寄文书"),
    sentence("Print its three copies", "打印其三联"),
    sentence("Print the notice that the transfer is over", "打印转移接续办结通知"),
    sentence("Say that it is in the post", "登记已付邮"),
    sentence("Such as the number of a registered letter", "例如挂号信编号"),
    sentence("TO BE MAILED", "待邮寄"),
    sentence("The balance is that of the day before the print. For a transfer this certificate is good until {date}.", "余额为打印前一日数据。本凭证用于转移接续的有效期至 {date}。"),
    sentence("The certificate", "参保凭证编号"),
    sentence("The number of the last sheet", "最后一份文书的序号"),
    sentence("The transfer of the insurance is over. Whoever finds something wrong in it may turn to this agency.", "本次医疗保险关系转移接续已办结。如有异议，请与本机构联系。"),
    sentence("To the employer, without months and money; else to the insured person", "发给用人单位，不含缴费月数和金额；否则发给参保人"),
    sentence("To whom", "收件机构"),
    sentence("To whom; without it, all are listed", "收件机构；不填则列出全部"),
    sentence("Transfer-in agency", "转入地机构"),
    sentence("Transfer-out agency", "转出地机构"),
    sentence("What agencies without Jiexu get as letters", "寄给未接入本系统机构的文书"),
    sentence("What waits to be mailed", "待邮寄的文书"),
    sentence("When they are in the post: {command}", "付邮后请登记：{command}"),
    sentence("Your number", "贵方编号"),
    sentence("Its own number", "对方自编号"),
    sentence("ISSUED", "开具时间"),
    sentence("List those that were issued, oldest first", "列出已开具的凭证，由旧到新"),
    sentence("the case is not closed yet: there is no outcome to give notice of", "个案尚未办结，无从通知结果"),
    sentence("the employer", "用人单位"),
    sentence("the form of the case cannot be read", "无法读取本案信息表"),
    sentence("{agency} is in the directory already", "{agency} 已在名录中"),
    sentence("{agency} was added: what is for it is printed and sent by mail.", "已添加 {agency}：发给该机构的文书打印后邮寄。"),
};
// clang-format on

}  // namespace

std::span<const Word> paper_words() {
  return kPaperWords;
}

}  // namespace jiexu
