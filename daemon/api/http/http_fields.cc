#include "daemon/api/http/http_fields.h"

#include <algorithm>
#include <cctype>

namespace jiexu {

std::string_view cut(std::string_view& rest, char separator) {
  const size_t end = std::min(rest.find(separator), rest.size());
  const std::string_view part = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return part;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

bool same_text(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](char x, char y) {
    return std::tolower(static_cast<unsigned char>(x)) ==
           std::tolower(static_cast<unsigned char>(y));
  });
}

bool is_forbidden(std::string_view parameters) {
  while (!parameters.empty()) {
    const std::string_view one = trimmed(cut(parameters, ';'));
    if (!same_text(one.substr(0, 3), "q=0")) continue;
    return one.find_first_not_of("0.", 2) == one.npos;
  }
  return false;
}

}  // namespace jiexu
