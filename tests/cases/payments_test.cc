// Payments of a case, each by its number: what is out of it, and which one came back.
#include <catch2/catch.hpp>

#include "daemon/base/limits.h"
#include "daemon/cases/stated.h"
#include "tests/cases/party.h"

using namespace jiexu;

namespace payments_test {
namespace {

// "1:100 2:23456", as the case's own statement tells it.
std::string out_of(const Case& subject) {
  std::string text;
  const v1::StatementRow row = state(subject);
  for (const v1::StatedPayment& payment : row.payments()) {
    text += text.empty() ? "" : " ";
    text += std::to_string(payment.attempt()) + ":" + std::to_string(payment.amount_fen());
  }
  return text;
}

Outcome come_back(Party& out, uint32_t attempt, int64_t fen = 0) {
  v1::ActionInput input;
  input.set_attempt(attempt);
  input.set_amount_fen(fen);
  return out.act(EventKind::kBankReturned, input);
}

Party paid_twice() {
  Party out(Side::kOut);
  REQUIRE_FALSE(
      out.play("letter-received accept-letter stop-insurance issue-form remit:23456 remit:100000")
          .rejection);
  return out;
}

}  // namespace

TEST_CASE("what a person says came back is of the payment that is named, also in the message") {
  Party out = paid_twice();
  const Outcome outcome = come_back(out, 1);
  REQUIRE_FALSE(outcome.rejection);
  REQUIRE(outcome.messages.size() == 1);
  CHECK(outcome.messages[0].bank_returned().attempt() == 1);
  CHECK(outcome.messages[0].bank_returned().amount_fen() == 23'456);
  CHECK(out_of(out.subject) == "2:100000");
  CHECK(out.subject.moved == Fen{100'000});
}

TEST_CASE("if several payments are out and none is named, the refusal says which there are") {
  Party out = paid_twice();
  const Outcome outcome = come_back(out, 0, 23'456);
  CHECK(outcome.refusal() == Refusal::kInputMissing);
  CHECK(outcome.rejection->detail.find("1 (234.56), 2 (1000.00)") != std::string::npos);
  REQUIRE_FALSE(come_back(out, 2).rejection);
  const Outcome only = come_back(out, 0);
  REQUIRE_FALSE(only.rejection);
  CHECK(only.messages[0].bank_returned().attempt() == 1);
  CHECK(out_of(out.subject).empty());
}

TEST_CASE("part of a payment comes back, and the rest of it stays out") {
  Party out = paid_twice();
  REQUIRE_FALSE(come_back(out, 2, 1).rejection);
  CHECK(out_of(out.subject) == "1:23456 2:99999");
  REQUIRE_FALSE(out.play("remit").rejection);
  CHECK(out_of(out.subject) == "1:23456 2:99999 3:1");
}

TEST_CASE("transfer-in keeps what is noticed of each payment") {
  Party in(Side::kIn);
  REQUIRE_FALSE(in.play("apply accept send-letter letter-accept-received "
                        "remittance-notice-received:100 remittance-notice-received:50 "
                        "bank-returned-received:20")
                    .rejection);
  CHECK(out_of(in.subject) == "1:100 2:30");
}

TEST_CASE("what no payment has out does not come back") {
  Party out = paid_twice();
  CHECK(come_back(out, 3).refusal() == Refusal::kPaymentUnknown);
  CHECK(come_back(out, 1, 23'457).refusal() == Refusal::kAmountDiffers);
  REQUIRE_FALSE(come_back(out, 1).rejection);
  CHECK(come_back(out, 1).refusal() == Refusal::kPaymentUnknown);
}

TEST_CASE("a case has no more payments out than can be told, and no more are believed") {
  Party out(Side::kOut);
  REQUIRE_FALSE(out.play("letter-received accept-letter stop-insurance issue-form").rejection);
  Party in(Side::kIn);
  REQUIRE_FALSE(in.play("apply accept send-letter letter-accept-received").rejection);
  for (size_t i = 0; i < limits::kPaymentsOfCaseMax; ++i) {
    REQUIRE_FALSE(out.play("remit:1").rejection);
    REQUIRE_FALSE(in.play("remittance-notice-received:1").rejection);
  }
  CHECK(out.play("remit:1").refusal() == Refusal::kTooManyPayments);
  CHECK(in.play("remittance-notice-received:1").refusal() == Refusal::kTooManyPayments);
  REQUIRE_FALSE(come_back(out, 7).rejection);
  CHECK_FALSE(out.play("remit:1").rejection);
}

TEST_CASE(
    "a payment that the bank has paid twice is taken note of whatever became of the transfer") {
  Party in(Side::kIn);
  REQUIRE_FALSE(
      in.play("apply accept send-letter withdraw withdraw-reply-received:accepted").rejection);
  CHECK(in.play("remittance-notice-received").rejection);
  REQUIRE_FALSE(in.play("remittance-notice-received:again").rejection);
  CHECK(in.subject.noticed == Fen{kBalance});
}

TEST_CASE("what the bank has paid twice is told, and is too much") {
  Party out(Side::kOut);
  REQUIRE_FALSE(
      out.play("letter-received accept-letter stop-insurance issue-form remit").rejection);
  const Outcome again = out.play("bank-paid-again:123456");
  REQUIRE_FALSE(again.rejection);
  CHECK(out.subject.funds == Funds::kOverpaid);
  CHECK(out_of(out.subject) == "1:123456 2:123456");
  REQUIRE(again.messages.size() == 1);
  CHECK(again.messages[0].remittance_notice().attempt() == 2);
}

}  // namespace payments_test
