#include "daemon/bank/rules/hold.h"

#include <optional>

#include "daemon/base/limits.h"

namespace jiexu {
namespace {

bool is_far_from(const StatementFacts& statement, Date day) {
  const auto opened = Date::from_yyyymmdd(statement.opened_on);
  const auto closed = Date::from_yyyymmdd(statement.closed_on);
  const int32_t off = limits::kBookedOffStatementDaysMax;
  return (opened && day.days() < opened->days() - off) ||
         (closed && day.days() > closed->days() + off);
}

}  // namespace

std::string_view name(HoldReason reason) {
  switch (reason) {
    case HoldReason::kNone: return "";
    case HoldReason::kBalances: return "balances";
    case HoldReason::kDay: return "day";
  }
  return "";
}

DayFault judge_day(int32_t booked_on, bool made, const StatementFacts* statement, Date today) {
  const auto day = Date::from_yyyymmdd(booked_on);
  if (!day) return DayFault::kNone;
  const int32_t ahead = made ? limits::kValuedAheadDaysMax : limits::kBookedAheadDaysMax;
  if (day->days() > today.days() + ahead) return DayFault::kAhead;
  if (day->days() < today.days() - limits::kBookedAgoDaysMax) return DayFault::kOld;
  if (statement != nullptr && is_far_from(*statement, *day)) return DayFault::kOutside;
  return DayFault::kNone;
}

std::string_view text(DayFault fault) {
  switch (fault) {
    case DayFault::kNone: return "";
    case DayFault::kAhead: return "the booking day lies in the future";
    case DayFault::kOld: return "the booking day lies more than a year back";
    case DayFault::kOutside: return "the booking day is far from those of its statement";
  }
  return "";
}

}  // namespace jiexu
