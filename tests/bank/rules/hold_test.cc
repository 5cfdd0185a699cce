// Booking days that cannot be.
#include "daemon/bank/rules/hold.h"

#include <catch2/catch.hpp>

using namespace jiexu;

namespace hold_test {
namespace {

constexpr Date kToday{2026, 11, 20};

DayFault judge(int32_t day, bool made = false) {
  return judge_day(day, made, nullptr, kToday);
}

}  // namespace

TEST_CASE("a booking day lies between a year ago and tomorrow") {
  CHECK(judge(20261120) == DayFault::kNone);
  CHECK(judge(20261121) == DayFault::kNone);
  CHECK(judge(20261122) == DayFault::kAhead);
  CHECK(judge(20270101) == DayFault::kAhead);
  CHECK(judge(20251119) == DayFault::kNone);
  CHECK(judge(20251118) == DayFault::kOld);
  CHECK(judge(19990101) == DayFault::kOld);
  CHECK(judge(0) == DayFault::kNone);  // the bank gives none
}

TEST_CASE("a day of value may lie behind a week of holidays") {
  CHECK(judge(20261130, true) == DayFault::kNone);
  CHECK(judge(20270130, true) == DayFault::kAhead);
}

TEST_CASE("a booking day lies near the days of its statement") {
  StatementFacts statement;
  statement.opened_on = 20260901;
  statement.closed_on = 20260930;
  const auto of = [&](int32_t day) { return judge_day(day, false, &statement, kToday); };
  CHECK(of(20260915) == DayFault::kNone);
  CHECK(of(20260801) == DayFault::kNone);
  CHECK(of(20260731) == DayFault::kOutside);
  CHECK(of(20261031) == DayFault::kNone);
  CHECK(of(20261101) == DayFault::kOutside);
  statement.opened_on = statement.closed_on = 0;
  CHECK(of(20260101) == DayFault::kNone);
}

TEST_CASE("reasons to hold a file and faults of days have names of their own") {
  CHECK(name(HoldReason::kBalances) == "balances");
  CHECK(name(HoldReason::kDay) == "day");
  for (const DayFault fault : {DayFault::kAhead, DayFault::kOld, DayFault::kOutside}) {
    CHECK_FALSE(text(fault).empty());
  }
}

}  // namespace hold_test
