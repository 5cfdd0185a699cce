// The reader of one year's calendar text; the format is in ops/calendar/README.md.
#include <algorithm>
#include <charconv>

#include "daemon/base/text.h"
#include "daemon/rules/calendar.h"

namespace jiexu {
namespace {

// The problem in a line, empty if there is none.
using Problem = std::string;

// Takes the first word off `rest`.
std::string_view take_word(std::string_view& rest) {
  const size_t from = std::min(rest.find_first_not_of(" \t"), rest.size());
  const size_t end = std::min(rest.find_first_of(" \t", from), rest.size());
  const std::string_view word = rest.substr(from, end - from);
  rest.remove_prefix(end);
  return word;
}

std::optional<uint32_t> number_of(std::string_view word) {
  uint32_t number = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), number);
  if (error != std::errc() || end != word.data() + word.size()) return std::nullopt;
  return number;
}

Problem read_year(std::string_view rest, CalendarYear& out) {
  const auto number = number_of(take_word(rest));
  if (!number || *number < 2000 || *number > 2099) return "year must be from 2000 to 2099";
  if (!trim(rest).empty()) return "nothing may follow the year";
  if (out.year != 0) return "year is given twice";
  out.year = static_cast<int>(*number);
  return {};
}

Problem read_version(std::string_view rest, CalendarYear& out) {
  const auto number = number_of(take_word(rest));
  if (!number || *number == 0) return "version must be a number from 1";
  if (!trim(rest).empty()) return "nothing may follow the version";
  if (out.version != 0) return "version is given twice";
  out.version = *number;
  return {};
}

Problem read_notice(std::string_view rest, CalendarYear& out) {
  const auto published = Date::parse(take_word(rest));
  if (!published) return "notice must begin with its date, YYYY-MM-DD";
  Notice notice{*published, trim(rest)};
  if (notice.number.empty()) return "notice must carry its number";
  out.notices.push_back(std::move(notice));
  return {};
}

bool belongs(Date date, int year) {
  return date.year == year || (date.year == year - 1 && date.month == 12);
}

Problem check_days(const DeclaredDays& days, const CalendarYear& out) {
  if (days.to < days.from) return "the range ends before it begins";
  if (!belongs(days.from, out.year) || !belongs(days.to, out.year)) {
    return "the day is neither in the year nor in December before it";
  }
  if (days.holiday.empty()) return "the name of the holiday is missing";
  for (const DeclaredDays& other : out.days) {
    if (days.from <= other.to && other.from <= days.to) return "a day is named twice";
  }
  for (Date day = days.from; day <= days.to; day = Date::from_days(day.days() + 1)) {
    if (days.kind == DayKind::kWork && !is_weekend(day)) return "a weekday needs no work line";
  }
  return {};
}

Problem read_days(DayKind kind, std::string_view rest, CalendarYear& out) {
  if (out.year == 0) return "the year must come first";
  const std::string_view range = take_word(rest);
  const size_t dots = range.find("..");
  const auto from = Date::parse(range.substr(0, dots));
  const auto to = dots == range.npos ? from : Date::parse(range.substr(dots + 2));
  if (!from || !to) return "days are written YYYY-MM-DD or YYYY-MM-DD..YYYY-MM-DD";
  DeclaredDays days{kind, *from, *to, trim(rest)};
  Problem problem = check_days(days, out);
  if (problem.empty()) out.days.push_back(std::move(days));
  return problem;
}

Problem read_line(std::string_view line, CalendarYear& out) {
  const std::string_view word = take_word(line);
  if (word.empty() || word.front() == '#') return {};
  if (word == "year") return read_year(line, out);
  if (word == "version") return read_version(line, out);
  if (word == "notice") return read_notice(line, out);
  if (word == "off") return read_days(DayKind::kOff, line, out);
  if (word == "work") return read_days(DayKind::kWork, line, out);
  return "a line begins with year, version, notice, off, work or #";
}

tl::unexpected<Error> fail_at(int line, const Problem& problem) {
  return fail(Errc::kInvalid, "line " + std::to_string(line) + ": " + problem);
}

}  // namespace

Result<CalendarYear> parse_calendar(std::string_view text) {
  CalendarYear out;
  int number = 0;
  while (!text.empty()) {
    ++number;
    const size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    if (!is_utf8(line)) return fail_at(number, "the text is not UTF-8");
    const Problem problem = read_line(line, out);
    if (!problem.empty()) return fail_at(number, problem);
  }
  if (out.year == 0) return fail_at(number, "the text ends without a year");
  if (out.version == 0) return fail_at(number, "the text ends without a version");
  if (out.notices.empty()) return fail_at(number, "the text ends without a notice");
  return out;
}

}  // namespace jiexu
