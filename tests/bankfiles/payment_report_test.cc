// Refusals of a payment, and refusals to have it twice.
#include "daemon/bankfiles/payment_report.h"

#include <catch2/catch.hpp>

#include "daemon/bankfiles/duplicate.h"
#include "daemon/base/gbk.h"

using namespace jiexu;

namespace payment_report_test {
namespace {

// "BATCH:PAYMENT:status:reason" of each line; the statuses are those of a list, and "duplicate".
std::string fates(std::string_view report) {
  constexpr const char* kNames[] = {"", "pending", "paid", "rejected", "duplicate"};
  std::string out;
  const auto done = read_payment_report(report, [&](const PaymentFate& fate) {
    out += out.empty() ? "" : " ";
    out += fate.batch_number + ":" + fate.end_to_end_id + ":" +
           kNames[static_cast<size_t>(fate.status)] + ":" + fate.reason;
    return Result<void>();
  });
  return done ? out : done.error().text;
}

std::string report(const std::string& group, const std::string& batch) {
  return "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:pain.002.001.10\"><CstmrPmtStsRpt>"
         "<OrgnlGrpInfAndSts><OrgnlMsgId>B</OrgnlMsgId>" +
         group + "</OrgnlGrpInfAndSts>" +
         (batch.empty() ? ""
                        : "<OrgnlPmtInfAndSts><OrgnlPmtInfId>B</OrgnlPmtInfId>" + batch +
                              "</OrgnlPmtInfAndSts>") +
         "</CstmrPmtStsRpt></Document>";
}

std::string payment(const std::string& id, const std::string& said) {
  return "<TxInfAndSts><OrgnlEndToEndId>" + id + "</OrgnlEndToEndId><TxSts>RJCT</TxSts>" + said +
         "</TxInfAndSts>";
}

std::string reason(const std::string& within) {
  return "<StsRsnInf>" + within + "</StsRsnInf>";
}

}  // namespace

TEST_CASE("codes and words say that the bank has a payment already") {
  for (const char* words : {"AM05",
                            "DUPL",
                            "DU01",
                            "DU02",
                            "DU03",
                            "DU04",
                            "DU05",
                            " du04 ",
                            "DU 04",
                            "du-04",
                            "ＤＵ０４",
                            "Am05 Duplication",
                            "AM05/refused",
                            "DUPLICATE END TO END ID",
                            "The instruction exists already.",
                            "already processed",
                            "重复提交",
                            "流水号重复",
                            "该指令已存在",
                            "该笔业务已支付"}) {
    INFO(words);
    CHECK(says_duplicate(words));
  }
  for (const char* words : {"", "AC04", "AM04", "DU06", "DU0", "XDU04", "AM051", "rejected",
                            "account already closed", "账号不存在", "户名不符"}) {
    INFO(words);
    CHECK_FALSE(says_duplicate(words));
  }
}

TEST_CASE("a payment that the bank will not take twice is told from one that it refuses") {
  const auto one = [](const std::string& said) {
    return fates(report("", payment("E", reason(said))));
  };
  CHECK(one("<Rsn><Cd>DU04</Cd></Rsn>") == "B:E:duplicate:DU04");
  CHECK(one("<Rsn><Prtry> du04 </Prtry></Rsn>") == "B:E:duplicate:du04");
  CHECK(one("<Rsn><Cd>AC04</Cd></Rsn>") == "B:E:rejected:AC04");
  CHECK(one("<AddtlInf>Instruction already exists</AddtlInf>") ==
        "B:E:duplicate:Instruction already exists");
  CHECK(one("<Rsn><Cd>NARR</Cd></Rsn><AddtlInf>重复提交</AddtlInf>") ==
        "B:E:duplicate:NARR 重复提交");
  CHECK(one("<Rsn><Cd>MS03</Cd></Rsn></StsRsnInf><StsRsnInf><Rsn><Cd>AM05</Cd></Rsn>") ==
        "B:E:duplicate:MS03 AM05");
  CHECK(one("<Rsn><Cd>AM05</Cd></Rsn></StsRsnInf><StsRsnInf><Rsn><Cd>MS03</Cd></Rsn>") ==
        "B:E:duplicate:AM05 MS03");
}

TEST_CASE("a file or batch that the bank will not take twice is told from one that it refuses") {
  const std::string known = reason("<Rsn><Cd>DU01</Cd></Rsn>");
  CHECK(fates(report("<GrpSts>RJCT</GrpSts>" + known, "")) == "B::duplicate:DU01");
  CHECK(fates(report("", "<PmtInfSts>RJCT</PmtInfSts>" + known)) == "B::duplicate:DU01");
}

TEST_CASE("what is refused without a reason is refused for that of the whole") {
  const std::string known = reason("<Rsn><Cd>DU01</Cd></Rsn>");
  CHECK(fates(report("<GrpSts>RJCT</GrpSts>" + known, "<PmtInfSts>RJCT</PmtInfSts>")) ==
        "B::duplicate:DU01 B::duplicate:DU01");
  CHECK(fates(report("<GrpSts>RJCT</GrpSts>" + known, payment("E", ""))) ==
        "B::duplicate:DU01 B:E:duplicate:DU01");
  CHECK(fates(report("", "<PmtInfSts>RJCT</PmtInfSts>" + known + payment("E", ""))) ==
        "B::duplicate:DU01 B:E:duplicate:DU01");
  CHECK(fates(report("<GrpSts>RJCT</GrpSts>" + known,
                     payment("E", reason("<Rsn><Cd>AC04</Cd></Rsn>")))) ==
        "B::duplicate:DU01 B:E:rejected:AC04");
}

TEST_CASE("a payment without a status has that of its batch, or of the file") {
  const std::string bare = "<TxInfAndSts><OrgnlEndToEndId>E</OrgnlEndToEndId></TxInfAndSts>";
  CHECK(fates(report("", "<PmtInfSts>ACSC</PmtInfSts>" + bare)) == "B::paid: B:E:paid:");
  CHECK(fates(report("<GrpSts>RJCT</GrpSts>" + reason("<Rsn><Cd>AC04</Cd></Rsn>"), bare)) ==
        "B::rejected:AC04 B:E:rejected:AC04");
  CHECK(fates(report("<GrpSts>PART</GrpSts>", bare)) == "B:E:pending:no status");
}

TEST_CASE("a payment is known by its InstrId if that is all there is") {
  const auto known_by = [](const std::string& ids) {
    return fates(report("", "<TxInfAndSts>" + ids + "<TxSts>ACSC</TxSts></TxInfAndSts>"));
  };
  CHECK(known_by("<OrgnlInstrId>I</OrgnlInstrId>") == "B:I:paid:");
  CHECK(known_by("<OrgnlInstrId>I</OrgnlInstrId><OrgnlEndToEndId>E</OrgnlEndToEndId>") ==
        "B:E:paid:");
  CHECK(known_by("<OrgnlInstrId>I</OrgnlInstrId><OrgnlEndToEndId>NOTPROVIDED</OrgnlEndToEndId>") ==
        "B:I:paid:");
  CHECK(known_by("") == "B:NOTPROVIDED:paid:");
}

TEST_CASE("every status that decides nothing keeps its payment pending, a strange one too") {
  const auto status = [](const std::string& code) {
    return fates(report("", "<TxInfAndSts><OrgnlEndToEndId>E</OrgnlEndToEndId><TxSts>" + code +
                                "</TxSts></TxInfAndSts>"));
  };
  for (const char* code : {"ACPD", "BLCK", "RCVC", "PRES", "ACIS", "ACCR", "PRSY", "PDNG"}) {
    INFO(code);
    CHECK(status(code) == "B:E:pending:");
  }
  CHECK(status("XXXX") == "B:E:pending:status XXXX");
}

TEST_CASE("a report within an envelope is read") {
  std::string file = report("", payment("E", ""));
  CHECK(fates("<BizMsg><AppHdr/>" + file + "</BizMsg>") == "B:E:rejected:");
}

TEST_CASE("the bank's words are kept beside its code, as many as fit") {
  CHECK(fates(report("", payment("E", reason("<Rsn><Cd>AC04</Cd></Rsn><AddtlInf>账户已销户"
                                             "</AddtlInf>")))) == "B:E:rejected:AC04 账户已销户");
  std::string words;
  for (int i = 0; i < 200; ++i) words += "字";
  const std::string told =
      fates(report("", payment("E", reason("<AddtlInf>" + words + "</AddtlInf>"))));
  CHECK(to_gbk(told).value().size() == std::string("B:E:rejected:").size() + 140);
}

TEST_CASE("a bank's list says that it has a payment already, in UTF-8 or GBK") {
  const std::string list =
      "E1|rejected|DU04\nE2|失败|重复支付|\nE3|失败|账号不存在\nE4|paid|AM05\n";
  const std::string expected =
      ":E1:duplicate:DU04 :E2:duplicate:重复支付 :E3:rejected:账号不存在 :E4:paid:AM05";
  CHECK(fates(list) == expected);
  CHECK(fates(*to_gbk(list)) == expected);
}

}  // namespace payment_report_test
