#include "daemon/bankfiles/payment_file.h"

#include <catch2/catch.hpp>

#include "daemon/bank/rules/references.h"
#include "daemon/bankfiles/payment_report.h"
#include "daemon/base/limits.h"
#include "tests/bankfiles/bank_files.h"

using namespace jiexu;

namespace payment_file_test {
namespace {

const AgencyId kAgency = *AgencyId::parse("S41132810207");

std::string letter(uint32_t sequence) {
  return LetterNumber::make(kAgency, {2026, 11, 20}, sequence)->text();
}

Payment payment(uint32_t sequence, int64_t fen) {
  Payment out;
  out.end_to_end_id = EndToEndId{letter(sequence), 1}.text();
  out.amount = Fen{fen};
  out.payee.set_account_holder("某市医疗保障基金<财政专户>");
  out.payee.set_account_number("6200113205");
  out.payee.set_bank_name("某银行某支行");
  out.payee.set_cnaps("102100099996");
  out.remark = make_remark("医保转移", letter(sequence));
  return out;
}

PaymentBatch sample() {
  PaymentBatch batch;
  batch.number = BatchNumber::make(kAgency, {2026, 11, 20}, 1)->text();
  batch.payer = payment(1, 1).payee;
  batch.payer.set_account_number("6100000000");
  batch.made_at = Instant{1795140000000};
  batch.pay_on = {2026, 11, 20};
  batch.payments = {payment(1, 408437), payment(2, 5)};
  return batch;
}

std::string fates(std::string_view report) {
  std::string out;
  const auto done = read_payment_report(report, [&](const PaymentFate& fate) {
    out += std::to_string(fate.line) + ":" + fate.batch_number + ":" + fate.end_to_end_id + ":" +
           std::to_string(static_cast<int>(fate.status)) + ":" + fate.reason + "\n";
    return Result<void>();
  });
  return done ? out : out + done.error().text;
}

std::string pain002(const std::string& body) {
  return "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:pain.002.001.10\"><CstmrPmtStsRpt>" +
         body + "</CstmrPmtStsRpt></Document>";
}

}  // namespace

TEST_CASE("a batch is written as the golden pain.001.001.09") {
  check_golden("pain001.golden", write_pain001(sample()));
  CHECK(write_pain001(sample()) == write_pain001(sample()));
}

TEST_CASE("a batch is written in the columns that are asked for") {
  DelimitedLayout layout;
  for (const char* column : {"seq", "batch", "end_to_end_id", "amount", "amount_fen", "pay_on",
                             "payee_account", "payee_holder", "payee_bank", "payee_cnaps",
                             "payer_account", "payer_holder", "currency", "remark"}) {
    REQUIRE(payment_column(column));
    CHECK(name(*payment_column(column)) == column);
    layout.columns.push_back(*payment_column(column));
  }
  layout.header = true;
  const auto gbk = write_delimited(sample(), layout);
  REQUIRE(gbk);
  check_golden("delimited.golden", *from_gbk(*gbk));
  layout.gbk = false;
  CHECK(*write_delimited(sample(), layout) == *from_gbk(*gbk));
  CHECK_FALSE(payment_column("unknown"));
}

TEST_CASE("what would break the delimited file is refused and named") {
  PaymentBatch batch = sample();
  const DelimitedLayout layout{{PaymentColumn::kPayeeHolder}};
  batch.payments[1].payee.set_account_holder("a|b");
  CHECK(write_delimited(batch, layout).error().text ==
        "payment " + batch.payments[1].end_to_end_id +
            ": payee_holder holds the separator or a line end; choose another separator");
  batch.payments[1].payee.set_account_holder("𠮷");
  CHECK(write_delimited(batch, layout).error().text ==
        "payment " + batch.payments[1].end_to_end_id +
            ": payee_holder has a character that GBK lacks; export as UTF-8");
}

TEST_CASE("a remark fits 60 bytes of GBK and never loses its number") {
  const std::string number = letter(17);
  CHECK(make_remark("医保转移", number) == "医保转移 " + number);
  const std::string long_title =
      make_remark("城镇职工基本医疗保险个人账户余额转移接续划拨款项", number);
  CHECK(to_gbk(long_title)->size() <= limits::kRemarkBytesMax);
  CHECK(long_title.ends_with(" " + number));
  CHECK(make_remark("", number) == number);
}

TEST_CASE("a batch number has a date and a check digit and is told from a letter number") {
  const auto number = BatchNumber::make(kAgency, {2026, 11, 20}, 42);
  REQUIRE(number);
  CHECK(number->text().size() == 21);
  CHECK(number->is_of(kAgency));
  CHECK(BatchNumber::parse(number->text()) == number);
  std::string wrong = number->text();
  wrong[19] = wrong[19] == '9' ? '0' : static_cast<char>(wrong[19] + 1);
  CHECK_FALSE(BatchNumber::parse(wrong));
  CHECK_FALSE(BatchNumber::parse(letter(1)));
  CHECK_FALSE(LetterNumber::parse(number->text()));
  CHECK_FALSE(BatchNumber::make(kAgency, {2026, 11, 20}, 0));
  CHECK_FALSE(BatchNumber::make(kAgency, {2026, 11, 20}, 1'000'000));
}

TEST_CASE("references are found in remark, EndToEndId and batch field, in any width") {
  v1::BankLine line;
  line.set_remark("转移 " + letter(1) + "，" + letter(2) + " " + letter(1));
  line.set_batch_reference(sample().number);
  line.set_end_to_end_id(EndToEndId{letter(3), 12}.text());
  const References found = find_references(line);
  CHECK(found.letters == std::vector<std::string>{letter(1), letter(2)});
  CHECK(found.batches == std::vector<std::string>{sample().number});
  CHECK(found.end_to_end == EndToEndId{letter(3), 12});
  line.set_remark("转移" + letter(1) + "9");
  CHECK(find_references(line).letters.empty());
}

TEST_CASE("an EndToEndId is letter number and attempt, nothing else") {
  CHECK(EndToEndId::parse(letter(1) + "-1") == EndToEndId{letter(1), 1});
  for (const std::string& bad :
       {letter(1), letter(1) + "-", letter(1) + "-0", letter(1) + "-01", letter(1) + "-1x",
        letter(1) + "/1", std::string("x"), letter(1) + "-99999999999"}) {
    CHECK_FALSE(EndToEndId::parse(bad));
  }
}

TEST_CASE("a pain.002 tells the fate of batches and payments") {
  CHECK(fates(pain002(
            "<OrgnlGrpInfAndSts><OrgnlMsgId>B</OrgnlMsgId><GrpSts>RJCT</GrpSts><StsRsnInf>"
            "<Rsn><Cd>AM04</Cd></Rsn></StsRsnInf></OrgnlGrpInfAndSts>")) == "1:B::3:AM04\n");
  CHECK(fates(pain002(
            "<OrgnlGrpInfAndSts><OrgnlMsgId>B</OrgnlMsgId><GrpSts>PART</GrpSts></OrgnlGrpInfAndSts>"
            "<OrgnlPmtInfAndSts><OrgnlPmtInfId>B1</OrgnlPmtInfId>\n"
            "<TxInfAndSts><OrgnlEndToEndId>E1</OrgnlEndToEndId><TxSts>ACSC</TxSts></TxInfAndSts>\n"
            "<TxInfAndSts><OrgnlEndToEndId>E2</OrgnlEndToEndId><TxSts>RJCT</TxSts><StsRsnInf><Rsn>"
            "<Cd>AC01</Cd></Rsn></StsRsnInf></TxInfAndSts>"
            "<TxInfAndSts><OrgnlEndToEndId>E3</OrgnlEndToEndId><TxSts>PDNG</TxSts></TxInfAndSts>"
            "</OrgnlPmtInfAndSts>")) == "2:B1:E1:2:\n3:B1:E2:3:AC01\n3:B1:E3:1:\n");
}

TEST_CASE("a bank's list tells the fate of payments, in UTF-8 or GBK") {
  const std::string list = "E1|paid\r\n\nE2|失败|账号不存在|\nE3|pending\n";
  const std::string expected = "1::E1:2:\n3::E2:3:账号不存在\n4::E3:1:\n";
  CHECK(fates(list) == expected);
  CHECK(fates(*to_gbk(list)) == expected);
}

TEST_CASE("a report that cannot be understood is refused with the line") {
  CHECK(fates("E1|perhaps") == "line 1: the status is not paid, rejected or pending");
  CHECK(fates("E1|paid\nE2") == "1::E1:2:\nline 2: is not EndToEndId|status|reason");
  CHECK(fates("|paid") == "line 1: the EndToEndId is missing");
  CHECK(fates("") == "line 1: the file is empty");
  CHECK(fates("<a/>") == "line 1: not a payment status report");
}

}  // namespace payment_file_test
