// Short tables of enumerators and their texts, as names.cc and wording.cc keep them.
#pragma once

#include <cstddef>
#include <string_view>
#include <utility>

namespace jiexu {

// The text of `key`; empty if the table does not have it.
template <class Key, size_t N>
constexpr std::string_view find(const std::pair<Key, std::string_view> (&table)[N], Key key) {
  for (const auto& [known, text] : table) {
    if (known == key) return text;
  }
  return "";
}

}  // namespace jiexu
