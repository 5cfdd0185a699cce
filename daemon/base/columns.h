// How many columns of a terminal a text takes: what is wide in East Asian scripts takes two, what
// joins the character before it takes none (Unicode, by utf8proc).
#pragma once

#include <cstddef>
#include <string_view>

namespace jiexu {

struct Character {
  std::string_view bytes;
  char32_t point = 0;
  size_t columns = 0;
};

// The first character of a text, and the first byte alone where it is no UTF-8.
// REQUIRES: it is not empty.
Character first_character(std::string_view utf8);

size_t columns_of(std::string_view utf8);

}  // namespace jiexu
