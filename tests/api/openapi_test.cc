// The description of the API: what it says, that it is whole, and that the copy in the tree is it.
#include "daemon/api/openapi.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <set>
#include <sstream>

#include "daemon/api/reference.h"
#include "daemon/api/table/path_parameters.h"
#include "tests/api/api_world.h"

namespace jiexu::openapi_test {
namespace {

nlohmann::json document(Language language = Language::kEnglish) {
  return nlohmann::json::parse(openapi_document(language));
}

std::string copy_path() {
  return std::string(JIEXU_SOURCES) + "/daemon/api/openapi.json";
}

Got get(ApiWorld& world, const std::string& language, const std::string& if_none_match = "") {
  HttpRequest request{"GET", "/openapi.json", "", "", ""};
  request.accept_language = language;
  request.if_none_match = if_none_match;
  Got got;
  world.send(std::move(request), got);
  REQUIRE(got.answered);
  return got;
}

// Each "$ref" in it.
void add_references(const nlohmann::json& in, std::set<std::string>& out) {
  if (in.is_object() && in.contains("$ref")) out.insert(in["$ref"].get<std::string>().substr(1));
  if (!in.is_structured()) return;
  for (const auto& part : in) add_references(part, out);
}

TEST_CASE("the copy of the description in the tree is what the daemon serves") {
  if (std::getenv("JIEXU_REWRITE") != nullptr) {
    std::ofstream(copy_path()) << openapi_document(Language::kEnglish);
  }
  std::ifstream file(copy_path());
  std::stringstream copy;
  copy << file.rdbuf();
  INFO("v1 is final. If the change adds to it: JIEXU_REWRITE=1 build/tests/api_test");
  CHECK((copy.str() == openapi_document(Language::kEnglish)));
}

TEST_CASE("every route is described, with a name that no other has") {
  const nlohmann::json all = document();
  std::set<std::string> names;
  for (const Route& route : routes()) {
    INFO(route.method << " " << route.pattern);
    std::string method(route.method);
    std::ranges::transform(method, method.begin(), ::tolower);
    const auto& described = all["paths"][std::string(route.pattern)][method];
    REQUIRE(described.is_object());
    CHECK(names.insert(described["operationId"]).second);
    CHECK(described["x-jiexu-right"] == std::string(name(route.right)));
    for (const int status : statuses_of(route)) {
      CHECK(described["responses"].contains(std::to_string(status)));
    }
    CHECK(described.contains("requestBody") == has_body(route));
    for (const auto& [status, answer] : described["responses"].items()) {
      const bool done = status[0] == '2';
      if (done) CHECK(answer.contains("content") == !route.shape.gives.empty());
    }
  }
}

TEST_CASE("whatever the description refers to is in it, and nothing else is") {
  const nlohmann::json all = document();
  std::set<std::string> references;
  add_references(all, references);
  for (const std::string& reference : references) {
    INFO(reference);
    CHECK(all.contains(nlohmann::json::json_pointer(reference)));
  }
  for (const char* kind : {"schemas", "responses", "headers", "parameters"}) {
    for (const auto& [name, ignored] : all["components"][kind].items()) {
      INFO(kind << " " << name);
      CHECK(references.contains("/components/" + std::string(kind) + "/" + name));
    }
  }
}

TEST_CASE("the description comes in both languages, and differs in words alone") {
  const nlohmann::json english = document(), chinese = document(Language::kChinese);
  const nlohmann::json en = english.flatten(), zh = chinese.flatten();
  REQUIRE(en.size() == zh.size());
  for (const auto& [place, value] : en.items()) {
    REQUIRE(zh.contains(place));
    const bool is_words = place.ends_with("/description") || place.ends_with("/summary") ||
                          place.ends_with("/title") || place.ends_with("/contact/name");
    if (is_words) {
      const std::string text = zh[place];
      INFO(place << ": " << text);
      CHECK(std::ranges::any_of(text, [](char c) { return static_cast<uint8_t>(c) > 0xe3; }));
    } else {
      CHECK(value == zh[place]);
    }
  }
}

TEST_CASE("the description needs no token, has a tag of its language, and is not sent twice") {
  ApiWorld world;
  const Got english = get(world, "en"), chinese = get(world, "zh-CN");
  CHECK(english.status() == 200);
  CHECK(english.response.body == openapi_document(Language::kEnglish));
  CHECK(chinese.response.body == openapi_document(Language::kChinese));
  CHECK(chinese.header("Content-Language") == "zh");
  CHECK_THAT(english.header("Vary"), Catch::Contains("Accept-Language"));
  CHECK(english.header("ETag") != chinese.header("ETag"));
  CHECK(get(world, "en", english.header("ETag")).status() == 304);
  CHECK(get(world, "zh", english.header("ETag")).status() == 200);
}

TEST_CASE("the page for people shows every route and every type, and its links lead somewhere") {
  const Language language = GENERATE(Language::kEnglish, Language::kChinese);
  const std::string& page = reference_page(language);
  for (const Route& route : routes()) {
    INFO(route.pattern);
    CHECK(page.find("id=\"" + std::string(route.shape.name) + "\"") != page.npos);
    CHECK(page.find(std::string(route.method) + " " + std::string(route.pattern)) != page.npos);
  }
  for (size_t at = page.find("href=\"#"); at != page.npos; at = page.find("href=\"#", at + 1)) {
    const std::string anchor = page.substr(at + 7, page.find('"', at + 7) - at - 7);
    INFO(anchor);
    CHECK(page.find("id=\"" + anchor + "\"") != page.npos);
  }
  ApiWorld world;
  const Got got = world.ask("GET", "/reference", As::kNobody);
  CHECK(got.response.content_type == "text/html; charset=utf-8");
  CHECK_THAT(got.header("Content-Security-Policy"), Catch::Contains("default-src 'none'"));
}

TEST_CASE("each brace of a path means something, and what means something is a brace") {
  std::set<std::string> used;
  for (const Route& route : routes()) {
    std::string_view rest = route.pattern;
    for (size_t open = rest.find('{'); open != rest.npos; open = rest.find('{')) {
      used.emplace(rest.substr(open + 1, rest.find('}') - open - 1));
      rest.remove_prefix(rest.find('}') + 1);
    }
  }
  std::set<std::string> known;
  for (const PathParameter& parameter : path_parameters()) {
    INFO(parameter.name);
    CHECK(known.emplace(parameter.name).second);
    CHECK(parameter.pattern.empty() == (parameter.choices != nullptr));
  }
  CHECK(used == known);
}

TEST_CASE("a number of 64 bits is a text, a day and a month are as in ISO 8601") {
  const nlohmann::json schemas = document()["components"]["schemas"];
  CHECK(schemas["CaseView"]["properties"]["due_fen"]["type"] == "string");
  CHECK(schemas["CaseView"]["properties"]["due_fen"].contains("pattern"));
  CHECK(schemas["Person"]["properties"]["birth_date"]["type"] == "string");
  CHECK(schemas["Segment"]["properties"]["from_month"]["pattern"] == "^([0-9]{4}-[0-9]{2})?$");
  CHECK(schemas["Scheme"]["enum"] == nlohmann::json({"UNSPECIFIED", "EMPLOYEE", "RESIDENT"}));
  // What a client sends may leave out everything; what it gets is all there.
  CHECK_FALSE(schemas["MatchInput"].contains("required"));
  CHECK(schemas["QueueViews"]["required"] == nlohmann::json({"peers", "exceptions", "unreadable"}));
}

}  // namespace
}  // namespace jiexu::openapi_test
