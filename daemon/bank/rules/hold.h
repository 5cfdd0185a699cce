// Why a bank's file is held, and none of its lines is booked, until two people have looked at it.
// Pure.
#pragma once

#include <cstdint>
#include <string_view>

#include "daemon/bank/rules/statement.h"
#include "daemon/base/time.h"

namespace jiexu {

// Numbers are stored and never reused.
enum class HoldReason : uint32_t {
  kNone = 0,
  kBalances = 1,  // a statement's lines do not lead from its opening to its closing balance
  kDay = 2,       // a line is booked on a day on which it cannot have been
};

// "balances", "day".
std::string_view name(HoldReason reason);

// What is wrong with a booking day, if anything. Banks and clerks mistype years, and a line on the
// wrong day is another booking than the one that it is.
enum class DayFault : uint8_t {
  kNone,
  kAhead,    // after tomorrow
  kOld,      // more than a year ago
  kOutside,  // far from the days of its statement
};

// `booked_on`: yyyymmdd; what is no day is not judged. `made`: the bank gives no booking day, and
// it is that of value. `statement`: its own; nullptr: none. `today`: by the clock of the event.
DayFault judge_day(int32_t booked_on, bool made, const StatementFacts* statement, Date today);
// One sentence.
std::string_view text(DayFault fault);

}  // namespace jiexu
