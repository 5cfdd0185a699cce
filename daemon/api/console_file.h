// A file of the web console within the program, as its build has made it. Plain data.
#pragma once

#include <string_view>

namespace jiexu {

struct ConsoleFile {
  std::string_view name;  // "index.html"; all others are named by a hash of what they hold
  std::string_view type;  // media type
  std::string_view plain;
  std::string_view gzip;
  std::string_view brotli;
};

}  // namespace jiexu
