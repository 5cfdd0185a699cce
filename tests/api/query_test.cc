// What a query may hold, one kind of parameter after the other, and what routes say of it.
#include "daemon/api/query.h"

#include "daemon/api/cursor.h"
#include "tests/api/api_world.h"

namespace jiexu::query_test {
namespace {

using Type = QueryParameter::Type;

std::vector<std::string> colours() {
  return {"red", "green"};
}

bool holds(const QueryParameter& parameter, const std::string& value) {
  return !find_fault({&parameter, 1}, {{"p", value}});
}

QueryParameter one(Type type, size_t least = 0, size_t most = 200) {
  return {"p", type, "", least, most, colours};
}

TEST_CASE("each kind of parameter takes its own values and no others") {
  CHECK(holds(one(Type::kFlag), "1"));
  CHECK(holds(one(Type::kFlag), ""));
  CHECK_FALSE(holds(one(Type::kFlag), "true"));
  const QueryParameter number = one(Type::kNumber, 1, 500);
  CHECK(holds(number, "500"));
  for (const char* wrong : {"0", "501", "-1", "+1", "1.0", " 1", "", "18446744073709551616"}) {
    CHECK_FALSE(holds(number, wrong));
  }
  CHECK(holds(one(Type::kDay), "2026-02-28"));
  CHECK_FALSE(holds(one(Type::kDay), "2026-02-29"));
  CHECK(holds(one(Type::kAgency), "S41130010001"));
  CHECK_FALSE(holds(one(Type::kAgency), "41130010001"));
  CHECK(holds(one(Type::kHex, 0, 4), "00ff"));
  CHECK_FALSE(holds(one(Type::kHex, 0, 4), "00ff00"));
  CHECK_FALSE(holds(one(Type::kHex, 0, 4), "0"));
  CHECK(holds(one(Type::kChoice), "red"));
  CHECK_FALSE(holds(one(Type::kChoice), "RED"));
  CHECK_FALSE(holds(one(Type::kChoice), "red,green"));
  CHECK(holds(one(Type::kChoices), "green"));
  CHECK(holds(one(Type::kChoices), "red,green"));
  for (const char* wrong : {"red,", ",red", "red,,green", "red, green", "red,blue", ","}) {
    CHECK_FALSE(holds(one(Type::kChoices), wrong));
  }
  CHECK(names_of({{"p", "red,green"}}, "p") == colours());
  CHECK(names_of({{"p", ""}}, "p").empty());
  CHECK(holds(one(Type::kText, 0, 3), "abc"));
  CHECK_FALSE(holds(one(Type::kText, 0, 3), "abcd"));
}

TEST_CASE("what is wrong in a query is named, with what would be right") {
  ApiWorld world;
  const auto finding = [&](const std::string& target) {
    const Got got = world.ask("GET", target, As::kAuditor);
    REQUIRE(got.status() == 400);
    const nlohmann::json json = got.json();
    CHECK(json["code"] == "bad_query");
    const nlohmann::json& found = json["findings"][0];
    return found["field"].get<std::string>() + ": " + found["text"].get<std::string>();
  };
  CHECK(finding("/v1/cases?limit=501") == "limit: must be a whole number from 1 to 500");
  CHECK(finding("/v1/cases?colour=red") ==
        "colour: there is no such parameter; there are open, limit, after");
  CHECK(finding("/v1/alarms?limit=1") == "limit: this address takes no query");
  CHECK(finding("/v1/work?side=LEFT") == "side: must be one of IN, OUT");
  CHECK(finding("/v1/cases?after=x") == "after: is not from `next` of this list");
  CHECK(finding("/v1/cases?limit=1&limit=2") == "limit: is given twice");
  CHECK(finding("/v1/cases?limit=1&colour=red&limit=2").starts_with("colour: there is no such"));
  CHECK(world.ask("GET", "/console/queues?a=1&a=2", As::kNobody).status() != 400);
}

TEST_CASE("what is wrong in a query has words in Chinese, also a sentence of two parts") {
  ApiWorld world;
  HttpRequest request{"GET", "/v1/cases?colour=red", "Bearer " + token_of(As::kAuditor), "", ""};
  request.accept_language = "zh";
  Got got;
  world.send(std::move(request), got);
  CHECK(got.json()["detail"] == "colour: 没有这一参数；可用：open, limit, after");
}

TEST_CASE("a cursor gives back what it was made of, does not show it, and is never made up") {
  for (const std::string place : {"", "a", "019a0000-0000-7000-8000-000000000001", "\xff"}) {
    CHECK(place_in(cursor_text(place)) == place);
    CHECK((place.size() < 2 || cursor_text(place).find(place) == std::string::npos));
  }
  for (const char* wrong : {"x", "00", "AA", "AQ", "AWE", "AWE=", "AWE ", "A+/x"}) {
    INFO(wrong);
    CHECK_FALSE(place_in(wrong));
  }
  const std::string cursor = cursor_text("019a0000-0000-7000-8000-000000000001");
  for (size_t at = 0; at < cursor.size(); ++at) {
    for (const char c : {'A', 'B', 'g', '_', '=', ' '}) {
      std::string changed = cursor;
      changed[at] = c;
      INFO(changed);
      CHECK((changed == cursor || !place_in(changed)));
    }
    CHECK_FALSE(place_in(cursor.substr(0, at) + "A" + cursor.substr(at)));
    CHECK((at == 0 || !place_in(cursor.substr(0, at))));
  }
}

TEST_CASE("a query is looked at after token and role") {
  ApiWorld world;
  CHECK(world.ask("GET", "/v1/cases?colour=red", As::kNobody).status() == 401);
  CHECK(world.ask("GET", "/v1/cases?colour=red", As::kInquirer).status() == 403);
}

}  // namespace
}  // namespace jiexu::query_test
