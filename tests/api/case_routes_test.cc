#include "tests/api/api_world.h"

namespace jiexu::case_routes_test {
namespace {

const std::string kActions = "/v1/cases/0191d5a0-0000-7000-8000-000000000001/actions/";

// Makes the engine refuse.
void refuse(ApiWorld& world, Refusal refusal, const std::string& detail = "") {
  world.engine.answer = [&world, refusal, detail](const Asking&) {
    Answer answer;
    answer.rejection = Rejection{refusal, detail};
    answer.subject = std::make_shared<const Case>(world.draft());
    return answer;
  };
}

TEST_CASE("an application makes a case: 201, where it is, and what can be done with it") {
  ApiWorld world;
  const Got got = world.ask("POST", "/v1/cases", As::kClerk,
                            R"({"application":{"origin_agency":"S41132810207"}})");
  CHECK(got.status() == 201);
  CHECK(got.header("Location") == "/v1/cases/" + world.draft().id.str());
  const nlohmann::json view = got.json();
  CHECK(view["side"] == "IN");
  CHECK(view["relationship"] == "DRAFT");
  CHECK(view["due_fen"] == "0");
  CHECK(view["actions"][0]["action"] == "accept");
  REQUIRE(world.engine.commands.size() == 1);
  const auto& command = std::get<ActionCommand>(world.engine.commands[0].what);
  CHECK(world.engine.commands[0].user == "u-clerk");
  CHECK(command.action == EventKind::kApply);
  CHECK_FALSE(command.case_id.empty());
  CHECK(command.input->application().origin_agency() == "S41132810207");
}

TEST_CASE("two applications get two case ids") {
  ApiWorld world;
  for (int i = 0; i < 2; ++i) world.ask("POST", "/v1/cases", As::kClerk, "{}");
  CHECK(std::get<ActionCommand>(world.engine.commands[0].what).case_id !=
        std::get<ActionCommand>(world.engine.commands[1].what).case_id);
}

TEST_CASE("bodies that are refused before the engine sees them, with the field named") {
  ApiWorld world;
  world.put(world.draft());
  const auto [body, code, named] = GENERATE(table<std::string, std::string, std::string>({
      {"{\"reasn\":\"x\"}", "bad_body", "reasn"},
      {"{\"application\":{\"person\":{\"nam\":1}}}", "bad_body", "nam"},
      {"{\"amount_fen\":\"much\"}", "bad_body", "amount_fen"},
      {"{\"amount_fen\":1.5}", "bad_body", "amount_fen"},
      {"{\"code\":\"NO_SUCH_CODE\"}", "bad_body", "code"},
      {"{\"reason\":", "malformed_json", "line 1, column 11"},
      {"[]", "bad_body", "object"},
      {"nonsense", "malformed_json", ""},
      {"{\"reason\":\"\xff\"}", "malformed_json", "UTF-8"},
      {"{\"reason\":\"\\ud800\"}", "malformed_json", "both halves"},
  }));
  INFO(body);
  const std::string path = GENERATE(std::string("/v1/cases"), kActions + "accept");
  const Got got = world.ask("POST", path, As::kReviewer, body);
  CHECK(got.status() == 400);
  CHECK(got.json()["code"] == code);
  CHECK_THAT(got.json()["detail"].get<std::string>(), Catch::Contains(named));
  CHECK(world.engine.commands.empty());
}

TEST_CASE("a nesting bomb is refused, whatever it is made of") {
  ApiWorld world;
  const std::string open = GENERATE(std::string("["), "{\"a\":", "{\"application\":");
  std::string body;
  while (body.size() < 500'000) body += open;
  const Got got = world.ask("POST", "/v1/cases", As::kClerk, body);
  CHECK(got.status() == 400);
  CHECK_THAT(got.json()["detail"].get<std::string>(), Catch::Contains("too deeply"));
}

TEST_CASE("a letter number that is none is told so, with what is wrong with it") {
  ApiWorld world;
  const auto [number, why] = GENERATE(table<std::string, std::string>({
      {"1", "has 20 digits"},
      {"4113280726091800004212", "has 20 digits"},
      {"4113280726091800004x", "digits only"},
      {"41132807260918000422", "check digit"},
  }));
  const Got got =
      world.ask("POST", "/v1/cases:find", As::kAuditor, R"({"letter_number":")" + number + "\"}");
  CHECK(got.status() == 400);
  CHECK(got.json()["code"] == "bad_letter_number");
  CHECK_THAT(got.json()["detail"].get<std::string>(), Catch::Contains(why));
}

TEST_CASE("brackets inside strings are no nesting") {
  ApiWorld world;
  const std::string body =
      "{\"reason\":\"" + std::string(100, '[') + "\\\"" + std::string(100, '{') + "\"}";
  CHECK(world.ask("POST", "/v1/cases", As::kClerk, body).status() == 201);
}

TEST_CASE("an action reaches the engine with its input") {
  ApiWorld world;
  world.put(world.draft());
  const Got got = world.ask("POST", kActions + "accept", As::kClerk, R"({"if_revision":"1"})");
  CHECK(got.status() == 200);
  const auto& command = std::get<ActionCommand>(world.engine.commands.at(0).what);
  CHECK(command.action == EventKind::kAccept);
  CHECK(command.case_id == world.draft().id);
  CHECK(command.input->if_revision() == 1);
}

TEST_CASE("an empty body is an empty input") {
  ApiWorld world;
  world.put(world.draft());
  CHECK(world.ask("POST", kActions + "accept", As::kClerk).status() == 200);
}

TEST_CASE("while messages are being fetched back, actions are 503 with a hint when to try again") {
  ApiWorld world;
  world.put(world.draft());
  refuse(world, Refusal::kRecovering, "S35050000101");
  const Got got = world.ask("POST", kActions + "accept", As::kReviewer);
  CHECK(got.status() == 503);
  CHECK(got.json()["code"] == "recovering");
  const std::pair<std::string, std::string> hint{"Retry-After", "2"};
  CHECK(std::ranges::find(got.response.headers, hint) != got.response.headers.end());
}

TEST_CASE("with the disk low, actions are 507 with a hint when to try again") {
  ApiWorld world;
  world.put(world.draft());
  refuse(world, Refusal::kStorageLow, "");
  const Got got = world.ask("POST", kActions + "accept", As::kReviewer);
  CHECK(got.status() == 507);
  CHECK(got.json()["code"] == "storage_low");
  CHECK(got.header("Retry-After") == "10");
}

TEST_CASE("a refusal because of the state is 409 and says what is allowed") {
  const Refusal refusal = GENERATE(Refusal::kNotAllowedNow, Refusal::kGuardFailed,
                                   Refusal::kCaseClosed, Refusal::kDuplicateOpenCase);
  ApiWorld world;
  world.put(world.draft());
  refuse(world, refusal, "why");
  const Got got = world.ask("POST", kActions + "accept", As::kReviewer);
  CHECK(got.status() == 409);
  const nlohmann::json problem = got.json();
  CHECK(got.response.content_type == "application/problem+json");
  CHECK(problem["code"] == std::string(name(refusal)));
  CHECK(problem["type"] == "urn:jiexu:problem:" + std::string(name(refusal)));
  CHECK(problem["status"] == 409);
  CHECK(problem["detail"] == "why");
  CHECK_FALSE(problem["title"].get<std::string>().empty());
  const auto allowed = problem["allowed"].get<std::vector<std::string>>();
  CHECK(std::ranges::find(allowed, "accept") != allowed.end());
}

TEST_CASE("a refusal because of the content is 400 and names each field") {
  ApiWorld world;
  refuse(world, Refusal::kApplicationInvalid,
         "person.name: is missing; scheme_from: is not known; has no field: no");
  const Got got = world.ask("POST", "/v1/cases", As::kClerk, "{}");
  CHECK(got.status() == 400);
  const nlohmann::json findings = got.json()["findings"];
  REQUIRE(findings.size() == 3);
  CHECK(findings[0]["field"] == "person.name");
  CHECK(findings[0]["text"] == "is missing");
  CHECK(findings[1]["field"] == "scheme_from");
  CHECK_FALSE(findings[2].contains("field"));
  CHECK(got.json()["allowed"].empty());
}

TEST_CASE("a case that is not here is 404, for every way to name it") {
  ApiWorld world;
  const std::string id =
      GENERATE(std::string("0191d5a0-0000-7000-8000-0000000000ff"), "x", "..%2F..", "0191d5a0");
  for (const char* rest : {"", "/timeline", "/documents/form"}) {
    CHECK(world.ask("GET", "/v1/cases/" + id + rest, As::kAuditor).status() == 404);
  }
  const Got got = world.ask("POST", "/v1/cases/" + id + "/actions/accept", As::kClerk);
  CHECK(got.status() == 404);
  CHECK(got.json()["code"] == "unknown_case");
}

TEST_CASE("an action that does not exist is 404, and apply is no action on a case") {
  ApiWorld world;
  world.put(world.draft());
  const std::string action = GENERATE(std::string("fly"), "apply", "letter-received");
  CHECK(world.ask("POST", kActions + action, As::kReviewer).status() == 404);
}

TEST_CASE("an action that needs a reviewer is not for a clerk") {
  ApiWorld world;
  Case subject = world.draft();
  subject.relationship = Relationship::kAccepted;
  world.put(subject);
  const Got got = world.ask("POST", kActions + "send-letter", As::kClerk);
  CHECK(got.status() == 403);
  CHECK(world.engine.commands.empty());
  CHECK(world.ask("POST", kActions + "send-letter", As::kReviewer).status() == 200);
}

TEST_CASE("a clerk's action that is not on offer never reaches the engine") {
  ApiWorld world;
  world.put(world.draft());
  const Got got = world.ask("POST", kActions + "send-letter", As::kClerk);
  CHECK(got.status() == 409);
  CHECK(got.json()["code"] == "not_allowed_now");
  CHECK(world.engine.commands.empty());
}

TEST_CASE("a full inbox is 429 with a hint, and the request may be repeated with its key") {
  ApiWorld world;
  world.engine.full = true;
  const Got got = world.ask("POST", "/v1/cases", As::kClerk, "{}", "key-1");
  CHECK(got.status() == 429);
  CHECK(got.header("Retry-After") == "1");
  world.engine.full = false;
  CHECK(world.ask("POST", "/v1/cases", As::kClerk, "{}", "key-1").status() == 201);
}

TEST_CASE("a repeat while the engine is at work is answered with it") {
  ApiWorld world;
  world.engine.hold = true;
  Got first, second;
  const HttpRequest request{"POST", "/v1/cases", "Bearer token-clerk", "key-1", "{}"};
  world.send(request, first);
  world.send(request, second);
  REQUIRE(world.engine.commands.size() == 1);
  CHECK_FALSE(second.answered);
  world.engine.commands[0].done(world.engine.answer(world.engine.commands[0]));
  CHECK(first.status() == 201);
  CHECK(second.response.body == first.response.body);
}

TEST_CASE("a key that is too long is refused") {
  ApiWorld world;
  const Got got = world.ask("POST", "/v1/cases", As::kClerk, "{}", std::string(129, 'k'));
  CHECK(got.status() == 400);
}

TEST_CASE("cases are shown and listed, page by page") {
  ApiWorld world;
  Case subject = world.draft();
  world.put(subject);
  const CaseId first = subject.id;
  subject.id = *CaseId::parse("0191d5a0000070008000000000000002");
  world.put(subject);
  CHECK(world.ask("GET", "/v1/cases/" + first.str(), As::kAuditor).json()["case_id"] ==
        first.str());
  const nlohmann::json page = world.ask("GET", "/v1/cases?limit=1", As::kAuditor).json();
  REQUIRE(page["cases"].size() == 1);
  CHECK(page["cases"][0]["case_id"] == first.str());
  const std::string next = page["next"];
  const nlohmann::json rest =
      world.ask("GET", "/v1/cases?limit=1&after=" + next, As::kAuditor).json();
  REQUIRE(rest["cases"].size() == 1);
  CHECK(rest["cases"][0]["case_id"] == subject.id.str());
}

TEST_CASE("actions that the link's recovery holds back say so") {
  ApiWorld world;
  const Case subject = world.draft();
  world.put(subject);
  const auto action = [&] {
    return world.ask("GET", "/v1/cases/" + subject.id.str(), As::kAuditor).json()["actions"][0];
  };
  CHECK_FALSE(action().contains("held"));
  world.reach = Refusal::kRecovering;
  CHECK(action()["held"] == "recovering");
  CHECK(action()["held_because"] == std::string(explain(Refusal::kRecovering)));
}

TEST_CASE(
    "that a letter is held back until the store is confirmed is said with that action alone") {
  ApiWorld world;
  Case subject = world.draft();
  subject.relationship = Relationship::kAccepted;
  world.put(subject);
  world.confirmed = false;
  const auto view = world.ask("GET", "/v1/cases/" + subject.id.str(), As::kAuditor).json();
  int held = 0;
  for (const auto& action : view["actions"]) {
    const bool letter = action["action"] == "send-letter";
    CHECK(action.value("held", "") == (letter ? "unconfirmed" : ""));
    if (letter) CHECK(action["held_because"] == std::string(explain(Refusal::kUnconfirmed)));
    held += letter;
  }
  CHECK(held == 1);
}

TEST_CASE("the store's word, and what people say of it, are asked of the engine") {
  ApiWorld world;
  world.engine.answer = [](const Asking& asked) {
    v1::StoreView view;
    if (const auto* word = std::get_if<ConfirmStoreCommand>(&asked.what)) {
      const bool proposes = word->act == ConfirmStoreCommand::Act::kPropose;
      view.set_waits_for((proposes ? "proposed " : "approved ") + word->said);
    }
    Answer answer;
    answer.view = std::make_shared<v1::StoreView>(view);
    return answer;
  };
  CHECK(world.ask("GET", "/v1/store", As::kAuditor).json()["waits_for"] == "");
  const auto say = [&](const std::string& path, const char* body, As role) {
    return world.ask("POST", "/v1/store/" + path, role, body);
  };
  CHECK(say("confirm", R"({"note": "why"})", As::kReviewer).json()["waits_for"] == "proposed why");
  CHECK(say("confirm/approve", R"({"content": "ab"})", As::kReviewer).json()["waits_for"] ==
        "approved ab");
  CHECK(say("confirm", "{}", As::kSystem).status() == 403);
  CHECK(say("confirm", "{", As::kReviewer).status() == 400);
}

TEST_CASE("queries that mean nothing are refused and not ignored") {
  ApiWorld world;
  const std::string query = GENERATE(std::string("limit=0"), "limit=501", "limit=x", "limit=1x",
                                     "after=zz", "open=yes", "sort=up", "limit=-1");
  CHECK(world.ask("GET", "/v1/cases?" + query, As::kAuditor).status() == 400);
}

TEST_CASE("a document that is not there yet, and a kind that does not exist, are 404") {
  ApiWorld world;
  world.put(world.draft());
  const std::string base = "/v1/cases/" + world.draft().id.str() + "/documents/";
  CHECK(world.ask("GET", base + "letter", As::kAuditor).json()["code"] == "no_document_yet");
  CHECK(world.ask("GET", base + "photo", As::kAuditor).json()["code"] == "no_such_document");
}

}  // namespace
}  // namespace jiexu::case_routes_test
