#include "daemon/rules/letter_number.h"

#include <algorithm>

#include "daemon/base/check.h"
#include "daemon/base/text.h"
#include "daemon/rules/iso7064.h"

namespace jiexu {
namespace {

constexpr size_t kDateAt = 8;
constexpr size_t kSequenceAt = 14;

void write_number(uint32_t number, size_t digits, char* out) {
  for (size_t i = digits; i > 0; --i, number /= 10)
    out[i - 1] = static_cast<char>('0' + number % 10);
}

std::optional<Date> date_in(std::string_view text) {
  return Date::from_yyyymmdd(static_cast<int32_t>(20'000'000 + digits_at(text, kDateAt, 6)));
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
  std::array<char, kSize> text;
  const char* const office_end =
      std::ranges::copy(agency.office(), std::ranges::copy(agency.area(), text.begin()).out).out;
  CHECK(office_end == text.begin() + kDateAt);
  write_number(static_cast<uint32_t>(issued.yyyymmdd() % 1'000'000), 6, &text[kDateAt]);
  write_number(sequence, 5, &text[kSequenceAt]);
  text.back() = mod_11_10_check({text.data(), kSize - 1});
  return LetterNumber(std::string_view(text.data(), kSize));
}

tl::expected<LetterNumber, LetterRule> LetterNumber::parse(std::string_view text) {
  const FoldedText folded(text);
  const std::string_view number = folded.view();
  if (number.size() != kSize) return tl::unexpected(LetterRule::kLength);
  if (!is_digits(number)) return tl::unexpected(LetterRule::kCharacter);
  if (!date_in(number)) return tl::unexpected(LetterRule::kDate);
  if (digits_at(number, kSequenceAt, 5) == 0) return tl::unexpected(LetterRule::kSequence);
  if (!mod_11_10_valid(number)) return tl::unexpected(LetterRule::kCheckDigit);
  return LetterNumber(number);
}

Date LetterNumber::issued_on() const {
  const auto date = date_in(view());
  CHECK(date);
  return *date;
}

uint32_t LetterNumber::sequence() const {
  return digits_at(view(), kSequenceAt, 5);
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
