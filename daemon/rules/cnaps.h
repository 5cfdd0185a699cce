// Bank line numbers (联行号) of the payment system CNAPS: bank 3, city 4, branch 4, check 1. The
// check digit is ISO 7064 MOD 11,10. Whether a branch exists or still exists is not known here;
// account numbers have no common check digit and are not judged at all. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

namespace jiexu {

// Why a text is not a line number. Enum order is check order; numbers are never reused.
enum class CnapsRule : uint8_t {
  kLength = 1,      // not 12 characters
  kCharacter = 2,   // something else than a digit
  kCheckDigit = 3,  // the last digit does not follow from the others
};

// One sentence for a person.
std::string_view describe(CnapsRule rule);

// The 12 digits of `text`, with full-width characters folded and white space at the ends removed.
tl::expected<std::string, CnapsRule> parse_cnaps(std::string_view text);

}  // namespace jiexu
