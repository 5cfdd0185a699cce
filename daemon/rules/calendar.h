// The working-day calendar of mainland China, and the counting of terms in working days.
//
// A day is a working day if it is a weekday and not declared off, or a Saturday or Sunday declared
// a make-up work day (调休补班). The State Council General Office declares both once a year, often
// as late as November or December, and has amended a year midway (2020). Therefore:
//  * Calendars are data, one text a year (format: ops/calendar/README.md). The shipped years are
//    compiled in; newer texts are read by the caller and added.
//  * A year that is not loaded is unknown. Nothing is guessed: the answer is nullopt, and so is a
//    term that would end there.
//  * Each year has a version. A caller compares edition() with the one under which it judged its
//    open terms, and judges them anew when it changed.
// The last days of December belong to their own year until next year's text says otherwise: a term
// that ends on them may still move when that text is added.
//
// No I/O and no clock. Const functions may be called from any thread.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/base/result.h"
#include "daemon/base/time.h"

namespace jiexu {

enum class DayKind : uint8_t { kOff = 1, kWork = 2 };

// Days from `from` to `to`, both included, that are not what their weekday says.
struct DeclaredDays {
  DayKind kind = DayKind::kOff;
  Date from;
  Date to;
  std::string holiday;

  bool operator==(const DeclaredDays&) const = default;
};

struct Notice {
  Date published;
  std::string number;  // of the document, and a remark if the text has one

  bool operator==(const Notice&) const = default;
};

// One year's text, read.
struct CalendarYear {
  int year = 0;
  uint32_t version = 0;
  std::vector<Notice> notices;
  std::vector<DeclaredDays> days;

  bool operator==(const CalendarYear&) const = default;
};

// Saturday or Sunday.
bool is_weekend(Date date);

// Reads one year's text. On failure kInvalid, with the number of the line and what is wrong in it.
Result<CalendarYear> parse_calendar(std::string_view text);

class Calendar {
 public:
  // The years that this build carries.
  static Calendar shipped();

  // Adds a year. Of two texts for one year the higher version stays. kInvalid if one version of a
  // year has two contents: then someone forgot to raise it.
  Result<void> add(CalendarYear year);

  // nullopt if the date's year is not loaded.
  std::optional<bool> is_working_day(Date date) const;

  // The last day of a term of `working_days` that starts with an event on `start`. That day is not
  // counted, whether it is a working day or not; the term ends on the n-th working day after it, at
  // 24:00 (Civil Code arts. 201 and 203). Because only working days count, the end never falls on a
  // holiday. nullopt if the end lies in, or beyond, a year that is not loaded.
  // REQUIRES: working_days >= 1.
  std::optional<Date> due(Date start, int working_days) const;

  // How many days after `from`, up to and with `to`, are working days. In a year that is not
  // loaded, weekdays count.
  int working_days_between(Date from, Date to) const;

  // Years and versions as text, such as "2025.1 2026.1". Equal editions judge equally.
  std::string edition() const;

  const std::map<int, CalendarYear>& years() const { return years_; }

 private:
  std::map<int, CalendarYear> years_;
};

}  // namespace jiexu
