// What stands for the braces of the routes' paths. A brace has one meaning in all of them.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace jiexu {

struct PathParameter {
  std::string_view name;     // as in the braces
  std::string_view meaning;  // a sentence of the catalogue
  std::string_view pattern;  // a regular expression; empty: of `choices`
  std::vector<std::string> (*choices)() = nullptr;
};

std::span<const PathParameter> path_parameters();

}  // namespace jiexu
