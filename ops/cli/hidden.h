// A secret that a person types: a line of standard input, without its letters on the screen.
#pragma once

#include <string>

namespace jiexu::cli {

// On a terminal the question stands before it; anywhere else the line is taken without one. Without
// the blanks around it; empty: there is none.
std::string read_hidden(const std::string& question);

}  // namespace jiexu::cli
