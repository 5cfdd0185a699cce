#include "ops/cli/lines.h"

#include <algorithm>
#include <iostream>

namespace jiexu::cli {

std::vector<FileLine> lines_of(std::string_view text) {
  constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
  std::vector<FileLine> lines;
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  for (size_t number = 1; !text.empty(); ++number) {
    const size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    line = line.substr(0, line.find_last_not_of(" \t\r") + 1);
    if (!line.empty()) lines.push_back({number, line});
  }
  return lines;
}

std::string first_line_of_input() {
  std::string text;
  std::getline(std::cin, text);
  const std::vector<FileLine> lines = lines_of(text);
  return lines.empty() ? "" : std::string(lines.front().text);
}

}  // namespace jiexu::cli
