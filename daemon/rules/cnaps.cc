#include "daemon/rules/cnaps.h"

#include "daemon/base/text.h"
#include "daemon/rules/iso7064.h"

namespace jiexu {

std::string_view describe(CnapsRule rule) {
  switch (rule) {
    case CnapsRule::kLength: return "a bank line number has 12 digits";
    case CnapsRule::kCharacter: return "a bank line number has digits only";
    case CnapsRule::kCheckDigit:
      return "the check digit of the bank line number is wrong; compare it with the bank's notice";
  }
  return "unknown rule";
}

tl::expected<std::string, CnapsRule> parse_cnaps(std::string_view text) {
  std::string number = fold_and_trim(text);
  if (number.size() != 12) return tl::unexpected(CnapsRule::kLength);
  if (!is_digits(number)) return tl::unexpected(CnapsRule::kCharacter);
  if (!mod_11_10_valid(number)) return tl::unexpected(CnapsRule::kCheckDigit);
  return number;
}

}  // namespace jiexu
