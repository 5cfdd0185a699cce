// No duty without a clock: what no rule limits runs under our own default, which binds nobody else.
#include <catch2/catch.hpp>

#include "tests/cases/party.h"

using namespace jiexu;

namespace duty_test {
namespace {

// "accept-due 2026-11-24 own", in the order of their start.
std::string duties(const Case& subject) {
  std::string out;
  for (const Deadline& deadline : subject.deadlines) {
    out += (out.empty() ? "" : ", ") + std::string(deadline_name(deadline.kind)) + " " +
           (deadline.due ? deadline.due->str() : "unknown") +
           (rule_of(subject, deadline.kind)->own ? " own" : "") +
           (deadline.held_since ? " held" : "");
  }
  return out;
}

std::string after(Side side, std::string_view script) {
  Party party(side);
  REQUIRE(party.play(script).refusal() == Refusal::kNone);
  return duties(party.subject);
}

Instant day(const char* date) {
  return Instant{int64_t{Date::parse(date)->days()} * 86'400'000 + 2 * 3'600'000};
}

}  // namespace

// NHSA-2021, on Friday 2026-11-20.
TEST_CASE("each thing that transfer-in has to do has a day") {
  const auto [script, expected] = GENERATE(table<std::string, std::string>({
      {"apply", "accept-due 2026-11-24 own"},
      {"apply accept", "letter-due 2026-11-24 own"},
      {"apply accept send-letter", ""},
      {"apply accept send-letter letter-accept-received", "form-due 2026-12-04"},
      {"apply accept send-letter letter-accept-received question-received",
       "form-due 2026-12-04, answer-due 2026-11-25 own"},
      {"apply accept send-letter letter-accept-received form-received", "intake-due 2026-11-27"},
      {"apply accept send-letter letter-accept-received form-received bank-credit",
       "intake-due 2026-11-27, credit-due 2026-11-27 own"},
      {"apply accept send-letter letter-accept-received form-received bank-credit confirm-form "
       "credit",
       "close-due 2026-11-27 own"},
      {"apply accept send-letter letter-accept-received form-received bank-credit confirm-form "
       "credit close",
       ""},
      {"apply accept send-letter letter-accept-received form-received bank-credit:5000",
       "intake-due 2026-11-27, settle-due 2026-11-27 own"},
  }));
  CAPTURE(script);
  CHECK(after(Side::kIn, script) == expected);
}

TEST_CASE("crediting late leaves no more days to close the case") {
  Party party(Side::kIn);
  REQUIRE(party
              .play("apply accept send-letter letter-accept-received form-received bank-credit "
                    "confirm-form")
              .refusal() == Refusal::kNone);
  party.now = day("2026-11-25");
  REQUIRE(party.play("credit").refusal() == Refusal::kNone);
  CHECK(duties(party.subject) == "close-due 2026-11-27 own");
}

TEST_CASE("each thing that transfer-out has to do has a day") {
  const auto [script, expected] = GENERATE(table<std::string, std::string>({
      {"letter-received", "decide-due 2026-11-24 own"},
      {"letter-received accept-letter", "form-due 2026-12-04, funds-due 2026-12-04 own"},
      {"letter-received accept-letter stop-insurance issue-form", "funds-due 2026-12-04 own"},
      {"letter-received accept-letter stop-insurance issue-form form-query-received",
       "funds-due 2026-12-04 own, correct-due 2026-11-27 own"},
      {"letter-received accept-letter stop-insurance issue-form:refund",
       "refund-due 2026-12-04 own"},
      {"letter-received accept-letter stop-insurance issue-form:refund refund", ""},
      {"letter-received accept-letter cancel-request-received",
       "form-due 2026-12-04, funds-due 2026-12-04 own, answer-due 2026-11-25 own"},
      {"letter-received reject-letter", ""},
  }));
  CAPTURE(script);
  CHECK(after(Side::kOut, script) == expected);
}

TEST_CASE("a hold stops the clocks of transfer-out at both agencies, and its days are told apart") {
  const auto [side, script, hold, resume] =
      GENERATE(table<Side, std::string, std::string, std::string>({
          {Side::kOut, "letter-received accept-letter", "hold", "resume"},
          {Side::kIn, "apply accept send-letter letter-accept-received", "hold-received",
           "resume-received"},
      }));
  Party party(side);
  REQUIRE(party.play(script).refusal() == Refusal::kNone);
  party.now = day("2026-11-23");
  REQUIRE(party.play(hold).refusal() == Refusal::kNone);
  const Deadline held = *party.subject.deadline(DeadlineKind::kFormDue);
  CHECK(held.held_since == Date{2026, 11, 23});
  CHECK_FALSE(next_firing(side, held));
  party.now = day("2026-12-20");
  CHECK(party.pass(DeadlineKind::kFormDue).refusal() == Refusal::kNotAllowedNow);

  party.now = day("2026-11-26");  // three working days later
  REQUIRE(party.play(resume).refusal() == Refusal::kNone);
  const Deadline& running = *party.subject.deadline(DeadlineKind::kFormDue);
  CHECK_FALSE(running.held_since);
  CHECK(running.held_days == 3);
  CHECK(running.due == Date{2026, 12, 9});
  CHECK(next_firing(side, running));
}

TEST_CASE("a new calendar counts the days of a hold too, and a letter that waits gets its clock") {
  Party out(Side::kOut);
  out.play("letter-received accept-letter hold");
  out.now = day("2026-11-23");
  out.play("resume");
  REQUIRE(out.subject.deadline(DeadlineKind::kFormDue)->held_days == 1);
  CHECK(rejudge_deadlines(*out.context.calendar, out.now, out.subject).empty());

  Party fresh(Side::kOut);
  fresh.play("letter-received");
  fresh.subject.deadlines.clear();  // as an older version has left it
  CHECK(rejudge_deadlines(*fresh.context.calendar, kNow, fresh.subject) ==
        "decide-due: counted from today, until 2026-11-24");
}

TEST_CASE("what waits for a second person has a day, and none when nothing waits") {
  Party in(Side::kIn);
  in.play("apply accept");
  in.subject.proposals.push_back(
      {3, static_cast<uint8_t>(EventKind::kSendLetter), "wang", kNow, "", ""});
  time_proposals(*in.context.calendar, kNow, in.subject);
  CHECK(duties(in.subject) == "letter-due 2026-11-24 own, approve-due 2026-11-24 own");
  in.subject.proposals.clear();
  time_proposals(*in.context.calendar, kNow, in.subject);
  CHECK(duties(in.subject) == "letter-due 2026-11-24 own");
}

}  // namespace duty_test
