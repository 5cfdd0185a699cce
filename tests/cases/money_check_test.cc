// What a message about money may say, and that a notice counts once.
#include <catch2/catch.hpp>

#include "daemon/base/limits.h"
#include "tests/cases/party.h"

using namespace jiexu;

namespace money_check_test {
namespace {

constexpr const char* kAccepted = "apply accept send-letter letter-accept-received";

Party at(Side side, const std::string& script) {
  Party party(side);
  REQUIRE_FALSE(party.play(script).rejection);
  return party;
}

// IN hears a notice in which something was changed.
template <class Change>
Refusal hear_notice(Party& in, const Change& change) {
  v1::Message message = sound_message(in.subject, EventKind::kRemitNoticeIn);
  change(*message.mutable_remittance_notice());
  return in.hear(message).refusal();
}

using Notice = v1::RemittanceNotice;

void number(uint32_t attempt, const Case& subject, Notice& notice) {
  notice.set_attempt(attempt);
  notice.set_end_to_end_id(subject.letter_number + "-" + std::to_string(attempt));
}

Refusal hear_number(Party& in, uint32_t attempt, int64_t fen, const char* batch = "") {
  return hear_notice(in, [&](Notice& notice) {
    number(attempt, in.subject, notice);
    notice.set_amount_fen(fen);
    notice.set_batch_number(batch);
  });
}

}  // namespace

TEST_CASE("a notice counts once, however often it comes") {
  Party in = at(Side::kIn, std::string(kAccepted) + " remittance-notice-received:100");
  CHECK(hear_number(in, 1, 100) == Refusal::kNone);
  CHECK(hear_number(in, 1, 100, "411328072611200000015") == Refusal::kNone);
  CHECK(in.subject.noticed == Fen{100});
  CHECK(in.subject.payments.size() == 1);
  CHECK(in.subject.attempt == 1);
}

TEST_CASE("the same payment with another amount contradicts, and changes nothing") {
  Party in = at(Side::kIn, std::string(kAccepted) + " remittance-notice-received:100");
  CHECK(hear_number(in, 1, 101) == Refusal::kNoticeContradicts);
  CHECK(hear_number(in, 1, 101, "411328072611200000015") == Refusal::kNoticeContradicts);
  REQUIRE_FALSE(in.play("bank-returned-received:100").rejection);
  CHECK(hear_number(in, 1, 100) == Refusal::kNoticeContradicts);
  CHECK(in.subject.noticed == Fen{0});
}

TEST_CASE("a payment has the next number, or one that is known") {
  Party in = at(Side::kIn, kAccepted);
  CHECK(hear_number(in, 0, 100) == Refusal::kNoticeAttempt);
  CHECK(hear_number(in, 0, 100, "411328072611200000015") == Refusal::kNoticeAttempt);
  CHECK(hear_number(in, 2, 100) == Refusal::kNoticeAttempt);
  CHECK(hear_number(in, 4'000'000'000u, 100) == Refusal::kNoticeAttempt);
  CHECK(in.subject.payments.empty());
  CHECK(hear_number(in, 1, 100) == Refusal::kNone);
  CHECK(hear_number(in, 2, 100) == Refusal::kNone);
  CHECK(hear_notice(in, [](Notice& notice) { notice.set_end_to_end_id("77"); }) ==
        Refusal::kNoticeAttempt);
  CHECK(hear_notice(in, [&](Notice& notice) {
          notice.set_again_of(9);
          notice.set_end_to_end_id(in.subject.letter_number + "-9");
        }) == Refusal::kNoticeAttempt);
}

TEST_CASE("a payment goes to the account of the letter") {
  Party in = at(Side::kIn, kAccepted);
  const auto to_another = [](Notice& notice) {
    notice.mutable_payee()->set_account_number("6200999900001111");
  };
  CHECK(hear_notice(in, to_another) == Refusal::kNoticePayee);
  CHECK(hear_notice(in, [](Notice& notice) { notice.mutable_payee()->set_account_holder("x"); }) ==
        Refusal::kNoticePayee);
  CHECK(hear_notice(in, [](Notice& notice) { notice.clear_payee(); }) == Refusal::kNoticePayee);
  const v1::Payee first = in.subject.payee;
  REQUIRE_FALSE(in.play("change-payee").rejection);
  v1::Message old = sound_message(in.subject, EventKind::kRemitNoticeIn);
  *old.mutable_remittance_notice()->mutable_payee() = first;
  CHECK(in.hear(old).refusal() == Refusal::kNone);
}

TEST_CASE("days of money lie between the letter and tomorrow") {
  Party in = at(Side::kIn, kAccepted);
  for (const int32_t day : {0, 20261131, 19991231, 20261119, 20261122, 20281120}) {
    INFO(day);
    CHECK(hear_notice(in, [&](Notice& notice) { notice.set_paid_on(day); }) ==
          Refusal::kDateInvalid);
  }
  CHECK(hear_notice(in, [](Notice& notice) { notice.set_paid_on(20261121); }) == Refusal::kNone);
  Party out = at(Side::kOut, "letter-received accept-letter stop-insurance issue-form remit");
  v1::Message ack = sound_message(out.subject, EventKind::kFundsAckIn);
  ack.mutable_funds_ack()->set_credited_on(0);
  CHECK(out.hear(ack).refusal() == Refusal::kDateInvalid);
}

TEST_CASE("what we say ourselves of money has no day before the letter, whatever the clock says") {
  Party out = at(Side::kOut, "letter-received accept-letter stop-insurance issue-form");
  v1::ActionInput input;
  input.set_date(20261101);  // the letter is of the day after
  CHECK(out.act(EventKind::kRemit, input).refusal() == Refusal::kDateInvalid);
  out.now = kNow.plus_ms(-int64_t{19} * 24 * 3600 * 1000);
  const Outcome told = out.act(EventKind::kRemit, {});
  REQUIRE_FALSE(told.rejection);
  CHECK(told.messages.at(0).remittance_notice().paid_on() == 20261102);
}

TEST_CASE("a payment without a number on a sheet is the next one, and counts once with its twin") {
  Party in = at(Side::kIn, kAccepted);
  v1::ActionInput input;
  Notice& sheet = *input.mutable_paper()->mutable_remittance_notice();
  sheet.set_amount_fen(100);
  REQUIRE_FALSE(in.act(EventKind::kKeyPaper, input).rejection);
  CHECK(in.subject.attempt == 1);
  CHECK(hear_number(in, 1, 100) == Refusal::kNone);
  CHECK(in.subject.noticed == Fen{100});
}

TEST_CASE("only a payment that is known comes back, and an account is changed forward") {
  Party in = at(Side::kIn, std::string(kAccepted) + " remittance-notice-received");
  v1::Message back = sound_message(in.subject, EventKind::kBankReturnedIn);
  for (const uint32_t attempt : {0u, 2u}) {
    back.mutable_bank_returned()->set_attempt(attempt);
    CHECK(in.hear(back).refusal() == Refusal::kNoticeAttempt);
  }
  Party out = at(Side::kOut, "letter-received payee-change-received");
  v1::Message change = sound_message(out.subject, EventKind::kPayeeChangeIn);
  change.mutable_payee_change()->set_version(out.subject.payee_version);
  CHECK(out.hear(change).refusal() == Refusal::kFormVersion);
}

}  // namespace money_check_test
