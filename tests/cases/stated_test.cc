// What an agency states of a case, and which cases it must state.
#include "daemon/cases/stated.h"

#include <catch2/catch.hpp>

#include "tests/cases/party.h"

using namespace jiexu;

namespace stated_test {
namespace {

constexpr std::string_view kToForm =
    "apply accept send-letter letter-accept-received form-received";
constexpr std::string_view kToFormIssued =
    "letter-received accept-letter stop-insurance issue-form";

Party played(Side side, std::string_view script) {
  Party party(side);
  const Outcome outcome = party.play(script);
  INFO(script << (outcome.rejection ? ": " + outcome.rejection->detail : ""));
  REQUIRE_FALSE(outcome.rejection);
  return party;
}

}  // namespace

TEST_CASE("both sides state the same of a case that is paid") {
  const Party in = played(Side::kIn, std::string(kToForm) + " remittance-notice-received");
  const Party out = played(Side::kOut, std::string(kToFormIssued) + " remit");
  const v1::StatementRow here = state(in.subject);
  const v1::StatementRow there = state(out.subject);
  CHECK_FALSE(here.transfer_out());
  CHECK(there.transfer_out());
  CHECK(here.due_fen() == kBalance);
  CHECK(here.due_fen() == there.due_fen());
  CHECK(here.ordered_fen() == there.ordered_fen());
  CHECK(here.form_version() == there.form_version());
  CHECK(here.case_id() == in.subject.id.bytes());
  for (const Party* party : {&in, &out}) CHECK(must_be_stated(party->subject));
}

TEST_CASE("a case without money is not stated, and one that is settled need not be") {
  CHECK_FALSE(is_stated(played(Side::kIn, "apply accept send-letter").subject));
  CHECK_FALSE(is_stated(played(Side::kOut, "letter-received accept-letter").subject));
  const Party in =
      played(Side::kIn,
             std::string(kToForm) + " remittance-notice-received confirm-form bank-credit credit");
  CHECK(in.subject.credited.value == kBalance);
  CHECK_FALSE(must_be_stated(in.subject));
  CHECK_FALSE(is_stated(in.subject));
}

TEST_CASE("money before its form is stated from the notice on") {
  const Party out = played(Side::kOut, "letter-received accept-letter stop-insurance remit");
  REQUIRE(out.subject.form_version == 0);
  CHECK(must_be_stated(out.subject));
  CHECK(state(out.subject).ordered_fen() == out.subject.moved.value);
}

TEST_CASE("money that only one side can see is stated, and need not be by the other") {
  Case subject = played(Side::kOut, std::string(kToFormIssued) + " remit").subject;
  subject.credited = subject.due;
  subject.moved.value += 5;
  subject.funds = judge_funds(subject);
  REQUIRE_FALSE(is_terminal(subject.funds));
  CHECK_FALSE(must_be_stated(subject));
  CHECK(is_stated(subject));
}

TEST_CASE("a case with paper in it is stated until the last message has come") {
  Case subject = played(Side::kIn, kToForm).subject;
  subject.credited = subject.moved = subject.due;
  subject.funds = Funds::kCredited;
  CHECK_FALSE(is_stated(subject));
  subject.papers.push_back({v1::Message::kInformationForm, 1, 7});
  CHECK(is_stated(subject));
  CHECK(state(subject).on_paper());
}

TEST_CASE("what was paid to the person in two payments is stated as their sum") {
  Party in = played(Side::kIn, kToForm);
  for (int i = 0; i < 2; ++i) {
    v1::Message message = sound_message(in.subject, EventKind::kRefundToPersonIn);
    message.mutable_refund_to_person()->set_amount_fen(100);
    REQUIRE_FALSE(in.hear(message).rejection);
  }
  CHECK(in.subject.refunded == Fen{200});
  CHECK(state(in.subject).refunded_fen() == 200);
}

}  // namespace stated_test
