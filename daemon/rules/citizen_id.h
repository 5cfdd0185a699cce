// Citizen id numbers (公民身份号码, GB 11643-1999): area 6, birth date 8, sequence 3, check 1. The
// residence permits of people from Hong Kong and Macao (81, 82) and Taiwan (83) have the same form.
//
// The area is never compared with a list: half of all division codes ever issued are retired, and
// the number keeps the code of the day on which it was given. Whether a number belongs to anyone is
// not known here. Pure; every function may be called from any thread.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "daemon/base/time.h"

namespace jiexu {

// Why a text is not a citizen id. Enum order is check order; numbers are never reused.
enum class IdRule : uint8_t {
  kLength = 1,         // neither 18 characters nor 15
  kCharacter = 2,      // something else than 17 digits and a digit or X
  kBirthDate = 3,      // the birth date does not exist
  kBirthInFuture = 4,  // the birth date is after today
  kCheckDigit = 5,     // the last character does not follow from the others
};

// One sentence for a person, without the number itself.
std::string_view describe(IdRule rule);

// GB/T 2261.1, as far as a citizen id can tell.
enum class IdSex : uint8_t { kMale = 1, kFemale = 2 };

// The spelling under which two writings of one number are equal: full-width characters folded,
// white space at the ends removed, x made X, and a 15-digit number (issued until 1999) given its
// century 19 and its check character. A 15-digit number of someone born before 1900 gets the wrong
// century; nothing in the number tells. Total: what is no id comes back folded and trimmed.
std::string normalise_citizen_id(std::string_view text);
void append_citizen_id(std::string_view text, std::string& out);

class CitizenId {
 public:
  static constexpr size_t kSize = 18;

  // Normalises and checks. `today`: the date of judgement in China Standard Time.
  static tl::expected<CitizenId, IdRule> parse(std::string_view text, Date today);

  std::string_view text() const { return {text_.data(), kSize}; }
  Date birth_date() const;
  IdSex sex() const;

 private:
  explicit CitizenId(std::string_view text) { std::copy_n(text.begin(), kSize, text_.begin()); }

  std::array<char, kSize> text_;
};

// A number that follows the algorithm, for tests and demonstrations; anyone who bears it does so by
// chance. REQUIRES: `area6` is 6 digits, `sequence` is at most 999 (odd: male).
std::string make_citizen_id(std::string_view area6, Date birth, uint32_t sequence);

}  // namespace jiexu
