// The bank refuses a payment because it has it already: then nothing is paid in its place.
#include <catch2/catch.hpp>

#include "daemon/payments/payment_record.h"
#include "daemon/payments/remit_views.h"
#include "storage/layout.h"
#include "tests/agency/payer.h"

using namespace jiexu;

namespace remit_duplicate_test {
namespace {

using Outcomes = std::vector<std::string>;

std::string pain002(const std::string& batch, const std::string& of_group,
                    const std::string& of_batch) {
  return "<Document><CstmrPmtStsRpt><OrgnlGrpInfAndSts><OrgnlMsgId>" + batch + "</OrgnlMsgId>" +
         of_group + "</OrgnlGrpInfAndSts><OrgnlPmtInfAndSts><OrgnlPmtInfId>" + batch +
         "</OrgnlPmtInfId>" + of_batch + "</OrgnlPmtInfAndSts></CstmrPmtStsRpt></Document>";
}

std::string refused(const std::string& payment, const std::string& code) {
  return "<TxInfAndSts><OrgnlEndToEndId>" + payment +
         "</OrgnlEndToEndId><TxSts>RJCT</TxSts><StsRsnInf><Rsn><Cd>" + code +
         "</Cd></Rsn></StsRsnInf></TxInfAndSts>";
}

v1::PaymentRecord record_of(const Payer& payer, uint32_t attempt = 1) {
  const auto record = payer.site.records().get_message<v1::PaymentRecord>(
      Family::kFunds, layout::payment_key(Payer::id(1), attempt));
  REQUIRE(record);
  REQUIRE(*record);
  return **record;
}

// No second payment can be ordered for what the bank has.
void check_still_out(Payer& payer, const std::string& state) {
  CHECK(payer.state(1) == state);
  CHECK(payer.site.subject(Payer::id(1)).funds == Funds::kPaid);
  CHECK(payer.act(1, EventKind::kRemit).rejection);
  CHECK(payer.state(1, 2) == "none");
  CHECK(payer.make().batches().empty());
}

}  // namespace

TEST_CASE("a payment that the bank refuses as a duplicate stays exported, and is not paid again") {
  const auto refusal = GENERATE(as<std::string>(), "DU04", "AM05", "du 04", "DUPL twice",
                                "重复支付", "the instruction exists already");
  Payer payer(1);
  payer.pay();
  CHECK(payer.report(payer.payment(1) + "|rejected|" + refusal) == Outcomes{"duplicate"});
  check_still_out(payer, "exported");
  CHECK(record_of(payer).reason().find(kBankHasIt) != std::string::npos);
  const auto before = payer.site.contents();
  CHECK(payer.report(payer.payment(1) + "|rejected|" + refusal) == Outcomes{"duplicate"});
  CHECK(payer.site.contents() == before);
  SECTION("then it is paid, says the report of the first") {
    CHECK(payer.report(payer.payment(1) + "|paid\n") == Outcomes{"paid"});
    CHECK(record_of(payer).reason().empty());
  }
  SECTION("then it is rejected, says the report of the first") {
    CHECK(payer.report(payer.payment(1) + "|rejected|AC04\n") == Outcomes{"rejected"});
    CHECK(payer.state(1) == "returned");
  }
}

TEST_CASE("a payment that the bank has paid stays paid when it comes again") {
  Payer payer(1);
  payer.pay();
  REQUIRE(payer.report(payer.payment(1) + "|paid\n") == Outcomes{"paid"});
  CHECK(payer.report(payer.payment(1) + "|rejected|DU04\n") == Outcomes{"duplicate"});
  const auto before = payer.site.contents();
  CHECK(payer.report(payer.payment(1) + "|rejected|DU04\n") == Outcomes{"duplicate"});
  CHECK(payer.site.contents() == before);
  check_still_out(payer, "paid");
}

TEST_CASE(
    "of a payment that the bank has already, a person looks if no debit comes in three days") {
  Payer payer(1);
  payer.pay();
  const std::string again = payer.payment(1) + "|rejected|DU04\n";
  REQUIRE(payer.report(again) == Outcomes{"duplicate"});
  const auto listed = [&](std::string_view why, const char* state = " exported: ") {
    return std::vector{payer.payment(1) + state + std::string(why)};
  };
  CHECK(payer.waiting() == listed(kAwaitsDebit));
  CHECK(payer.release(payer.payment(1), "asked the bank") == Refusal::kPaymentNotHeld);
  v1::BankLine debit = bank_line("", -kBalance, "1");
  debit.set_end_to_end_id(payer.payment(1));
  payer.site.now = end_of({2026, 11, 25});  // kNow is a Friday
  CHECK(payer.waiting() == listed(kAwaitsDebit));
  payer.site.now = payer.site.now.plus_ms(1);
  CHECK(payer.waiting() == listed(kDebitOverdue));
  SECTION("its debit comes at last") {
    REQUIRE(payer.site.bank({debit}).bank.results(0).outcome() == "paid_out");
    CHECK(payer.report(again) == Outcomes{"duplicate"});
  }
  SECTION("two people have asked the bank, which goes on to repeat its list") {
    CHECK(payer.release(payer.payment(1), "it books on Monday") == Refusal::kNone);
    CHECK(payer.report(again) == Outcomes{"duplicate"});
    CHECK(payer.state(1) == "exported");
  }
  SECTION("the clock had been two years ahead when the bank said so") {
    Payer other(1);
    other.pay();
    const Instant now = other.site.now;
    other.site.now = now.plus_ms(int64_t{730} * 24 * 3600 * 1000);
    REQUIRE(other.report(other.payment(1) + "|rejected|DU04\n") == Outcomes{"duplicate"});
    other.site.now = now.plus_ms(20'000);
    CHECK(other.waiting() ==
          std::vector{other.payment(1) + " exported: " + std::string(kDebitOverdue)});
    CHECK(other.release(other.payment(1), "asked the bank") == Refusal::kNone);
    CHECK(other.waiting().empty());
    return;
  }
  CHECK(payer.waiting().empty());
}

TEST_CASE("a payment that the other agency has credited, and that never left, does not leave") {
  Payer payer(1);
  payer.hear(1, EventKind::kInfoConfirmIn);
  payer.hear(1, EventKind::kFundsAckIn);
  CHECK(record_of(payer).reason() == kAckedUnexported);
  CHECK(payer.make().batches().empty());
  CHECK(payer.waiting().size() == 1);
  CHECK(payer.release(payer.payment(1), "it was somebody else's money") == Refusal::kNone);
  CHECK(payer.make().batches_size() == 1);
}

TEST_CASE("a file that the bank refuses as a duplicate leaves its payments as they are") {
  Payer payer(2);
  const std::string batch = payer.pay();
  const std::string refusal =
      "<GrpSts>RJCT</GrpSts><StsRsnInf><Rsn><Cd>DU01</Cd></Rsn></StsRsnInf>";
  REQUIRE(payer.report(payer.payment(2) + "|paid\n") == Outcomes{"paid"});
  SECTION("the file alone") {
    CHECK(payer.report(pain002(batch, refusal, "")) == Outcomes{"duplicate", "duplicate"});
  }
  SECTION("and its batch, without a reason") {
    const std::string twice = pain002(batch, refusal, "<PmtInfSts>RJCT</PmtInfSts>");
    CHECK(payer.report(twice) == Outcomes(4, "duplicate"));
  }
  check_still_out(payer, "exported");
  CHECK(payer.state(2) == "paid");
}

TEST_CASE("what a report says of one payment goes before what it says of its file") {
  Payer payer(2);
  const std::string batch = payer.pay();
  const std::string refusal =
      "<GrpSts>RJCT</GrpSts><StsRsnInf><Rsn><Cd>AM04</Cd></Rsn></StsRsnInf>";
  CHECK(payer.report(pain002(batch, refusal, refused(payer.payment(1), "DU04"))) ==
        Outcomes{"rejected", "duplicate"});
  check_still_out(payer, "exported");
  CHECK(payer.state(2) == "returned");
}

TEST_CASE("a payment that the bank knows without our export goes out no more, and a person looks") {
  Payer payer(1);
  const std::string batch = payer.make_one();
  CHECK(payer.report(payer.payment(1) + "|rejected|DU04\n") == Outcomes{"contradicts"});
  CHECK(payer.batch(batch).state() == "void");
  check_still_out(payer, "exported");
  CHECK(record_of(payer).reason() == kKnownAndUnexported);
  CHECK(payer.waiting().size() == 1);
  v1::BankLine debit = bank_line("", -kBalance, "1");
  debit.set_end_to_end_id(payer.payment(1));
  CHECK(payer.site.bank({debit}).bank.results(0).outcome() == "paid_out");
  CHECK(payer.state(1) == "paid");
  CHECK(payer.waiting().empty());
}

TEST_CASE("refused as a duplicate after it has come back: a person looks, if that is not proved") {
  Payer payer(1);
  payer.pay();
  const std::string again = payer.payment(1) + "|rejected|DU04\n";
  SECTION("a person has said that it came back") {
    REQUIRE_FALSE(payer.come_back(1, 1).rejection);
    CHECK(payer.report(again) == Outcomes{"contradicts"});
    const auto before = payer.site.contents();
    CHECK(payer.report(again) == Outcomes{"contradicts"});
    CHECK(payer.site.contents() == before);
    CHECK(payer.waiting().size() == 1);
    CHECK(payer.site.bank({payer.returned(1, "1")}).bank.results(0).outcome() ==
          "returned_by_bank");
    CHECK(payer.waiting().empty());
  }
  SECTION("the bank has rejected it, and knows its number from that") {
    REQUIRE(payer.report(payer.payment(1) + "|rejected|AC04\n") == Outcomes{"rejected"});
    const auto before = payer.site.contents();
    CHECK(payer.report(again) == Outcomes{"known"});
    CHECK(payer.site.contents() == before);
  }
  SECTION("its lines have brought it back") {
    v1::BankLine debit = bank_line("", -kBalance, "1");
    debit.set_end_to_end_id(payer.payment(1));
    payer.site.bank({debit, payer.returned(1, "2")});
    CHECK(payer.report(again) == Outcomes{"known"});
    CHECK(payer.waiting().empty());
  }
  CHECK(payer.state(1) == "returned");
}

TEST_CASE("once the bank says what became of the first, nobody need look") {
  Payer payer(1);
  payer.pay();
  REQUIRE_FALSE(payer.come_back(1, 1).rejection);
  REQUIRE(payer.report(payer.payment(1) + "|rejected|DU04\n") == Outcomes{"contradicts"});
  SECTION("it was rejected") {
    CHECK(payer.report(payer.payment(1) + "|rejected|AC04\n") == Outcomes{"known"});
  }
  SECTION("it was paid, which is told twice, and came back by a line") {
    const std::string paid = payer.payment(1) + "|paid\n";
    CHECK(payer.report(paid + paid) == Outcomes{"contradicts", "contradicts"});
    CHECK(payer.waiting().size() == 1);
    payer.site.bank({payer.returned(1, "1")});
  }
  CHECK(payer.waiting().empty());
}

TEST_CASE(
    "a person who reads a refusal as a duplicate as a return is told that nothing came back") {
  Payer payer(1);
  v1::ActionInput input;
  input.set_reason("DU04 duplicate");
  const auto come_back = [&](uint32_t attempt) {
    input.set_attempt(attempt);
    const Answer answer = payer.site.act(EventKind::kBankReturned, Payer::id(1), input);
    return answer.rejection ? answer.rejection->refusal : Refusal::kNone;
  };
  SECTION("of what the bank has") {
    payer.pay();
    CHECK(come_back(0) == Refusal::kPaymentAtBank);
    CHECK(come_back(1) == Refusal::kPaymentAtBank);
    check_still_out(payer, "exported");
    v1::BankLine debit = bank_line("", -kBalance, "1");
    debit.set_end_to_end_id(payer.payment(1));
    v1::BankLine second = debit;
    second.set_host_sequence("2");
    REQUIRE(payer.site.bank({debit, second}).bank.results(1).outcome() == "paid_again");
    CHECK(come_back(1) == Refusal::kPaymentAtBank);
    CHECK(come_back(2) == Refusal::kNone);
  }
  SECTION("what it does not have is taken back, whatever that is called") {
    CHECK(come_back(1) == Refusal::kNone);
    CHECK(payer.state(1) == "taken_back");
  }
}

}  // namespace remit_duplicate_test
