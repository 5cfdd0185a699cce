#include "daemon/rules/resident_permit.h"

#include <algorithm>
#include <optional>

#include "daemon/base/text.h"
#include "daemon/rules/iso7064.h"

namespace jiexu {
namespace {

constexpr size_t kNewSize = 18, kOldSize = 15;
constexpr size_t kLetters = 3;
constexpr int kCentury = 100;

bool is_upper(char c) {
  return c >= 'A' && c <= 'Z';
}

std::string_view wrong_with_birth(std::optional<Date> birth, Date today) {
  if (!birth) return "the birth date in the number does not exist";
  return *birth > today ? "the birth date in the number is in the future" : "";
}

std::string_view wrong_with_new(std::string_view number, Date today) {
  const bool last = is_digits(number.substr(kNewSize - 1)) || number.back() == 'X';
  if (!number.starts_with('9') || !is_digits(number.substr(0, kNewSize - 1)) || !last) {
    return "a number of 18 characters is 9, 16 digits, and a digit or X";
  }
  const auto birth = Date::from_yyyymmdd(static_cast<int32_t>(digits_at(number, 6, 8)));
  const std::string_view wrong = wrong_with_birth(birth, today);
  if (!wrong.empty()) return wrong;
  return mod_11_2_valid(number) ? "" : "the check character is wrong; compare it with the card";
}

// The century is not in it: of two possible ones the later that is over.
std::string_view wrong_with_old(std::string_view number, Date today) {
  if (!std::ranges::all_of(number.substr(0, kLetters), is_upper) ||
      !is_digits(number.substr(kLetters))) {
    return "a number of 15 characters is 3 letters and 12 digits";
  }
  const auto yymmdd = static_cast<int32_t>(digits_at(number, 7, 6));
  const auto late = Date::from_yyyymmdd(20'000'000 + yymmdd);
  if (late && *late <= today) return "";
  return wrong_with_birth(Date::from_yyyymmdd(19 * kCentury * 10'000 + yymmdd), today);
}

}  // namespace

std::string_view wrong_with_resident_permit(std::string_view number, Date today) {
  const FoldedText folded(number);
  const std::string_view text = folded.view();
  if (text.size() == kNewSize) return wrong_with_new(text, today);
  if (text.size() == kOldSize) return wrong_with_old(text, today);
  return "a permanent resident's number has 18 characters (15 before December 2023)";
}

}  // namespace jiexu
