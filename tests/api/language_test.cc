// In which language the API says why it does not do something.
#include "tests/api/api_world.h"

namespace jiexu::language_test {
namespace {

constexpr const char* kNoCase = "/v1/cases/0191d5a0-0000-7000-8000-000000000009";

Got ask(ApiWorld& world, const std::string& target, const std::string& accept,
        const std::string& method = "GET", const std::string& body = "") {
  HttpRequest request{method, target, "Bearer " + token_of(As::kOperator), "", body};
  request.accept_language = accept;
  Got got;
  world.send(std::move(request), got);
  REQUIRE(got.answered);
  return got;
}

TEST_CASE("a problem comes in the language that is asked for, with the same code and status") {
  ApiWorld world;
  const Got english = ask(world, kNoCase, "");
  CHECK(english.json()["title"] == "There is no such case here; check the number.");
  CHECK(english.header("Content-Language").empty());
  const Got chinese = ask(world, kNoCase, "zh-CN,zh;q=0.9,en;q=0.8");
  CHECK(chinese.status() == english.status());
  CHECK(chinese.json()["code"] == english.json()["code"]);
  CHECK(chinese.json()["type"] == english.json()["type"]);
  CHECK(chinese.json()["title"] == "没有此个案，请核对编号。");
  CHECK(chinese.header("Content-Language") == "zh");
}

TEST_CASE("findings come in the language that is asked for, under the same fields") {
  ApiWorld world;
  world.engine.answer = [](const Asking&) {
    Answer answer;
    answer.rejection =
        Rejection{Refusal::kApplicationInvalid,
                  "person.name: this field is required; applied_on: this date does not exist"};
    return answer;
  };
  const Got got = ask(world, "/v1/cases", "zh", "POST", R"({"application":{}})");
  REQUIRE(got.status() == 400);
  CHECK(got.json()["title"] == "申请不合规则。");
  REQUIRE(got.json()["findings"].size() == 2);
  CHECK(got.json()["findings"][0]["field"] == "person.name");
  CHECK(got.json()["findings"][0]["text"] == "此项必填");
  CHECK(got.json()["findings"][1]["text"] == "日期不存在");
  CHECK(got.json()["detail"] == "person.name: 此项必填; applied_on: 日期不存在");
}

TEST_CASE("a finding with a semicolon or a value in it is one, and has its words") {
  ApiWorld world;
  world.engine.answer = [](const Asking&) {
    Answer answer;
    answer.rejection = Rejection{Refusal::kApplicationInvalid,
                                 "person.name: holds a line end or another character that is not "
                                 "seen; type it anew; origin_area_name: at most 50 characters; "
                                 "applied_on: lies before 2026-11-20; scheme_to: is missing"};
    return answer;
  };
  const Got got = ask(world, "/v1/cases", "zh", "POST", R"({"application":{}})");
  REQUIRE(got.json()["findings"].size() == 4);
  CHECK(got.json()["findings"][2]["text"] == "早于 2026-11-20");
  CHECK(got.json()["findings"][0]["text"] == "含换行或不可见字符，请重新输入");
  CHECK(got.json()["findings"][1]["text"] == "不得超过 50 个字符");
  const Got unread =
      ask(world, "/v1/cases", "zh", "POST", R"({"application":{"scheme_from":"pension"}})");
  CHECK(unread.json()["findings"][0]["text"] ==
        "第 1 行第 31 列：应为以下之一：EMPLOYEE, RESIDENT");
}

TEST_CASE("what is wrong in a query is said in Chinese, too") {
  ApiWorld world;
  const auto said = [&](const char* target) {
    return ask(world, target, "zh").json()["findings"][0]["text"].get<std::string>();
  };
  CHECK(said("/v1/cases?limit=501") == "应为 1 至 500 的整数");
  CHECK(said("/v1/work?side=LEFT") == "应为以下之一：IN, OUT");
  CHECK(said("/v1/cases?colour=red") == "没有这一参数；可用：open, limit, after");
  CHECK(said("/v1/work?state=X").starts_with("应为以下之一或数个（以逗号分隔）：DRAFT"));
}

TEST_CASE("problems of the API itself have a sentence as their title in both languages") {
  ApiWorld world;
  CHECK(ask(world, "/v1/nowhere", "en").json()["title"] == "There is no such address.");
  CHECK(ask(world, "/v1/nowhere", "zh").json()["title"] == "没有此地址。");
  CHECK(ask(world, "/v1/cases?limit=x", "zh").json()["code"] == "bad_query");
}

}  // namespace
}  // namespace jiexu::language_test
