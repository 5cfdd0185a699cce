// Which route a request means. A route is one row of data (table/): from it come the way to its
// handler, the right and the query that are checked before, /openapi.json (openapi.h) and the tests
// of every route. What it does is the handler that the row names.
#pragma once

#include <array>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/api/http/http_message.h"
#include "daemon/api/query.h"
#include "daemon/base/idempotency_key.h"
#include "daemon/users/users.h"

namespace google::protobuf {
class Descriptor;
}

namespace jiexu {

class Api;

// One request on its way to a handler.
struct Call {
  HttpRequest request;
  Query query;                    // as the route's row allows it
  std::vector<std::string> args;  // what stands for the braces of the pattern, in order
  User user;
  HttpRespond respond;
  std::optional<IdempotencyKey> key = std::nullopt;  // of a POST that is to be done once
  bool by_session = false;                           // and not by a token
};

// The type of a body, such as of<v1::CaseView>; nullptr: there is none, or it is not JSON of ours.
using BodyType = const google::protobuf::Descriptor* (*)();
template <class Message>
constexpr BodyType of = &Message::descriptor;

// What goes in and comes out, and what people read of it.
struct RouteShape {
  std::string_view name;     // stable, for programs that are made from /openapi.json
  std::string_view summary;  // a sentence of the catalogue
  BodyType input = nullptr;
  std::array<BodyType, 3> output = {};  // the first of it, or what it may be
  std::span<const QueryParameter> query = {};
  // Of done, and of what the route refuses besides what every route does (statuses_of).
  std::array<int, 4> statuses = {200};
  std::string_view takes = "application/json";  // types of its body, comma-separated; */*: any
  std::string_view gives = "application/json";  // types of its answer, likewise; empty: no content
  bool may_be_empty = false;                    // the body may be left out
  bool any_query = false;                       // it is not looked at: a page's own
};

struct Route {
  std::string_view method;
  std::string_view pattern;  // such as "/v1/cases/{id}"; a segment in braces fits any one segment
  Right right;               // that it needs; kNone: no token is asked for
  void (Api::*handle)(Call call);
  RouteShape shape = {};
};

// A request of this route has a body.
bool has_body(const Route& route);
// Every status that the route may answer with, rising.
std::vector<int> statuses_of(const Route& route);

// Whether the type of the request's body is one that the route takes. A body without a type is
// taken for what the route wants.
bool takes(const Route& route, const HttpRequest& request);

// The rows of one subject, which the document shows together.
struct RouteTable {
  std::string_view tag;
  std::string_view meaning;  // a sentence of the catalogue
  std::span<const Route> rows;
};

// The route tables of the daemon, and all rows of them.
std::span<const RouteTable> route_tables();
std::span<const Route> routes();

struct Target {
  std::vector<std::string> segments;
  Query query;
  std::optional<std::string> twice;  // a name that stands more than once in the query
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
