// Tags, and types that the client takes.
#include "daemon/api/conventions.h"

#include "tests/api/api_world.h"

namespace jiexu::conventions_test {
namespace {

HttpResponse json(const std::string& body) {
  return {200, "application/json", body, {}};
}

std::string tag_of(const HttpResponse& response) {
  return Got{response, true}.header("ETag");
}

TEST_CASE("what the client has already is not sent again") {
  const HttpResponse first = on_terms(json("{}"), {true, "", ""});
  const std::string tag = tag_of(first);
  CHECK(tag.size() == 26);
  CHECK(tag_of(on_terms(json("{ }"), {true, "", ""})) != tag);
  for (const std::string& known :
       {tag, "W/" + tag, "\"x\", " + tag, std::string("*"), tag + ",\"y\""}) {
    const HttpResponse again = on_terms(json("{}"), {true, "", known});
    CHECK(again.status == 304);
    CHECK(again.body.empty());
    CHECK(tag_of(again) == tag);
  }
  CHECK(on_terms(json("{}"), {true, "", "\"x\""}).status == 200);
  CHECK(on_terms(json("{}"), {false, "", tag}).status == 200);
  CHECK(on_terms({404, "application/problem+json", "{}", {}}, {true, "", "*"}).status == 404);
  CHECK(tag_of(on_terms(json(std::string(100'000, ' ')), {true, "", ""})).empty());
}

TEST_CASE("a client that cannot take an answer is told so, unless something was done") {
  for (const char* takes : {"", "*/*", "application/json", "APPLICATION/*", "text/html, */*;q=0.1",
                            "application/json; charset=utf-8", " "}) {
    CHECK(on_terms(json("{}"), {true, takes, ""}).status == 200);
  }
  for (const char* other : {"text/html", "application/xml, text/*", "application/json;q=0",
                            "application/jsonp", "image/*"}) {
    CHECK(on_terms(json("{}"), {true, other, ""}).status == 406);
    CHECK(on_terms(json("{}"), {false, other, ""}).status == 200);
  }
  CHECK(is_acceptable("text/csv", "text/csv; charset=utf-8"));
}

TEST_CASE("If-Match names a case's revision") {
  CHECK(revision_of("") == 0);
  CHECK(revision_of("*") == 0);
  CHECK(revision_of(tag_of_case(17, "{}")) == 17);
  CHECK(revision_of("W/\"r17-aa\"") == 17);
  for (const char* odd : {"\"17\"", "r17-aa", "\"r-aa\"", "\"r0-aa\"", "\"r17\"", "\"rx-1\"",
                          "\"r99999999999999999999-a\""}) {
    CHECK_FALSE(revision_of(odd));
  }
}

TEST_CASE("an action on the tag of a case is an action on its revision") {
  ApiWorld world;
  world.put(world.draft());
  const std::string path = "/v1/cases/" + world.draft().id.str();
  const Got shown = world.ask("GET", path, As::kClerk);
  const std::string tag = shown.header("ETag");
  CHECK_THAT(tag, Catch::StartsWith("\"r1-"));
  const auto act = [&](const std::string& if_match) {
    HttpRequest request{"POST", path + "/actions/accept", "Bearer " + token_of(As::kClerk), "", ""};
    request.if_match = if_match;
    Got got;
    world.send(std::move(request), got);
    return got;
  };
  const auto asked = [&] {
    return std::get<ActionCommand>(world.engine.commands.back().what).input->if_revision();
  };
  CHECK(act(tag).status() == 200);
  CHECK(asked() == 1);
  CHECK(act("\"else\"").status() == 412);
  CHECK(act("*").status() == 200);
  CHECK(asked() == 0);
  world.engine.answer = [&](const Asking&) {
    Answer answer;
    answer.subject = std::make_shared<const Case>(world.draft());
    answer.rejection = Rejection{Refusal::kNotAllowedNow, "if_revision: the case is at 2"};
    return answer;
  };
  const Got late = act(tag);
  CHECK(late.status() == 412);
  CHECK(late.json()["code"] == "case_changed");
}

TEST_CASE("HEAD is answered as GET") {
  ApiWorld world;
  CHECK(world.ask("HEAD", "/v1/cases", As::kAuditor).status() == 200);
  CHECK(world.ask("HEAD", "/livez", As::kNobody).status() == 200);
  CHECK(world.ask("HEAD", "/v1/progress", As::kAuditor).status() == 405);
}

TEST_CASE("a body of another type is 415, and says which there are") {
  ApiWorld world;
  Got got;
  world.send({"POST", "/v1/cases:find", "Bearer " + token_of(As::kClerk), "", "a=b",
              "application/x-www-form-urlencoded"},
             got);
  CHECK(got.status() == 415);
  CHECK(got.header("Accept-Post") == "application/json");
}

}  // namespace
}  // namespace jiexu::conventions_test
