#include "daemon/base/columns.h"

#include <utf8proc.h>

#include <algorithm>

namespace jiexu {

Character first_character(std::string_view utf8) {
  utf8proc_int32_t point = 0;
  const auto size = static_cast<utf8proc_ssize_t>(utf8.size());
  const utf8proc_ssize_t taken =
      utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(utf8.data()), size, &point);
  if (taken <= 0) return {utf8.substr(0, 1), 0xfffd, 1};
  const auto columns = static_cast<size_t>(std::max(utf8proc_charwidth(point), 0));
  return {utf8.substr(0, static_cast<size_t>(taken)), static_cast<char32_t>(point), columns};
}

size_t columns_of(std::string_view utf8) {
  size_t columns = 0;
  while (!utf8.empty()) {
    const Character next = first_character(utf8);
    columns += next.columns;
    utf8.remove_prefix(next.bytes.size());
  }
  return columns;
}

}  // namespace jiexu
