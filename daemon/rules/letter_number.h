// Numbers of contact letters (联系函编号), made by the transfer-in agency and used ever after by
// both sides, in bank remarks too: 20 digits, so that they fit the 20 characters of the form's
// field.
//
//   411328 07 260918 00042 c
//   area   office yymmdd sequence check (ISO 7064 MOD 11,10)
//
// Digits only, because a bank may drop anything else; with a check digit, because clerks type them.
// A number does not prove who made it: that is known from the authenticated link. Pure.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "daemon/base/ids.h"
#include "daemon/base/time.h"

namespace jiexu {

// Why a text is not a letter number. Enum order is check order; numbers are never reused.
enum class LetterRule : uint8_t {
  kLength = 1,      // not 20 characters
  kCharacter = 2,   // something else than a digit
  kDate = 3,        // the date in it does not exist
  kSequence = 4,    // the sequence is 0
  kCheckDigit = 5,  // the last digit does not follow from the others
};

// One sentence for a person.
std::string_view describe(LetterRule rule);

class LetterNumber {
 public:
  static constexpr size_t kSize = 20;
  // Letters that one office can number in a day.
  static constexpr uint32_t kSequenceMax = 99'999;

  // `issued`: the day whose sequence is counted. nullopt if the sequence is not in 1..kSequenceMax
  // (the day is full: number the letter tomorrow) or the year is not in 2000..2099.
  static std::optional<LetterNumber> make(const AgencyId& agency, Date issued, uint32_t sequence);

  // Folds full-width digits and trims, then checks.
  static tl::expected<LetterNumber, LetterRule> parse(std::string_view text);

  // 20 digits.
  std::string_view view() const { return {text_.data(), kSize}; }
  std::string text() const { return std::string(view()); }
  std::string_view area() const { return view().substr(0, 6); }
  std::string_view office() const { return view().substr(6, 2); }
  Date issued_on() const;
  uint32_t sequence() const;
  // True if area and office are those of `agency`.
  bool is_of(const AgencyId& agency) const;

  auto operator<=>(const LetterNumber&) const = default;

 private:
  // REQUIRES: 20 characters.
  explicit LetterNumber(std::string_view text) { std::copy_n(text.begin(), kSize, text_.begin()); }

  std::array<char, kSize> text_;
};

// The first valid letter number in a bank's remark, which mixes widths and puts other text around:
// 20 digits in a row, with no further digit before or after. nullopt if there is none.
std::optional<LetterNumber> find_letter_number(std::string_view remark);

}  // namespace jiexu
