// Which deadline starts and ends when, under each profile. The dates were counted by hand in the
// calendars of the State Council's notices.
#include <catch2/catch.hpp>

#include "daemon/rules/letter_number.h"
#include "tests/cases/party.h"

using namespace jiexu;

namespace deadline_test {
namespace {

Instant at(const char* date, int hour = 10) {
  return Instant{int64_t{Date::parse(date)->days()} * 86'400'000 + (hour - 8) * 3'600'000};
}

std::string due(const Party& party, DeadlineKind kind) {
  const Deadline* deadline = party.subject.deadline(kind);
  if (deadline == nullptr) return "none";
  return deadline->due ? deadline->due->str() : "unknown";
}

// Each word of the script happens on the day.
Outcome on(Party& party, const char* date, std::string_view script) {
  party.now = at(date);
  const Outcome outcome = party.play(script);
  REQUIRE_FALSE(outcome.rejection);
  return outcome;
}

// A side of a case under the profile, as if its letter or application had come on the day.
Party side_under(const char* profile, Side side, Relationship relationship, const char* date) {
  Party party(side);
  party.subject =
      case_in(side, relationship, side == Side::kIn ? Funds::kUnknown : Funds::kNotComputed);
  party.subject.policy_profile = profile;
  const auto letter = LetterNumber::make(in_agency(), date_of(at(date)), 7);
  if (!party.subject.letter_number.empty()) party.subject.letter_number = letter->text();
  party.subject.created_at = at(date);
  return party;
}

}  // namespace

TEST_CASE("NHSA-2021: ten working days for the form from acceptance, at both agencies") {
  struct Vector {
    const char* accepted;
    const char* due;
  };
  const Vector vectors[] = {{"2024-02-05", "2024-02-23"}, {"2024-09-27", "2024-10-16"},
                            {"2025-01-20", "2025-02-08"}, {"2025-09-26", "2025-10-16"},
                            {"2025-12-25", "2026-01-09"}, {"2026-02-10", "2026-03-02"},
                            {"2026-04-28", "2026-05-14"}, {"2026-09-18", "2026-10-09"}};
  for (const Vector& vector : vectors) {
    INFO(vector.accepted);
    Party in = side_under("NHSA-2021", Side::kIn, Relationship::kLetterSent, vector.accepted);
    on(in, vector.accepted, "letter-accept-received");
    CHECK(due(in, DeadlineKind::kFormDue) == vector.due);
    CHECK(due(in, DeadlineKind::kFundsDue) == "none");
    Party out = side_under("NHSA-2021", Side::kOut, Relationship::kLetterReceived, vector.accepted);
    on(out, vector.accepted, "accept-letter");
    CHECK(due(out, DeadlineKind::kFormDue) == vector.due);
  }
}

TEST_CASE("NHSA-2021: five working days from the form to the intake, money or not") {
  struct Vector {
    const char* received;
    const char* due;
  };
  const Vector vectors[] = {{"2024-02-05", "2024-02-18"},
                            {"2024-09-27", "2024-10-10"},
                            {"2025-12-25", "2026-01-04"},
                            {"2026-09-18", "2026-09-24"}};
  for (const Vector& vector : vectors) {
    INFO(vector.received);
    Party in = side_under("NHSA-2021", Side::kIn, Relationship::kLetterAccepted, vector.received);
    on(in, vector.received, "form-received");
    CHECK(due(in, DeadlineKind::kIntakeDue) == vector.due);
    CHECK(due(in, DeadlineKind::kFormDue) == "none");
    CHECK(due(in, DeadlineKind::kCreditDue) == "none");
  }
}

TEST_CASE("NHSA-2021: the clocks of one case from application to close") {
  Party in(Side::kIn);
  on(in, "2026-11-20", "apply accept send-letter");
  CHECK(in.subject.deadlines.empty());  // neither application nor letter has a limit of its own
  on(in, "2026-11-23", "letter-delivered");
  CHECK(in.subject.deadlines.empty());
  on(in, "2026-11-24", "letter-accept-received");
  CHECK(due(in, DeadlineKind::kFormDue) == "2026-12-08");
  on(in, "2026-11-26", "form-received");
  CHECK(due(in, DeadlineKind::kFormDue) == "none");
  CHECK(due(in, DeadlineKind::kIntakeDue) == "2026-12-03");
  on(in, "2026-11-27", "query-form");
  CHECK(due(in, DeadlineKind::kIntakeDue) == "2026-12-03");
  on(in, "2026-11-30", "form-received");  // a correction does not restart the clock
  CHECK(due(in, DeadlineKind::kIntakeDue) == "2026-12-03");
  on(in, "2026-12-01", "confirm-form");
  CHECK(in.subject.deadlines.empty());
}

TEST_CASE("MOHRSS-2016: fifteen working days from acceptance to the letter") {
  Party in(Side::kIn);
  in.now = at("2026-02-10");
  in.subject = case_in(Side::kIn, Relationship::kDraft, Funds::kUnknown);
  in.subject.policy_profile = "MOHRSS-2016";
  on(in, "2026-02-10", "accept");
  CHECK(due(in, DeadlineKind::kLetterDue) == "2026-03-09");
  on(in, "2026-02-12", "send-letter");
  CHECK(due(in, DeadlineKind::kLetterDue) == "none");
}

TEST_CASE("MOHRSS-2016: letter, form and money of transfer-out within fifteen working days") {
  struct Vector {
    const char* received;
    const char* due;
  };
  const Vector vectors[] = {{"2024-02-05", "2024-03-01"},
                            {"2025-01-20", "2025-02-14"},
                            {"2025-12-25", "2026-01-16"},
                            {"2026-04-28", "2026-05-21"},
                            {"2026-09-18", "2026-10-15"}};
  for (const Vector& vector : vectors) {
    INFO(vector.received);
    Party in = side_under("MOHRSS-2016", Side::kIn, Relationship::kLetterSent, vector.received);
    on(in, vector.received, "letter-delivered");
    CHECK(due(in, DeadlineKind::kFormDue) == vector.due);
    CHECK(due(in, DeadlineKind::kFundsDue) == vector.due);
  }
}

TEST_CASE("MOHRSS-2016: an acceptance does not restart the clock of the letter") {
  Party in = side_under("MOHRSS-2016", Side::kIn, Relationship::kLetterSent, "2026-09-18");
  on(in, "2026-09-18", "letter-delivered");
  on(in, "2026-09-23", "letter-accept-received");
  CHECK(due(in, DeadlineKind::kFormDue) == "2026-10-15");
  Party unheard = side_under("MOHRSS-2016", Side::kIn, Relationship::kLetterSent, "2026-09-18");
  on(unheard, "2026-09-18", "letter-accept-received");  // the receipt was not noted before
  CHECK(due(unheard, DeadlineKind::kFormDue) == "2026-10-15");
}

TEST_CASE("MOHRSS-2016: the form meets its deadline, the money has its own") {
  Party in = side_under("MOHRSS-2016", Side::kIn, Relationship::kLetterSent, "2026-09-18");
  on(in, "2026-09-18", "letter-delivered letter-accept-received");
  on(in, "2026-09-23", "form-received");
  CHECK(due(in, DeadlineKind::kFormDue) == "none");
  CHECK(due(in, DeadlineKind::kFundsDue) == "2026-10-15");
  on(in, "2026-09-24", "remittance-notice-received");
  CHECK(due(in, DeadlineKind::kFundsDue) == "2026-10-15");  // announced, and not here
  on(in, "2026-09-25", "bank-credit");
  CHECK(due(in, DeadlineKind::kFundsDue) == "none");
}

TEST_CASE("MOHRSS-2016: the intake has fifteen working days from the later of form and money") {
  Party form_first =
      side_under("MOHRSS-2016", Side::kIn, Relationship::kLetterAccepted, "2026-09-18");
  on(form_first, "2026-09-18", "form-received");
  CHECK(due(form_first, DeadlineKind::kIntakeDue) == "none");
  on(form_first, "2026-09-23", "bank-credit");
  CHECK(due(form_first, DeadlineKind::kIntakeDue) == "2026-10-21");
  Party money_first =
      side_under("MOHRSS-2016", Side::kIn, Relationship::kLetterAccepted, "2026-09-16");
  on(money_first, "2026-09-16", "bank-credit");
  CHECK(due(money_first, DeadlineKind::kIntakeDue) == "none");
  on(money_first, "2026-09-18", "form-received");
  CHECK(due(money_first, DeadlineKind::kIntakeDue) == "2026-10-15");
  Party no_money =
      side_under("MOHRSS-2016", Side::kIn, Relationship::kLetterAccepted, "2026-09-18");
  on(no_money, "2026-09-18", "form-received:none");
  CHECK(due(no_money, DeadlineKind::kIntakeDue) == "2026-10-15");
}

TEST_CASE("FJ-QZ: crediting has two working days from the money") {
  Party in = side_under("FJ-QZ", Side::kIn, Relationship::kLetterAccepted, "2026-11-20");
  on(in, "2026-11-20", "form-received");
  CHECK(due(in, DeadlineKind::kFundsDue) == "2026-11-27");
  on(in, "2026-11-20", "bank-credit");
  CHECK(due(in, DeadlineKind::kCreditDue) == "2026-11-24");
  on(in, "2026-11-20", "confirm-form credit");
  CHECK(due(in, DeadlineKind::kCreditDue) == "none");
}

namespace {

// The payment leaves for the bank in a batch.
void export_payment(Party& out, const char* date, uint32_t attempt) {
  Event exported;
  exported.kind = EventKind::kBatchExported;
  exported.at = at(date);
  exported.batch = {"320100012611240000011", 1, out.subject.last_order};
  exported.amount = out.subject.last_order;
  exported.attempt = attempt;
  REQUIRE_FALSE(out.apply(exported).rejection);
}

}  // namespace

TEST_CASE("to remit is done when the bank has the last payment, not when it is ordered") {
  Party out = side_under("NHSA-2021", Side::kOut, Relationship::kLetterReceived, "2026-11-20");
  on(out, "2026-11-20", "accept-letter stop-insurance issue-form remit");
  CHECK(due(out, DeadlineKind::kFundsDue) == "2026-12-04");
  export_payment(out, "2026-11-24", out.subject.attempt - 1);
  CHECK(due(out, DeadlineKind::kFundsDue) == "2026-12-04");
  export_payment(out, "2026-11-24", out.subject.attempt);
  CHECK(due(out, DeadlineKind::kFundsDue) == "none");
}

TEST_CASE("what the bank sent back has its day until the bank has it again") {
  Party out = side_under("NHSA-2021", Side::kOut, Relationship::kLetterReceived, "2026-11-20");
  on(out, "2026-11-20", "accept-letter stop-insurance issue-form remit");
  export_payment(out, "2026-11-24", out.subject.attempt);
  on(out, "2026-11-26", "bank-returned");
  CHECK(due(out, DeadlineKind::kSettleDue) == "2026-12-03");
  on(out, "2026-11-27", "remit");
  CHECK(due(out, DeadlineKind::kSettleDue) == "none");
  CHECK(due(out, DeadlineKind::kFundsDue) == "2026-12-03");
  export_payment(out, "2026-11-30", out.subject.attempt);
  CHECK(due(out, DeadlineKind::kFundsDue) == "none");
}

TEST_CASE("a form that asks for no more money than is paid starts no clock to remit") {
  Party out = side_under("FJ-QZ", Side::kOut, Relationship::kLetterReceived, "2026-11-20");
  on(out, "2026-11-20", "accept-letter stop-insurance issue-form remit");
  CHECK(due(out, DeadlineKind::kFundsDue) == "2026-11-27");
  export_payment(out, "2026-11-23", out.subject.attempt);
  on(out, "2026-11-24", "form-confirm-received supplement-form");
  CHECK(due(out, DeadlineKind::kFundsDue) == "none");
}

TEST_CASE("nothing is to be remitted where the person is paid at origin, or nothing is due") {
  for (const char* form : {"issue-form:refund", "issue-form:none"}) {
    INFO(form);
    Party out = side_under("NHSA-2021", Side::kOut, Relationship::kLetterReceived, "2026-11-20");
    on(out, "2026-11-20", "accept-letter stop-insurance");
    CHECK(due(out, DeadlineKind::kFundsDue) == "2026-12-04");
    on(out, "2026-11-20", form);
    CHECK(due(out, DeadlineKind::kFundsDue) == "none");
  }
}

TEST_CASE("a term that ends in a year without a calendar is unknown, and does not pass") {
  Party in = side_under("NHSA-2021", Side::kIn, Relationship::kLetterSent, "2026-12-25");
  on(in, "2026-12-25", "letter-accept-received");
  CHECK(due(in, DeadlineKind::kFormDue) == "unknown");
  in.now = at("2027-12-31");
  CHECK(in.pass(DeadlineKind::kFormDue).refusal() == Refusal::kNotAllowedNow);
}

TEST_CASE("a deadline passes at midnight of its day, once, and stays until it is met") {
  Party out = side_under("NHSA-2021", Side::kOut, Relationship::kLetterReceived, "2026-11-20");
  on(out, "2026-11-20", "accept-letter");
  out.now = end_of(*Date::parse("2026-12-04"));
  CHECK(out.pass(DeadlineKind::kFormDue).refusal() == Refusal::kNotAllowedNow);
  out.now = out.now.plus_ms(1);
  CHECK(out.pass(DeadlineKind::kIntakeDue).refusal() == Refusal::kNotAllowedNow);
  REQUIRE_FALSE(out.pass(DeadlineKind::kFormDue).rejection);
  CHECK(out.subject.deadline(DeadlineKind::kFormDue)->passed);
  CHECK(out.pass(DeadlineKind::kFormDue).refusal() == Refusal::kNotAllowedNow);
  REQUIRE_FALSE(out.play("stop-insurance issue-form").rejection);
  CHECK(due(out, DeadlineKind::kFormDue) == "none");
}

namespace {

// Transfer-in, which waits for a form that is due on 2026-10-09.
Party waiting_for_form() {
  Party in = side_under("NHSA-2021", Side::kIn, Relationship::kLetterSent, "2026-09-18");
  on(in, "2026-09-18", "letter-accept-received");
  return in;
}

// What the ladder sends when it is climbed on this day: "day -3", "no message" or the refusal.
std::string climb_on(Party& in, const char* day) {
  in.now = at(day);
  const Outcome outcome = in.pass(DeadlineKind::kFormDue);
  if (outcome.rejection) return std::string(name(outcome.refusal()));
  if (outcome.messages.empty()) return "no message";
  return "day " + std::to_string(outcome.messages.at(0).reminder().day());
}

}  // namespace

TEST_CASE("each step of the ladder is taken once, on its day (X39)") {
  Party in = waiting_for_form();
  CHECK(climb_on(in, "2026-10-05") == "not_allowed_now");
  CHECK(climb_on(in, "2026-10-06") == "day -3");
  CHECK(text(in.subject.overlays) == "REMINDING");
  CHECK(climb_on(in, "2026-10-07") == "not_allowed_now");
  CHECK(climb_on(in, "2026-10-09") == "day 0");
  CHECK_FALSE(in.subject.deadlines.at(0).passed);
  CHECK(climb_on(in, "2026-10-10") == "no message");
  CHECK(in.subject.deadlines.at(0).passed);
  CHECK(climb_on(in, "2026-10-12") == "day 3");
  CHECK_FALSE(in.subject.overlays.has(Overlay::kEscalated));
  CHECK(climb_on(in, "2026-10-19") == "day 10");
  CHECK(in.subject.overlays.has(Overlay::kEscalated));
  CHECK(climb_on(in, "2026-12-31") == "not_allowed_now");
  CHECK_FALSE(next_firing(Side::kIn, in.subject.deadlines.at(0)));
}

TEST_CASE("who wakes late reminds once (X39)") {
  Party in = waiting_for_form();
  CHECK(climb_on(in, "2026-10-31") == "day 10");
  CHECK(in.subject.deadlines.at(0).passed);
  CHECK(text(in.subject.overlays) == "REMINDING,ESCALATED");
}

TEST_CASE("an answer names the day, and nothing is the operator's any more (X39)") {
  Party in = waiting_for_form();
  climb_on(in, "2026-10-31");
  REQUIRE_FALSE(in.play("reminder-reply-received").rejection);
  CHECK(text(in.subject.overlays) == "NONE");
  CHECK(in.subject.deadlines.at(0).expected == Date::parse("2026-12-10"));
}

TEST_CASE("the form itself answers the reminder (X39)") {
  Party in = waiting_for_form();
  climb_on(in, "2026-10-06");
  REQUIRE_FALSE(in.play("form-received").rejection);
  CHECK(text(in.subject.overlays) == "NONE");
}

TEST_CASE("nobody reminds himself, and the operator is told after ten days (X39)") {
  Party out = side_under("NHSA-2021", Side::kOut, Relationship::kLetterReceived, "2026-09-18");
  on(out, "2026-09-18", "accept-letter");
  CHECK(climb_on(out, "2026-10-09") == "not_allowed_now");
  CHECK(climb_on(out, "2026-10-10") == "no message");
  CHECK(climb_on(out, "2026-10-19") == "no message");
  CHECK(text(out.subject.overlays) == "ESCALATED");
}

TEST_CASE("a reminder of what is done already changes nothing") {
  Party out = side_under("NHSA-2021", Side::kOut, Relationship::kLetterReceived, "2026-11-20");
  on(out, "2026-11-20", "accept-letter stop-insurance issue-form reminder-received");
  CHECK(text(out.subject.overlays) == "NONE");
}

TEST_CASE("the next agency has its own terms (X10)") {
  Party in = side_under("MOHRSS-2016", Side::kIn, Relationship::kLetterSent, "2026-09-18");
  on(in, "2026-09-18", "letter-delivered");
  CHECK(due(in, DeadlineKind::kFormDue) == "2026-10-15");
  on(in, "2026-09-21", "letter-forwarded-received");
  CHECK(due(in, DeadlineKind::kFormDue) == "none");
  on(in, "2026-09-22", "letter-delivered");
  CHECK(due(in, DeadlineKind::kFormDue) == "2026-10-20");
}

TEST_CASE("a case that ends has no deadlines") {
  Party in = side_under("MOHRSS-2016", Side::kIn, Relationship::kLetterSent, "2026-09-18");
  on(in, "2026-09-18", "letter-delivered letter-reject-received");
  CHECK(in.subject.closed());
  CHECK(in.subject.deadlines.empty());
}

TEST_CASE("form and money are the duty of transfer-out, the rest of transfer-in") {
  for (const DeadlineKind kind : {DeadlineKind::kFormDue, DeadlineKind::kFundsDue}) {
    CHECK(is_ours(Side::kOut, kind));
    CHECK_FALSE(is_ours(Side::kIn, kind));
  }
  for (const DeadlineKind kind :
       {DeadlineKind::kLetterDue, DeadlineKind::kIntakeDue, DeadlineKind::kCreditDue}) {
    CHECK(is_ours(Side::kIn, kind));
    CHECK_FALSE(is_ours(Side::kOut, kind));
  }
}

}  // namespace deadline_test
