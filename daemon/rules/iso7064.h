// The two check-character systems of ISO/IEC 7064 that Chinese numbers use, in one place:
//   MOD 11-2   citizen ids (GB 11643), check character 0-9 or X
//   MOD 11,10  bank line numbers (CNAPS) and the letter numbers of this exchange, check digit 0-9
// Both find every single wrong digit and nearly all swaps of neighbours. Pure.
#pragma once

#include <string_view>

namespace jiexu {

// True if `text` is one ASCII digit or more and nothing else.
bool is_digits(std::string_view text);

// The check character to append. REQUIRES: is_digits(digits).
char mod_11_2_check(std::string_view digits);
char mod_11_10_check(std::string_view digits);

// True if `text` is digits followed by their check character. Any text may be passed.
bool mod_11_2_valid(std::string_view text);
bool mod_11_10_valid(std::string_view text);

}  // namespace jiexu
