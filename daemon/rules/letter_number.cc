#include "daemon/rules/letter_number.h"

#include <algorithm>
#include <charconv>
#include <cstdio>

#include "daemon/base/check.h"
#include "daemon/base/text.h"
#include "daemon/rules/iso7064.h"

namespace jiexu {
namespace {

uint32_t number_at(std::string_view text, size_t at, size_t count) {
  uint32_t number = 0;
  std::from_chars(text.data() + at, text.data() + at + count, number);
  return number;
}

std::optional<Date> date_in(std::string_view text) {
  return Date::from_yyyymmdd(static_cast<int32_t>(20'000'000 + number_at(text, 8, 6)));
}

}  // namespace

std::string_view describe(LetterRule rule) {
  switch (rule) {
    case LetterRule::kLength: return "a letter number has 20 digits";
    case LetterRule::kCharacter: return "a letter number has digits only";
    case LetterRule::kDate: return "the date in the letter number does not exist";
    case LetterRule::kSequence: return "the sequence in the letter number is zero";
    case LetterRule::kCheckDigit:
      return "the check digit of the letter number is wrong; compare it with the letter";
  }
  return "unknown rule";
}

std::optional<LetterNumber> LetterNumber::make(const AgencyId& agency, Date issued,
                                               uint32_t sequence) {
  if (sequence < 1 || sequence > kSequenceMax) return std::nullopt;
  if (issued.year < 2000 || issued.year > 2099) return std::nullopt;
  char tail[32];
  std::snprintf(tail, sizeof tail, "%06d%05u", static_cast<int>(issued.yyyymmdd() % 1'000'000),
                sequence);
  std::string text = std::string(agency.area()) + std::string(agency.office()) + tail;
  text.push_back(mod_11_10_check(text));
  CHECK(text.size() == kSize);
  return LetterNumber(std::move(text));
}

tl::expected<LetterNumber, LetterRule> LetterNumber::parse(std::string_view text) {
  std::string number = fold_and_trim(text);
  if (number.size() != kSize) return tl::unexpected(LetterRule::kLength);
  if (!is_digits(number)) return tl::unexpected(LetterRule::kCharacter);
  if (!date_in(number)) return tl::unexpected(LetterRule::kDate);
  if (number_at(number, 14, 5) == 0) return tl::unexpected(LetterRule::kSequence);
  if (!mod_11_10_valid(number)) return tl::unexpected(LetterRule::kCheckDigit);
  return LetterNumber(std::move(number));
}

Date LetterNumber::issued_on() const {
  const auto date = date_in(text_);
  CHECK(date);
  return *date;
}

uint32_t LetterNumber::sequence() const {
  return number_at(text_, 14, 5);
}

bool LetterNumber::is_of(const AgencyId& agency) const {
  return area() == agency.area() && office() == agency.office();
}

std::optional<LetterNumber> find_letter_number(std::string_view remark) {
  constexpr std::string_view kDigits = "0123456789";
  const std::string folded = fold_width(remark);
  const std::string_view text = folded;
  for (size_t at = text.find_first_of(kDigits); at != text.npos;) {
    const size_t end = std::min(text.find_first_not_of(kDigits, at), text.size());
    const auto number = LetterNumber::parse(text.substr(at, end - at));
    if (number) return *number;
    at = text.find_first_of(kDigits, end);
  }
  return std::nullopt;
}

}  // namespace jiexu
