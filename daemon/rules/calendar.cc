#include "daemon/rules/calendar.h"

#include "daemon/base/check.h"
#include "daemon/rules/calendar_data.h"

namespace jiexu {
namespace {

std::optional<DayKind> declared(const CalendarYear& year, Date date) {
  for (const DeclaredDays& days : year.days) {
    if (days.from <= date && date <= days.to) return days.kind;
  }
  return std::nullopt;
}

}  // namespace

// 1970-01-01 was a Thursday.
bool is_weekend(Date date) {
  const int32_t days_from_monday = ((date.days() + 3) % 7 + 7) % 7;
  return days_from_monday >= 5;
}

Calendar Calendar::shipped() {
  Calendar calendar;
  for (const std::string_view text : shipped_calendar_texts()) {
    auto year = parse_calendar(text);
    CHECK(year);
    const auto added = calendar.add(std::move(*year));
    CHECK(added);
  }
  return calendar;
}

Result<void> Calendar::add(CalendarYear year) {
  const auto known = years_.find(year.year);
  if (known == years_.end()) {
    years_.emplace(year.year, std::move(year));
    return {};
  }
  if (year.version == known->second.version && year != known->second) {
    return fail(Errc::kInvalid, "calendar " + std::to_string(year.year) + " version " +
                                    std::to_string(year.version) +
                                    " exists with other days; raise its version");
  }
  if (year.version > known->second.version) known->second = std::move(year);
  return {};
}

std::optional<bool> Calendar::is_working_day(Date date) const {
  const auto own = years_.find(date.year);
  if (own == years_.end()) return std::nullopt;
  // The later notice has the last word on the end of December.
  if (const auto next = years_.find(date.year + 1); next != years_.end()) {
    if (const auto kind = declared(next->second, date)) return kind == DayKind::kWork;
  }
  if (const auto kind = declared(own->second, date)) return kind == DayKind::kWork;
  return !is_weekend(date);
}

std::optional<Date> Calendar::due(Date start, int working_days) const {
  CHECK(working_days >= 1);
  Date date = start;
  while (working_days > 0) {
    date = Date::from_days(date.days() + 1);
    const auto working = is_working_day(date);
    if (!working) return std::nullopt;
    if (*working) --working_days;
  }
  return date;
}

int Calendar::working_days_between(Date from, Date to) const {
  int count = 0;
  for (int day = from.days() + 1; day <= to.days(); ++day) {
    const Date date = Date::from_days(day);
    count += is_working_day(date).value_or(!is_weekend(date)) ? 1 : 0;
  }
  return count;
}

std::string Calendar::edition() const {
  std::string out;
  for (const auto& [number, year] : years_) {
    if (!out.empty()) out += ' ';
    out += std::to_string(number) + '.' + std::to_string(year.version);
  }
  return out;
}

}  // namespace jiexu
