// How far two words are apart, to find what a mistyped one was meant to be.
#pragma once

#include <cstddef>
#include <string_view>

namespace jiexu {

// Number of single bytes that are to be put in, taken out or replaced.
size_t edits_between(std::string_view a, std::string_view b);

}  // namespace jiexu
