// An example of each route that takes anything, for people who write a client. A test does every
// one of them as it stands here (tests/api/example_test.cc).
#pragma once

#include <string_view>

namespace jiexu {

struct RouteExample {
  std::string_view route;      // its name
  std::string_view target;     // the address
  std::string_view body = {};  // empty: the route takes none, or it may be left out
};

// nullptr: the route has neither braces nor query nor body.
const RouteExample* example_of(std::string_view route);

}  // namespace jiexu
