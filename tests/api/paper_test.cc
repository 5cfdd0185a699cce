// The paper twin through the API: what one agency prints, the other keys in, and the message that
// still comes is known (X38).
#include "daemon/base/bytes.h"
#include "daemon/casework/case_store.h"
#include "tests/agency/site.h"
#include "tests/api/api_world.h"
#include "tests/cases/party.h"

namespace jiexu::paper_test {
namespace {

// An agency with its engine and its API, all in this thread.
class LiveApi final : public CommandPort {
 public:
  explicit LiveApi(AgencyId self, bool four_eyes = false)
      : site(self, kNow),
        api({*this, *site.store, *site.vault, clock, metrics, [] { return std::nullopt; }, self,
             four_eyes},
            users_of_every_role()) {
    if (!four_eyes) return;
    site.four_eyes = true;
    site.restart();
  }

  bool post(Command command) override {
    REQUIRE(site.engine->kernel().handle(std::move(command), at(site.now)));
    while (site.commit()) {
    }
    return true;
  }

  Got ask(const std::string& method, const std::string& target, As role,
          const std::string& body = "") {
    Got got;
    api.handle({method, target, "Bearer " + token_of(role), "", body},
               [&got](const std::function<HttpResponse()>& make) {
                 got.response = make();
                 got.answered = true;
               });
    REQUIRE(got.answered);
    return got;
  }
  nlohmann::json print(const CaseId& id, int number) {
    const Got got =
        ask("GET", "/v1/cases/" + id.str() + "/papers/" + std::to_string(number), As::kAuditor);
    REQUIRE(got.status() == 200);
    return got.json();
  }
  Got key(const nlohmann::json& paper, As role = As::kReviewer) {
    return ask("POST", "/v1/papers", role, paper.dump());
  }
  void act(const CaseId& id, EventKind action) {
    const Case now = action == EventKind::kApply ? Case() : site.subject(id);
    REQUIRE_FALSE(site.act(action, id, sound_input(now, action)).rejection);
  }

  Site site;

 private:
  FixedClock clock;
  Metrics metrics;

 public:
  Api api;
};

// IN has sent its letter, and nothing of it has come.
struct Cut {
  explicit Cut(bool four_eyes_at_out = false) : out(out_site(), four_eyes_at_out) {
    for (const EventKind action : {EventKind::kApply, EventKind::kAccept, EventKind::kSendLetter}) {
      in.act(id, action);
    }
  }
  void join() { settle({&in.site, &out.site}); }

