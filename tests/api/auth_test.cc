// Every route of the table, with every role and with none: a new row is covered by being there.
#include "tests/api/api_world.h"

namespace jiexu::auth_test {
namespace {

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
         (route.method == "POST" && route.pattern.starts_with("/v1/session"));
}

TEST_CASE("without a token only probes, description and console answer, and they only read") {
  ApiWorld world(false, kFiles);
  std::vector<std::string> open;
  for (const Route& route : routes()) {
    INFO(route.method << " " << route.pattern);
    const Got got = world.ask(std::string(route.method), path_of(route, world), As::kNobody);
    if (route.right == Right::kNone && is_of_console(route)) {
      CHECK(got.status() != 401);
    } else if (route.right == Right::kNone) {
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

TEST_CASE("each route is for the roles that have its right, and for no other") {
  ApiWorld world;
  world.put(world.draft());
  for (const Route& route : routes()) {
    if (route.right == Right::kNone) continue;
    for (uint8_t n = 0; n < kRoleCount; ++n) {
      const auto role = static_cast<Role>(n);
      INFO(route.method << " " << route.pattern << " as " << name(role));
      world.engine.commands.clear();
      const Got got =
          world.ask_with(std::string(route.method), path_of(route, world), token_of(role));
      REQUIRE(got.answered);
      CHECK(got.status() != 401);
      if (roles_with(route.right).has(role)) continue;
      CHECK(got.status() == 403);
      CHECK(got.json()["code"] == "role_too_low");
      CHECK_THAT(got.json()["detail"].get<std::string>(), Catch::Contains("jiexu user roles"));
      CHECK(world.engine.commands.empty());
    }
  }
}

TEST_CASE("whoever has the right of a route gets by its door") {
  ApiWorld world;
  world.put(world.draft());
  for (const Route& route : routes()) {
    for (const Role role : roles_with(route.right).all()) {
      INFO(route.method << " " << route.pattern << " as " << name(role));
      const Got got =
          world.ask_with(std::string(route.method), path_of(route, world), token_of(role));
      // What the case is looks at it besides, and says which action.
      const bool by_side = got.status() == 403 && route.right == Right::kWork;
      CHECK((got.status() != 403 || by_side));
    }
  }
}

TEST_CASE("the operator alone sees no person and decides no money, and no role sees all") {
  const Roles alone = {Role::kOperator};
  for (const Right right : {Right::kSeeCases, Right::kWork, Right::kWorkIn, Right::kWorkOut,
                            Right::kDecide, Right::kProposeMoney, Right::kDecideMoney,
                            Right::kTellBank, Right::kSendBulk, Right::kManageUsers}) {
    CHECK_FALSE(may(alone, right));
    CHECK_FALSE(may({Role::kInquirer}, right));
  }
  CHECK_FALSE(may({Role::kSecurity}, Right::kSeeCases));
  CHECK_FALSE(may({Role::kAuditor}, Right::kWork));
  CHECK_FALSE(may({Role::kReviewer}, Right::kDecideMoney));
  CHECK_FALSE(may({Role::kFinance}, Right::kDecide));
}

TEST_CASE("a user of an earlier file may what he could: each role all of the ones before it") {
  Roles below;
  for (const As as : kEverybody) {
    for (const RightRow& row : rights()) {
      const bool could = below.meets(row.roles);
      // Sitting before a page is for people, and asking the system role for it was never of use.
      if (as == As::kSystem && row.right == Right::kUsePage) continue;
      INFO(name(as) << " " << row.name);
      if (could) CHECK(may(roles_of(as), row.right));
    }
    for (const Role role : roles_of(as).all()) below.add(role);
  }
  for (const RightRow& row : rights()) CHECK(may(roles_of(As::kOperator), row.right));
}

TEST_CASE("a clerk works on his own side, and a reviewer on both") {
  ApiWorld world(true);
  Case subject = world.draft();
  world.put(subject);
  const std::string path = "/v1/cases/" + subject.id.str();
  for (const char* what : {"/actions/accept", "/assign"}) {
    const auto by = [&](Role role) {
      return world.ask_with("POST", path + what, token_of(role), "{}");
    };
    INFO(what);
    CHECK(by(Role::kClerkIn).status() == 200);
    CHECK(by(Role::kClerkOut).status() == 403);
    CHECK_THAT(by(Role::kClerkOut).json()["detail"].get<std::string>(), Catch::Contains("work-in"));
    CHECK(by(Role::kFinance).status() == 403);
  }
  CHECK(world.ask_with("POST", path + "/assign", token_of(Role::kReviewer), "{}").status() == 200);
}

TEST_CASE("on the unix socket a user is known by his number, and by nothing that he sends") {
  ApiWorld world;
  world.api.set_users(std::make_shared<const Users>(
      std::vector<User>{{"wang", {Role::kAuditor}, sha256("t"), 1004}}));
  const auto status = [&](std::optional<uint32_t> uid, const std::string& authorization) {
    HttpRequest request{"GET", "/v1/cases", authorization, "", ""};
    request.peer_uid = uid;
    Got got;
    world.send(std::move(request), got);
    return got.status();
  };
  CHECK(status(1004, "") == 200);
  CHECK(status(1005, "") == 401);
  CHECK(status(0, "") == 401);
  CHECK(status(std::nullopt, "") == 401);
  CHECK(status(1004, "Bearer wrong") == 401);  // who sends a token is judged by it
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
    world.send({"GET", "/v1/cases", scheme + token_of(As::kAuditor), "", ""}, got);
    CHECK(got.status() == 200);
  }
}

TEST_CASE("a path that does not exist is 404 for everybody, and one that does asks for a token") {
  ApiWorld world;
  CHECK(world.ask("GET", "/v1/nothing", As::kNobody).status() == 404);
  CHECK(world.ask("GET", "//", As::kNobody).status() == 400);
  CHECK(world.ask("DELETE", "/v1/cases", As::kNobody).status() == 401);
  CHECK(world.ask("POST", "/livez", As::kNobody).status() == 401);
}

TEST_CASE("a known user is told what is wrong with path and method") {
  ApiWorld world;
  CHECK(world.ask("GET", "/v1/nothing", As::kAuditor).status() == 404);
  CHECK(world.ask("GET", "/v1/%zz", As::kAuditor).status() == 400);
  const Got got = world.ask("DELETE", "/v1/cases", As::kAuditor);
  CHECK(got.status() == 405);
  CHECK(got.header("Allow") == "POST, GET, HEAD");
}

TEST_CASE("new users count from the next request on") {
  ApiWorld world;
  world.api.set_users(std::make_shared<const Users>(std::vector<User>()));
  CHECK(world.ask("GET", "/v1/cases", As::kAuditor).status() == 401);
}

}  // namespace
}  // namespace jiexu::auth_test
