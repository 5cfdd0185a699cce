// The console's sessions and files, as a browser asks for them.
#include "daemon/api/console_file.h"
#include "daemon/users/sessions.h"
#include "tests/api/api_world.h"

namespace jiexu::console_test {
namespace {

constexpr const char* kOrigin = "http://127.0.0.1:7501";

// A page: what a browser keeps of the daemon's answers, and sends.
struct Page {
  ApiWorld& world;
  std::string cookie;
  std::string key;
  std::string origin = kOrigin;

  Got ask(const std::string& method, const std::string& target,
          const std::string& authorization = "") {
    HttpRequest request{method, target, authorization, "", ""};
    request.cookie = cookie;
    request.session_key = key;
    request.origin = origin;
    Got got;
    world.send(std::move(request), got);
    return got;
  }

  Got begin(const std::string& secret) {
    Got got = ask("POST", "/v1/session", "Link " + secret);
    if (got.status() != 201) return got;
    const std::string set = got.header("Set-Cookie");
    cookie = set.substr(0, set.find(';'));
    key = got.json()["key"];
    return got;
  }
};

std::string link(ApiWorld& world, As role) {
  const Got got = world.ask("POST", "/v1/console/links", role);
  REQUIRE(got.status() == 200);
  CHECK(got.json()["path"] == "/console#" + got.json()["secret"].get<std::string>());
  return got.json()["secret"];
}

Page signed_in(ApiWorld& world, As role) {
  Page page{world, "", ""};
  REQUIRE(page.begin(link(world, role)).status() == 201);
  return page;
}

TEST_CASE("whoever opens the link is the user whose token has asked for it") {
  ApiWorld world;
  Page page{world, "", ""};
  const Got begun = page.begin(link(world, As::kClerk));
  CHECK(begun.header("Location") == "/v1/session");
  CHECK(begun.json()["user"] == "u-clerk");
  CHECK(begun.json()["roles"] == nlohmann::json{"clerk-out", "clerk-in"});
  CHECK_FALSE(begun.json()["rights"].empty());
  CHECK(begun.json()["agency"] == ApiWorld::kSelf);
  const Got here = page.ask("GET", "/v1/session");
  CHECK(here.status() == 200);
  CHECK(here.json()["user"] == "u-clerk");
  CHECK(here.json()["key"] == "");
  CHECK(page.ask("GET", "/v1/cases").status() == 200);
}

TEST_CASE("a link is good once") {
  ApiWorld world;
  const std::string secret = link(world, As::kOperator);
  Page page{world, "", ""}, thief{world, "", ""};
  CHECK(page.begin(secret).status() == 201);
  const Got second = thief.begin(secret);
  CHECK(second.status() == 410);
  CHECK(second.json()["code"] == "link_spent");
  CHECK(thief.begin("").status() == 410);
  CHECK(page.ask("POST", "/v1/session", "Bearer " + secret).status() == 410);
}

TEST_CASE("a cookie of an agency bears its code, no script reads it, and no other site sends it") {
  ApiWorld world;
  Page page{world, "", ""};
  const std::string set = page.begin(link(world, As::kOperator)).header("Set-Cookie");
  CHECK(set.starts_with(std::string("jx-") + ApiWorld::kSelf + "="));
  CHECK_THAT(set, Catch::EndsWith("; Path=/; HttpOnly; SameSite=Strict"));
}

TEST_CASE("over TLS the cookie is bound to its host, and goes before one that is not") {
  ApiWorld world;
  Page page{world, "", ""};
  page.origin = "https://jiexu.example";
  const std::string set = page.begin(link(world, As::kOperator)).header("Set-Cookie");
  CHECK(set.starts_with(std::string("__Host-jx-") + ApiWorld::kSelf + "="));
  CHECK_THAT(set, Catch::EndsWith("; Secure"));
  page.cookie = std::string("jx-") + ApiWorld::kSelf + "=planted; " + page.cookie;
  CHECK(page.ask("GET", "/v1/session").status() == 200);
}

TEST_CASE("the cookie without the page's key, and the key without the cookie, are nobody's") {
  ApiWorld world;
  const Page page = signed_in(world, As::kOperator);
  Page cookie_alone = page, key_alone = page;
  cookie_alone.key.clear();
  key_alone.cookie =
      std::string("jx-S41132810207=") + page.cookie.substr(page.cookie.find('=') + 1);
  for (Page* thief : {&cookie_alone, &key_alone}) {
    CHECK(thief->ask("GET", "/v1/peers").status() == 401);
    CHECK(thief->ask("POST", "/v1/peers/S41132810207/resume").status() == 401);
  }
  CHECK(world.engine.commands.empty());
}

TEST_CASE("other cookies beside it change nothing") {
  ApiWorld world;
  Page page = signed_in(world, As::kOperator);
  page.cookie = "a=b; jx-S41132810207=x;" + page.cookie + " ; c";
  CHECK(page.ask("GET", "/v1/session").status() == 200);
}

TEST_CASE("a session writes only with an Origin") {
  ApiWorld world;
  Page page = signed_in(world, As::kOperator);
  page.origin.clear();
  CHECK(page.ask("GET", "/v1/alarms").status() == 200);
  const Got got = page.ask("POST", "/v1/peers/S41132810207/resume");
  CHECK(got.status() == 403);
  CHECK(got.json()["code"] == "no_origin");
  CHECK(page.ask("DELETE", "/v1/session").status() == 403);
  CHECK(world.engine.commands.empty());
}

TEST_CASE("a session has the role of its user and not what is for programs") {
  ApiWorld world;
  Page page = signed_in(world, As::kOperator);
  for (const Route& route : routes()) {
    const bool programs = route.right == Right::kTellBank || route.right == Right::kSendBulk ||
                          route.pattern == "/metrics" || route.pattern == "/v1/console/links";
    if (!programs) continue;
    const Got got = page.ask(std::string(route.method), std::string(route.pattern));
    INFO(route.pattern);
    CHECK(got.status() == 403);
    CHECK(got.json()["code"] == "not_by_session");
  }
  CHECK(world.engine.commands.empty());
  Page auditor = signed_in(world, As::kAuditor);
  CHECK(auditor.ask("POST", "/v1/peers/S41132810207/pause").json()["code"] == "role_too_low");
}

TEST_CASE("a session that is ended is nobody's, and its cookie goes") {
  ApiWorld world;
  Page page = signed_in(world, As::kOperator);
  const Got ended = page.ask("DELETE", "/v1/session");
  CHECK(ended.status() == 204);
  CHECK_THAT(ended.header("Set-Cookie"), Catch::Contains("=; ") && Catch::Contains("Max-Age=0"));
  CHECK(page.ask("GET", "/v1/session").status() == 401);
}

TEST_CASE("a session that is ended follows nothing any more") {
  ApiWorld world;
  Page page = signed_in(world, As::kOperator);
  const Got followed = page.ask("GET", "/v1/events");
  REQUIRE(followed.response.stream);
  CHECK_FALSE(followed.response.stream->next().last);
  page.ask("DELETE", "/v1/session");
  CHECK(followed.response.stream->next().last);
}

TEST_CASE("a removed user's sessions end") {
  ApiWorld world;
  Page page = signed_in(world, As::kOperator);
  world.api.set_users(std::make_shared<const Users>(std::vector<User>()));
  CHECK(page.ask("GET", "/v1/session").status() == 401);
}

TEST_CASE("a token has no session, and needs no Origin") {
  ApiWorld world;
  CHECK(world.ask("GET", "/v1/session", As::kOperator).status() == 404);
  CHECK(world.ask("DELETE", "/v1/session", As::kOperator).status() == 404);
  CHECK(world.ask("POST", "/v1/console/links", As::kInquirer).status() == 403);
}

TEST_CASE("a program without the page says how one is made") {
  ApiWorld world;
  const Got got = world.ask("GET", "/console", As::kNobody);
  CHECK(got.status() == 404);
  CHECK(got.response.content_type == "text/plain; charset=utf-8");
  CHECK_THAT(got.response.body, Catch::Contains("./ops/setup"));
}

constexpr ConsoleFile kFiles[] = {{"index.html", "text/html", "<p>", "packed", "tighter"},
                                  {"app-1.js", "text/javascript", "1;", "gz", ""}};

TEST_CASE("every address of the page is the page, which is asked for anew; files are kept") {
  ApiWorld world(false, kFiles);
  for (const char* path : {"/console", "/console/", "/console/queues", "/console/peers/S1",
                           "/console/queues?state=paused&q=%E5%8D%97"}) {
    const Got got = world.ask("GET", path, As::kNobody);
    CHECK(got.response.body == "<p>");
    CHECK(got.header("Cache-Control") == "no-cache");
    CHECK_THAT(got.header("Content-Security-Policy"),
               Catch::Contains("default-src 'none'") &&
                   Catch::Contains("require-trusted-types-for 'script'"));
  }
  const Got file = world.ask("GET", "/console/assets/app-1.js", As::kNobody);
  CHECK(file.response.body == "1;");
  CHECK_THAT(file.header("Cache-Control"), Catch::Contains("immutable"));
  CHECK(world.ask("GET", "/console/assets/index.html", As::kNobody).status() == 404);
  CHECK(world.ask("GET", "/console/assets/app-2.js", As::kNobody).status() == 404);
  CHECK(world.ask("GET", "/", As::kNobody).header("Location") == "/console");
}

TEST_CASE("a file comes in the tightest coding that the browser takes and that there is") {
  ApiWorld world(false, kFiles);
  const auto got = [&](const char* target, const char* codings) {
    HttpRequest request{"GET", target, "", "", ""};
    request.accept_encoding = codings;
    Got out;
    world.send(std::move(request), out);
    return out;
  };
  CHECK(got("/console", "gzip, deflate, br").header("Content-Encoding") == "br");
  CHECK(got("/console", "gzip, br;q=0").response.body == "packed");
  CHECK(got("/console/assets/app-1.js", "br, gzip").header("Content-Encoding") == "gzip");
  CHECK(got("/console/assets/app-1.js", "").header("Content-Encoding").empty());
}

}  // namespace
}  // namespace jiexu::console_test
