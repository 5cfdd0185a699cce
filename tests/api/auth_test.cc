// Every route of the table, with every role and with none: a new row is covered by being there.
#include "tests/api/api_world.h"

namespace jiexu::auth_test {
namespace {

constexpr Role kEveryRole[] = {Role::kInquirer, Role::kAuditor,  Role::kClerk,
                               Role::kSystem,   Role::kReviewer, Role::kOperator};

// A path that fits the pattern and names things that exist.
std::string path_of(const Route& route, const ApiWorld& world) {
  std::string path(route.pattern);
  const std::pair<std::string, std::string> values[] = {{"{id}", world.draft().id.str()},
                                                        {"{line}", std::string(64, '0')},
                                                        {"{act}", "undo"},
                                                        {"{kind}", "letter"},
                                                        {"{action}", "accept"},
                                                        {"{act}", "undo"},
                                                        {"{n}", "3"},
                                                        {"{month}", "2026-11"},
                                                        {"{agency}", ApiWorld::kPeer},
                                                        {"{number}", "1"},
                                                        {"{place}", std::string(48, '0')},
                                                        {"{batch}", "411328072609210000015"},
                                                        {"{payment}", "41132807260921000016-1"},
                                                        {"{file}", std::string(64, '0')},
                                                        {"{asset}", "app-1.js"},
                                                        {"{page}", "peers"},
                                                        {"{item}", ApiWorld::kPeer},
                                                        {"{digest}", std::string(64, '0')}};
  for (const auto& [brace, value] : values) {
    const size_t at = path.find(brace);
    if (at != std::string::npos) path.replace(at, brace.size(), value);
  }
  REQUIRE(path.find('{') == std::string::npos);
  return path;
}

constexpr ConsoleFile kFiles[] = {{"index.html", "text/html", "<p>", "", ""},
                                  {"app-1.js", "text/javascript", "1", "", ""}};

// Besides the probes: what a browser needs until its session has begun.
bool is_of_console(const Route& route) {
  return route.pattern == "/" || route.pattern.starts_with("/console") ||
         (route.method == "POST" && route.pattern == "/v1/session");
}

TEST_CASE("without a token only probes, description and console answer, and they only read") {
  ApiWorld world(false, kFiles);
  std::vector<std::string> open;
  for (const Route& route : routes()) {
    INFO(route.method << " " << route.pattern);
    const Got got = world.ask(std::string(route.method), path_of(route, world), Role::kNobody);
    if (route.role == Role::kNobody && is_of_console(route)) {
      CHECK(got.status() != 401);
    } else if (route.role == Role::kNobody) {
      CHECK(route.method == "GET");
      CHECK(got.status() == 200);
      open.emplace_back(route.pattern);
    } else {
      CHECK(got.status() == 401);
      CHECK(got.header("WWW-Authenticate") == "Bearer");
      CHECK(got.json()["code"] == "unauthenticated");
    }
  }
  CHECK(open ==
        std::vector<std::string>{"/livez", "/readyz", "/metrics", "/openapi.json", "/reference"});
  CHECK(world.engine.commands.empty());
}

TEST_CASE("each route is for the roles from its own upwards") {
  ApiWorld world;
  world.put(world.draft());
  for (const Route& route : routes()) {
    for (const Role role : kEveryRole) {
      INFO(route.method << " " << route.pattern << " as " << name(role));
      world.engine.commands.clear();
      const Got got = world.ask(std::string(route.method), path_of(route, world), role);
      REQUIRE(got.answered);
      if (may(role, route.role)) {
        CHECK(got.status() != 401);
        CHECK(got.status() != 403);
      } else {
        CHECK(got.status() == 403);
        CHECK(got.json()["code"] == "role_too_low");
        CHECK(world.engine.commands.empty());
      }
    }
  }
}

TEST_CASE("a token that nobody has, or in another form, is no token") {
  ApiWorld world;
  const std::string authorization =
      GENERATE(std::string("Bearer wrong"), "Bearer ", "Bearer", "bearer-token-clerk",
               "token-clerk", "Basic token-clerk", "Bearer token-clerk ", "Bearertoken-clerk");
  Got got;
  world.send({"GET", "/v1/cases", authorization, "", ""}, got);
  CHECK(got.status() == 401);
}

TEST_CASE("the scheme of a token is written in any case, with one space or more") {
  ApiWorld world;
  for (const char* scheme : {"bearer ", "BEARER ", "Bearer  "}) {
    Got got;
    world.send({"GET", "/v1/cases", scheme + token_of(Role::kAuditor), "", ""}, got);
    CHECK(got.status() == 200);
  }
}

TEST_CASE("a path that does not exist is 404 for everybody, and one that does asks for a token") {
  ApiWorld world;
  CHECK(world.ask("GET", "/v1/nothing", Role::kNobody).status() == 404);
  CHECK(world.ask("GET", "//", Role::kNobody).status() == 400);
  CHECK(world.ask("DELETE", "/v1/cases", Role::kNobody).status() == 401);
  CHECK(world.ask("POST", "/livez", Role::kNobody).status() == 401);
}

TEST_CASE("a known user is told what is wrong with path and method") {
  ApiWorld world;
  CHECK(world.ask("GET", "/v1/nothing", Role::kAuditor).status() == 404);
  CHECK(world.ask("GET", "/v1/%zz", Role::kAuditor).status() == 400);
  const Got got = world.ask("DELETE", "/v1/cases", Role::kAuditor);
  CHECK(got.status() == 405);
  CHECK(got.header("Allow") == "POST, GET, HEAD");
}

TEST_CASE("new users count from the next request on") {
  ApiWorld world;
  world.api.set_users(std::make_shared<const Users>(std::vector<User>()));
  CHECK(world.ask("GET", "/v1/cases", Role::kAuditor).status() == 401);
}

}  // namespace
}  // namespace jiexu::auth_test