  CaseId id = case_number(1);
  LiveApi in{in_site()};
  LiveApi out;
};

TEST_CASE("a transfer goes on by paper both ways, and the twins that come later move nothing") {
  Cut cut;
  const nlohmann::json letter = cut.in.print(cut.id, 1);
  CHECK(letter["kind"] == "letter");
  CHECK(letter["from_agency"] == in_site().str());
  CHECK(letter["to_agency"] == out_site().str());
  CHECK(letter["number"] == cut.in.site.subject(cut.id).letter_number + "-IN-1");
  CHECK(cut.out.key(letter, As::kClerk).status() == 201);
  CHECK(state_text(cut.out.site.subject(cut.id)) == "LETTER_RECEIVED / NOT_COMPUTED");

  cut.out.act(cut.id, EventKind::kAcceptLetter);
  const nlohmann::json reply = cut.out.print(cut.id, 1);
  CHECK(reply["kind"] == "letter-accept");
  CHECK(cut.in.key(reply).status() == 200);
  CHECK(state_text(cut.in.site.subject(cut.id)) == "LETTER_ACCEPTED / UNKNOWN");

  cut.join();
  CHECK(state_text(cut.in.site.subject(cut.id)) == "LETTER_ACCEPTED / UNKNOWN");
  CHECK(state_text(cut.out.site.subject(cut.id)) == "OUT_ACCEPTED / NOT_COMPUTED");
  CHECK(cut.in.site.subject(cut.id).papers.empty());
  CHECK(cut.out.site.subject(cut.id).papers.empty());
  CHECK(cut.in.site.quarantine().empty());
  CHECK(cut.out.site.quarantine().empty());
}

TEST_CASE("the hash on the sheet is that of the message which comes, byte for byte") {
  Cut cut;
  const nlohmann::json letter = cut.in.print(cut.id, 1);
  REQUIRE(cut.out.key(letter).status() == 201);
  CHECK_THAT(cut.out.site.timeline(cut.id).back().note(),
             Catch::EndsWith("SHA-256 " + letter["sha256"].get<std::string>().substr(0, 16)));
  cut.join();
  const auto bytes = read_message_bytes(cut.out.site.records(), in_site(),
                                        *cut.out.site.subject(cut.id).letter_place);
  REQUIRE(bytes);
  CHECK(letter["sha256"] == to_hex(view(sha256(*bytes))));
}

TEST_CASE("the list of papers names each message, and holds nothing of a person") {
  Cut cut;
  const Got got = cut.in.ask("GET", "/v1/cases/" + cut.id.str() + "/papers", As::kAuditor);
  REQUIRE(got.json()["papers"].size() == 1);
  CHECK_FALSE(got.json()["papers"][0].contains("message"));
  CHECK(cut.in.ask("GET", "/v1/cases/" + cut.id.str() + "/papers/2", As::kAuditor).status() == 404);
  CHECK(cut.in.ask("GET", "/v1/cases/" + cut.id.str() + "/papers/0", As::kAuditor).status() == 404);
}

TEST_CASE("what was sent to the agency that forwarded the letter stays under its name") {
  Site in(in_site(), kNow);
  Site out(out_site(), kNow);
  Site third(third_site(), kNow);
  const CaseId id = case_number(1);
  const auto act = [&](Site& site, EventKind action) {
    const Case now = action == EventKind::kApply ? Case() : site.subject(id);
    v1::ActionInput input = sound_input(now, action);
    if (action == EventKind::kForwardLetter) input.set_agency(third_site().str());
    REQUIRE_FALSE(site.act(action, id, std::move(input)).rejection);
    settle({&in, &out, &third});
  };
  for (const EventKind action : {EventKind::kApply, EventKind::kAccept, EventKind::kSendLetter}) {
    act(in, action);
  }
  act(out, EventKind::kForwardLetter);
  const auto sent = list_sent(in.records(), in.subject(id));
  REQUIRE(sent);
  REQUIRE(sent->size() == 2);
  CHECK((*sent)[0].to == out_site());
  CHECK((*sent)[1].to == third_site());
  for (const SentMessage& message : *sent) {
    CHECK(read_message(in.records(), message.to, message.place)->has_letter());
  }
}

nlohmann::json document(LiveApi& live, const CaseId& id, const std::string& kind) {
  return live.ask("GET", "/v1/cases/" + id.str() + "/documents/" + kind, As::kAuditor).json();
}

TEST_CASE("application, letter and every version of the form can be read where they are") {
  Cut cut;
  const auto act = [&](LiveApi& live, EventKind action) {
    live.act(cut.id, action);
    cut.join();
  };
  cut.join();
  for (const EventKind action :
       {EventKind::kAcceptLetter, EventKind::kStopInsurance, EventKind::kIssueForm}) {
    act(cut.out, action);
  }
  act(cut.in, EventKind::kQueryForm);
  act(cut.out, EventKind::kIssueForm);
  CHECK(document(cut.in, cut.id, "application")["certificate"]["check_code"] == "7Q2M");
  CHECK(document(cut.out, cut.id, "application")["code"] == "no_document_yet");
  for (LiveApi* live : {&cut.in, &cut.out}) {
    CHECK(document(*live, cut.id, "letter")["filing"]["trace_id"] == "T1");
    CHECK(document(*live, cut.id, "form-1")["version"] == 1);
    CHECK(document(*live, cut.id, "form-2")["replaces"] == 1);
    CHECK(document(*live, cut.id, "form") == document(*live, cut.id, "form-2"));
    CHECK(document(*live, cut.id, "form-3")["code"] == "no_document_yet");
  }
}

TEST_CASE("cases are found by letter number, and by person in any spelling of the number") {
  Cut cut;
  const Case subject = cut.in.site.subject(cut.id);
  const auto find = [&](const nlohmann::json& known) {
    return cut.in.ask("POST", "/v1/cases:find", As::kAuditor, known.dump());
  };
  const auto person = [](const std::string& number) {
    return nlohmann::json{{"person", {{"document_type", 1}, {"document_number", number}}}};
  };
  const std::string number = subject.person.document_number();
  const std::string old = number.substr(0, 6) + number.substr(8, 9);  // of 15 digits
  for (const nlohmann::json& known :
       {nlohmann::json{{"letter_number", subject.letter_number}}, person(number), person(old)}) {
    REQUIRE(find(known).json()["cases"].size() == 1);
    CHECK(find(known).json()["cases"][0]["case_id"] == cut.id.str());
  }
  CHECK(find(person("11010519491231002X")).json()["cases"].empty());
  CHECK(find({}).status() == 400);
}

TEST_CASE("each case of a person names the others here, with where they stand (X33)") {
  LiveApi in(in_site());
  const CaseId first = case_number(1);
  const CaseId second = case_number(2);
  in.act(first, EventKind::kApply);
  v1::ActionInput other = sound_input(Case(), EventKind::kApply);
  other.mutable_application()->set_origin_agency(third_site().str());
  REQUIRE_FALSE(in.site.act(EventKind::kApply, second, other).rejection);
  in.act(second, EventKind::kAccept);
  const auto related = [&](const CaseId& id) {
    return in.ask("GET", "/v1/cases/" + id.str(), As::kAuditor).json()["related"];
  };
  REQUIRE(related(first).size() == 1);
  CHECK(related(first)[0]["case_id"] == second.str());
  CHECK(related(first)[0]["peer"] == third_site().str());
  CHECK(related(first)[0]["relationship"] == "ACCEPTED");
  CHECK(related(first)[0]["closed"] == false);
  REQUIRE(related(second).size() == 1);
  CHECK(related(second)[0]["case_id"] == first.str());
}

TEST_CASE(
    "a letter that another destination's stands before is refused by that case's name (X32)") {
  LiveApi out(out_site());
  const auto letter = [&](AgencyId from) {
    LiveApi in(from);
    const CaseId id = case_number(from == in_site() ? 1 : 2);
    for (const EventKind action : {EventKind::kApply, EventKind::kAccept, EventKind::kSendLetter}) {
      in.act(id, action);
    }
    REQUIRE(out.key(in.print(id, 1)).status() == 201);
    return id;
  };
  const CaseId first = letter(in_site());
  const CaseId second = letter(third_site());
  out.act(first, EventKind::kAcceptLetter);
  const Got got =
      out.ask("POST", "/v1/cases/" + second.str() + "/actions/accept-letter", As::kReviewer, "{}");
  CHECK(got.json()["code"] == "claimed_by_other");
  CHECK(got.json()["detail"] == "case " + first.str());
}

TEST_CASE("what one agency writes, people of both can read") {
  Cut cut;
  cut.join();
  v1::ActionInput question;
  question.set_reason("which employer?");
  REQUIRE_FALSE(cut.out.site.act(EventKind::kAsk, cut.id, question).rejection);
  cut.join();
  for (LiveApi* live : {&cut.in, &cut.out}) {
    const Got got = live->ask("GET", "/v1/cases/" + cut.id.str() + "/messages", As::kAuditor);
    REQUIRE(got.json()["papers"].size() == 2);
    const nlohmann::json last = got.json()["papers"][1];
    CHECK(last["kind"] == "clarify");
    CHECK(last["from_agency"] == out_site().str());
    CHECK(last["message"]["clarify"]["question"] == "which employer?");
    CHECK(last["sha256"] == cut.out.print(cut.id, 1)["sha256"]);
  }
}

TEST_CASE("what was keyed in can be read, also if it was answered at once") {
  Cut cut;
  REQUIRE(cut.out.key(cut.in.print(cut.id, 1)).status() == 201);
  const nlohmann::json withdrawal = {{"case_id", cut.id.str()},
                                     {"from_agency", in_site().str()},
                                     {"message", {{"withdraw", {{"reason", "moved back"}}}}}};
  REQUIRE(cut.out.key(withdrawal).status() == 200);
  const Got got = cut.out.ask("GET", "/v1/cases/" + cut.id.str() + "/messages", As::kAuditor);
  REQUIRE(got.json()["papers"].size() == 3);
  const nlohmann::json keyed = got.json()["papers"][1];
  CHECK(keyed["message"]["withdraw"]["reason"] == "moved back");
  CHECK(keyed["from_agency"] == in_site().str());
  CHECK(keyed.value("sha256", "") == "");
  CHECK(got.json()["papers"][2]["kind"] == "withdraw-reply");
}

TEST_CASE("a sheet whose message has come is not keyed in") {
  Cut cut;
  cut.join();
  cut.out.act(cut.id, EventKind::kAsk);
  const nlohmann::json question = cut.out.print(cut.id, 1);
  cut.join();
  const Got got = cut.in.key(question);
  CHECK(got.status() == 409);
  CHECK(got.json()["code"] == "paper_is_here");
  CHECK(cut.in.site.subject(cut.id).papers.empty());
}

TEST_CASE("a letter and a form that came on paper can be read") {
  Cut cut;
  REQUIRE(cut.out.key(cut.in.print(cut.id, 1)).status() == 201);
  CHECK(document(cut.out, cut.id, "letter")["filing"]["trace_id"] == "T1");
  for (const EventKind action :
       {EventKind::kAcceptLetter, EventKind::kStopInsurance, EventKind::kIssueForm}) {
    cut.out.act(cut.id, action);
  }
  for (const int number : {1, 2})
    REQUIRE(cut.in.key(cut.out.print(cut.id, number)).status() == 200);
  CHECK(document(cut.in, cut.id, "form")["version"] == 1);
}

TEST_CASE("under four eyes a reply on paper waits for a second person, a letter does not") {
  Cut cut(true);
  CHECK(cut.out.key(cut.in.print(cut.id, 1), As::kClerk).status() == 201);
  nlohmann::json withdrawal = {{"case_id", cut.id.str()},
                               {"from_agency", in_site().str()},
                               {"message", {{"withdraw", {{"reason", "moved back"}}}}}};
  const Got got = cut.out.key(withdrawal, As::kClerk);
  CHECK(got.status() == 202);
  CHECK(state_text(cut.out.site.subject(cut.id)) == "LETTER_RECEIVED / NOT_COMPUTED");
  const auto messages = [&] {
    return cut.out.ask("GET", "/v1/cases/" + cut.id.str() + "/messages", As::kAuditor)
        .json()["papers"]
        .size();
  };
  CHECK(messages() == 1);  // the letter
  const nlohmann::json proposal = got.json()["proposals"].at(0);
  const std::string path = "/v1/cases/" + cut.id.str() + "/proposals/" +
                           std::to_string(proposal["number"].get<int>()) + "/approve";
  const std::string digest = nlohmann::json{{"digest", proposal["digest"]}}.dump();
  CHECK(cut.out.ask("POST", path, As::kClerk, digest).status() == 403);
  CHECK(cut.out.ask("POST", path, As::kReviewer, digest).status() == 200);
  CHECK(cut.out.site.subject(cut.id).relationship == Relationship::kOutWithdrawn);
  CHECK(messages() == 3);  // the withdrawal and our reply too, each once
}

TEST_CASE("without four eyes a reply on paper is a reviewer's") {
  Cut cut;
  REQUIRE(cut.out.key(cut.in.print(cut.id, 1)).status() == 201);
  cut.out.act(cut.id, EventKind::kAcceptLetter);
  const nlohmann::json reply = cut.out.print(cut.id, 1);
  CHECK(cut.in.key(reply, As::kClerk).status() == 403);
  CHECK(cut.in.key(reply, As::kReviewer).status() == 200);
}

TEST_CASE("a letter of an agency that has no Jiexu gets a case id here") {
  Cut cut;
  nlohmann::json letter = cut.in.print(cut.id, 1);
  letter["case_id"] = "";
  const Got got = cut.out.key(letter);
  REQUIRE(got.status() == 201);
  CHECK(got.json()["case_id"] != cut.id.str());
  CHECK(got.json()["peer"] == in_site().str());
}

TEST_CASE("sheets that cannot be keyed in are refused by name") {
  Cut cut;
  nlohmann::json paper = cut.in.print(cut.id, 1);
  std::string named;
  SECTION("nothing in it") {
    paper.erase("message");
    named = "message";
  }
  SECTION("for somebody else") {
    paper["to_agency"] = third_site().str();
    named = "to_agency";
  }
  SECTION("a letter of nobody") {
    paper["from_agency"] = "";
    named = "from_agency";
  }
  SECTION("a case id that is none") {
    paper["case_id"] = "12";
    named = "case_id";
  }
  SECTION("a reply without its case") {
    paper["case_id"] = "";
    paper["message"] = {{"withdraw", nlohmann::json::object()}};
    named = "case_id";
  }
  const Got got = cut.out.key(paper);
  CHECK(got.status() == 400);
  CHECK(got.json()["code"] == "bad_paper");
  CHECK_THAT(got.json()["detail"].get<std::string>(), Catch::Contains(named));
}

TEST_CASE("a sheet of another agency, or with half a hash, is not taken for the case") {
  Cut cut;
  REQUIRE(cut.out.key(cut.in.print(cut.id, 1)).status() == 201);
  nlohmann::json paper = {{"case_id", cut.id.str()},
                          {"message", {{"withdraw", nlohmann::json::object()}}}};
  SECTION("another agency") {
    paper["from_agency"] = third_site().str();
  }
  SECTION("half a hash") {
    paper["sha256"] = "abcd";
  }
  const Got got = cut.out.key(paper);
  CHECK(got.json()["code"] == "paper_invalid");
  CHECK(state_text(cut.out.site.subject(cut.id)) == "LETTER_RECEIVED / NOT_COMPUTED");
}

}  // namespace
}  // namespace jiexu::paper_test
