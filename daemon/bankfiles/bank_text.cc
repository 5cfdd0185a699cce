#include "daemon/bankfiles/bank_text.h"

#include <algorithm>
#include <cctype>
#include <charconv>

#include "daemon/base/gbk.h"
#include "daemon/base/text.h"
#include "daemon/base/time.h"

namespace jiexu {
namespace {

constexpr size_t kAmountDigitsMax = 13;
// Of a letter number and of a batch number.
constexpr size_t kLetterDigits = 20, kBatchDigits = 21;

bool all_digits(std::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

bool says_nothing(std::string_view text) {
  return text == "null" || text == "NULL" || text == "\"\"";
}

int number(std::string_view digits) {
  int value = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return value;
}

// Minutes east of UTC that stand behind a time, "Z", "+08:00"; nullopt if none does.
std::optional<int> zone_minutes(std::string_view time) {
  if (time.ends_with('Z')) return 0;
  if (time.size() < 6) return std::nullopt;
  const std::string_view zone = time.substr(time.size() - 6);
  if ((zone[0] != '+' && zone[0] != '-') || zone[3] != ':') return std::nullopt;
  if (!all_digits(zone.substr(1, 2)) || !all_digits(zone.substr(4, 2))) return std::nullopt;
  const int minutes = number(zone.substr(1, 2)) * 60 + number(zone.substr(4, 2));
  return zone[0] == '-' ? -minutes : minutes;
}

// `date` with the time of day "T09:30:00..." in some zone, as the date in China.
Date in_china(Date date, std::string_view time) {
  const auto zone = zone_minutes(time);
  const bool timed =
      time.size() >= 6 && all_digits(time.substr(1, 2)) && all_digits(time.substr(4, 2));
  if (!zone || !timed) return date;
  const int minute = number(time.substr(1, 2)) * 60 + number(time.substr(4, 2));
  const int china = minute - *zone + 8 * 60;
  const int days = china < 0 ? -1 : china / (24 * 60);
  return Date::from_days(date.days() + days);
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

size_t digits_ahead(std::string_view text) {
  return static_cast<size_t>(std::ranges::find_if_not(text, is_digit) - text.begin());
}

size_t digits_behind(std::string_view text) {
  const auto end = std::find_if_not(text.rbegin(), text.rend(), is_digit);
  return static_cast<size_t>(end - text.rbegin());
}

bool is_number_of_ours(size_t digits) {
  return digits == kLetterDigits || digits == kBatchDigits;
}

// How many of the parts from `next` on are the rest of a number whose first `digits` digits stand
// before them; 0: none is. What is a whole number already is not the rest of one.
size_t rest_of_number(const std::vector<std::string>& parts, size_t next, size_t digits) {
  if (digits == 0 || is_number_of_ours(digits)) return 0;
  for (size_t at = next; at < parts.size(); ++at) {
    const size_t ahead = digits_ahead(parts[at]);
    if (is_number_of_ours(ahead)) return 0;
    digits += ahead;
    if (is_number_of_ours(digits)) return at - next + 1;
    if (ahead < parts[at].size() || digits > kBatchDigits) return 0;
  }
  return 0;
}

}  // namespace

std::string clean_field(std::string_view text) {
  std::string out = trim(text);
  return says_nothing(out) ? std::string() : out;
}

std::optional<Fen> parse_amount(std::string_view text) {
  const std::string folded = is_ascii(text) ? std::string(text) : fold_width(text);
  const std::string trimmed = trim(folded);
  std::string_view rest = trimmed;
  const bool negative = rest.starts_with('-');
  if (negative || rest.starts_with('+')) rest.remove_prefix(1);
  const size_t point = rest.find('.');
  std::string_view whole = rest.substr(0, point);
  std::string_view part = point == rest.npos ? std::string_view() : rest.substr(point + 1);
  while (part.size() > 2 && part.ends_with('0')) part.remove_suffix(1);
  if (whole.empty() && part.empty()) return std::nullopt;
  if (!whole.empty() && !all_digits(whole)) return std::nullopt;
  while (whole.starts_with('0')) whole.remove_prefix(1);
  if (whole.size() > kAmountDigitsMax || part.size() > 2) return std::nullopt;
  if (!part.empty() && !all_digits(part)) return std::nullopt;
  int64_t yuan = 0;
  std::from_chars(whole.data(), whole.data() + whole.size(), yuan);
  int64_t fen = yuan * 100;
  if (!part.empty()) fen += number(part) * (part.size() == 1 ? 10 : 1);
  return Fen{negative ? -fen : fen};
}

std::optional<int32_t> parse_day(std::string_view text) {
  const std::string folded = is_ascii(text) ? std::string(text) : fold_width(text);
  const std::string day = trim(folded);
  if (day.size() == 8 && all_digits(day)) {
    const auto date = Date::from_yyyymmdd(number(day));
    return date ? std::optional(date->yyyymmdd()) : std::nullopt;
  }
  if (day.size() > 10 && day[10] != 'T' && day[10] != '+' && day[10] != 'Z') return std::nullopt;
  const auto date = Date::parse(std::string_view(day).substr(0, std::min<size_t>(day.size(), 10)));
  if (!date) return std::nullopt;
  return in_china(*date, std::string_view(day).substr(10)).yyyymmdd();
}

std::string clean_number(std::string_view text) {
  std::string folded = is_ascii(text) ? std::string(text) : fold_width(text);
  std::erase_if(folded, [](char c) { return std::isspace(static_cast<unsigned char>(c)) != 0; });
  return says_nothing(folded) ? std::string() : folded;
}

std::string join_text(const std::vector<std::string>& parts) {
  std::string out;
  for (size_t next = 0; next < parts.size();) {
    size_t rest = rest_of_number(parts, next, digits_behind(out));
    if (rest == 0) {
      if (!out.empty()) out += ' ';
      rest = 1;
    }
    for (; rest > 0; --rest) out += parts[next++];
  }
  return out;
}

std::optional<std::string> decode_cut_gbk(std::string_view column) {
  auto whole = from_gbk(column);
  if (whole || column.empty()) return whole;
  const auto last = static_cast<uint8_t>(column.back());
  const bool first_half = last >= 0x81 && last <= 0xfe;
  return first_half ? from_gbk(column.substr(0, column.size() - 1)) : std::nullopt;
}

}  // namespace jiexu
