// Where in a text of JSON something is, and why a text is none (RFC 8259). It is as strict as the
// fast reader and slower: it is asked only when an answer says what is wrong.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

namespace jiexu {

struct JsonPlace {
  size_t line = 1;
  size_t column = 1;  // in characters
};
JsonPlace json_place(std::string_view text, size_t offset);

struct JsonFault {
  size_t offset = 0;
  std::string_view why;       // what would have to stand there
  bool number_large = false;  // else sound, but a number fits no integer of 64 bits and no double
};
// nullopt: the text is JSON that is nested at most `depth_max` deep.
std::optional<JsonFault> find_json_fault(std::string_view text, size_t depth_max);

// Where a part of `text` begins: `steps` are the places, from 0, in each object or list on the way
// to it. `name`: of the member's name instead of its value. REQUIRES: `text` is JSON and has it.
size_t find_json_part(std::string_view text, std::span<const size_t> steps, bool name);

}  // namespace jiexu
