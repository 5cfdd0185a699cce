// Which route a request means. A route is one row of data; what it does is a handler named there.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/api/http/http_message.h"
#include "daemon/base/idempotency_key.h"
#include "daemon/users/users.h"

namespace jiexu {

class Api;

// One request on its way to a handler.
struct Call {
  HttpRequest request;
  std::map<std::string, std::string> query;
  std::vector<std::string> args;  // what stands for the braces of the pattern, in order
  User user;
  HttpRespond respond;
  std::optional<IdempotencyKey> key = std::nullopt;  // of a POST that is to be done once
  bool by_session = false;                           // and not by a token
};

struct Route {
  std::string_view method;
  std::string_view pattern;  // such as "/v1/cases/{id}"; a segment in braces fits any one segment
  Role role;                 // the least that may; kNobody: no token is asked for
  void (Api::*handle)(Call call);
  std::string_view takes = "application/json";  // types of its body, comma-separated; */*: any
};

// Whether the type of the request's body is one that the route takes. A body without a type is
// taken for what the route wants.
bool takes(const Route& route, const HttpRequest& request);

// The route table of the daemon.
std::span<const Route> routes();

struct Target {
  std::vector<std::string> segments;
  std::map<std::string, std::string> query;
};
// Splits and percent-decodes; nullopt if it is not a path with an optional query, if a part of the
// path is empty, or if any part of it is not UTF-8. One slash at the end means nothing.
std::optional<Target> parse_target(std::string_view target);

struct Match {
  const Route* route = nullptr;  // nullptr: no route for path and method
  std::vector<std::string> args;
  std::string allowed;  // methods of the path, comma-separated, HEAD too; empty: no such path
};
Match match(std::span<const Route> table, std::string_view method, const Target& target);

}  // namespace jiexu
