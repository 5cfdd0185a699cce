#include "daemon/api/router.h"

#include <catch2/catch.hpp>

namespace jiexu::router_test {
namespace {

constexpr Route kTable[] = {
    {"GET", "/v1/cases", Right::kSeeCases, nullptr},
    {"POST", "/v1/cases", Right::kWork, nullptr},
    {"GET", "/v1/cases/{id}", Right::kSeeCases, nullptr},
    {"POST", "/v1/cases/{id}/actions/{action}", Right::kWork, nullptr},
};

Match find(std::string_view method, std::string_view target) {
  const std::optional<Target> parsed = parse_target(target);
  REQUIRE(parsed);
  return match(kTable, method, *parsed);
}

TEST_CASE("a path and a method find their row, and the braces their text") {
  CHECK(find("GET", "/v1/cases").route == &kTable[0]);
  CHECK(find("POST", "/v1/cases?x=1").route == &kTable[1]);
  const Match action = find("POST", "/v1/cases/abc/actions/send-letter");
  CHECK(action.route == &kTable[3]);
  CHECK(action.args == std::vector<std::string>{"abc", "send-letter"});
}

TEST_CASE("another method is told which ones there are") {
  const Match match = find("DELETE", "/v1/cases");
  CHECK(match.route == nullptr);
  CHECK(match.allowed == "GET, HEAD, POST");
}

TEST_CASE("a path that is longer or shorter than every pattern is none") {
  const std::string path =
      GENERATE(std::string("/"), "/v1", "/v1/cases/a/b", "/v1/cases/a/actions");
  CHECK(find("GET", path).allowed.empty());
}

TEST_CASE("a slash at the end means nothing") {
  CHECK(find("GET", "/v1/cases/?open=1").route == &kTable[0]);
  CHECK(find("GET", "/v1/cases/a/").route == &kTable[2]);
}

TEST_CASE("a body has a type that its route takes, or none") {
  Route route = kTable[1];
  HttpRequest request{"POST", "/v1/cases", "", "", "{}"};
  for (const char* good : {"", "application/json", "Application/JSON; charset=utf-8"}) {
    request.content_type = good;
    CHECK(takes(route, request));
  }
  for (const char* bad : {"text/plain", "application/x-www-form-urlencoded", "application/jsonx",
                          "multipart/form-data; boundary=x", "*/*", ";"}) {
    request.content_type = bad;
    CHECK_FALSE(takes(route, request));
  }
  request.body.clear();
  CHECK(takes(route, request));
  route.shape.takes = "application/x-ndjson, application/json";
  request = {"POST", "/", "", "", "x", "application/json"};
  CHECK(takes(route, request));
}

TEST_CASE("an encoded slash does not make a segment") {
  const Match match = find("GET", "/v1/cases/a%2Fb");
  REQUIRE(match.route == &kTable[2]);
  CHECK(match.args[0] == "a/b");
}

TEST_CASE("the query is decoded") {
  const auto target = parse_target("/p?open=1&after=a%20b&flag");
  REQUIRE(target);
  CHECK(target->query ==
        std::map<std::string, std::string>{{"open", "1"}, {"after", "a b"}, {"flag", ""}});
}

TEST_CASE("targets that are no path are refused") {
  const std::string target = GENERATE(std::string(""), "*", "http://x/", "/a//b", "/a//", "//",
                                      "/a%ff", "/a?b=%ed%a0%80", "/a%", "/a%2", "/a%zz", "/a?b=%1");
  CHECK_FALSE(parse_target(target));
}

}  // namespace
}  // namespace jiexu::router_test
