#include "daemon/rules/iso7064.h"

#include <algorithm>

#include "daemon/base/check.h"

namespace jiexu {

bool is_digits(std::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// Pure system, modulus 11, radix 2: the weighted sum of all characters must leave 1.
char mod_11_2_check(std::string_view digits) {
  CHECK(is_digits(digits));
  int product = 0;
  for (const char c : digits) product = (product + (c - '0')) * 2 % 11;
  const int check = (12 - product) % 11;
  return check == 10 ? 'X' : static_cast<char>('0' + check);
}

// Hybrid system: modulus 11 inside, 10 for the sum, so that the check is always a digit.
char mod_11_10_check(std::string_view digits) {
  CHECK(is_digits(digits));
  int product = 10;
  for (const char c : digits) {
    // Each is less than twice its modulus.
    const int sum = product + (c - '0');
    const int twice = 2 * (sum > 10 ? sum - 10 : sum);
    product = twice >= 11 ? twice - 11 : twice;
  }
  return static_cast<char>('0' + (11 - product) % 10);
}

bool mod_11_2_valid(std::string_view text) {
  if (text.size() < 2 || !is_digits(text.substr(0, text.size() - 1))) return false;
  return mod_11_2_check(text.substr(0, text.size() - 1)) == text.back();
}

bool mod_11_10_valid(std::string_view text) {
  if (text.size() < 2 || !is_digits(text.substr(0, text.size() - 1))) return false;
  return mod_11_10_check(text.substr(0, text.size() - 1)) == text.back();
}

}  // namespace jiexu
