// The lines of a text file as people and programs write them.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace jiexu::cli {

struct FileLine {
  size_t number = 0;  // in the file, from 1
  std::string_view text;
};

// Those that hold something: a byte order mark, the end of lines of Windows, blank lines and a last
// line without an end are no part of any. Views of `text`.
std::vector<FileLine> lines_of(std::string_view text);

// The first line of what is on standard input, as above; empty: there is none. Of it alone, so that
// a person who types need not end the input.
std::string first_line_of_input();

}  // namespace jiexu::cli
