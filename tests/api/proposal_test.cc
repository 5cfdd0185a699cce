// Four eyes at the API: who may propose, who may approve, and what a client sees.
#include "daemon/base/bytes.h"
#include "daemon/casework/four_eyes.h"
#include "tests/api/api_world.h"

namespace jiexu::proposal_test {
namespace {

const std::string kCase = "/v1/cases/0191d5a0-0000-7000-8000-000000000001";

// An accepted case whose letter waits for a second person.
Case with_proposal(const ApiWorld& world) {
  Case subject = world.draft();
  subject.relationship = Relationship::kAccepted;
  Proposal& proposal = subject.proposals.emplace_back();
  proposal.number = 3;
  proposal.action = static_cast<uint8_t>(EventKind::kSendLetter);
  proposal.user = "u-clerk";
  return subject;
}

std::string digest_of(const Case& subject) {
  return to_hex(view(proposal_digest(subject, subject.proposals.at(0))));
}

std::string body(const std::string& digest) {
  return R"({"digest":")" + digest + R"("})";
}

TEST_CASE("under four eyes a clerk proposes what only a reviewer may do: 202") {
  ApiWorld world(true);
  Case subject = world.draft();
  subject.relationship = Relationship::kAccepted;
  world.put(subject);
  CHECK(world.ask("POST", kCase + "/actions/send-letter", As::kClerk, "{}").status() == 202);
  CHECK(world.engine.commands.size() == 1);
}

TEST_CASE("without four eyes a clerk may not send a letter") {
  ApiWorld world;
  Case subject = world.draft();
  subject.relationship = Relationship::kAccepted;
  world.put(subject);
  CHECK(world.ask("POST", kCase + "/actions/send-letter", As::kClerk, "{}").status() == 403);
  CHECK(world.ask("POST", kCase + "/actions/send-letter", As::kReviewer, "{}").status() == 200);
}

TEST_CASE("a case shows what waits, with the digest to approve it with and who may") {
  ApiWorld world(true);
  const Case subject = with_proposal(world);
  world.put(subject);
  const nlohmann::json proposal = world.ask("GET", kCase, As::kAuditor).json()["proposals"].at(0);
  CHECK(proposal["number"] == 3);
  CHECK(proposal["action"] == "send-letter");
  CHECK(proposal["proposed_by"] == "u-clerk");
  CHECK(proposal["role"] == "reviewer");
  CHECK(proposal["digest"] == digest_of(subject));
}

TEST_CASE("what waits anywhere is one list") {
  ApiWorld world(true);
  CHECK(world.ask("GET", "/v1/proposals", As::kAuditor).json()["cases"].empty());
  world.put(with_proposal(world));
  CHECK(world.ask("GET", "/v1/proposals", As::kAuditor).json()["cases"].size() == 1);
}

TEST_CASE("an approval reaches the engine with its digest") {
  ApiWorld world(true);
  const Case subject = with_proposal(world);
  world.put(subject);
  const Got got =
      world.ask("POST", kCase + "/proposals/3/approve", As::kReviewer, body(digest_of(subject)));
  CHECK(got.status() == 200);
  const auto& command = std::get<ProposalCommand>(world.engine.commands.at(0).what);
  CHECK(command.number == 3);
  REQUIRE(command.approve);
  CHECK(*command.approve == proposal_digest(subject, subject.proposals[0]));
}

TEST_CASE("who may not approve: a clerk for a reviewer's action, and a system for any") {
  ApiWorld world(true);
  const Case subject = with_proposal(world);
  world.put(subject);
  const auto [role, code] = GENERATE(
      table<As, std::string>({{As::kClerk, "role_too_low"}, {As::kSystem, "system_user"}}));
  const Got got = world.ask("POST", kCase + "/proposals/3/approve", role, body(digest_of(subject)));
  CHECK(got.status() == 403);
  CHECK(got.json()["code"] == code);
  CHECK(world.engine.commands.empty());
}

TEST_CASE("an approval without a whole digest, or of nothing, is refused by name") {
  ApiWorld world(true);
  world.put(with_proposal(world));
  const auto [path, text, status, code] =
      GENERATE(table<std::string, std::string, int, std::string>({
          {"/proposals/3/approve", "{}", 400, "bad_digest"},
          {"/proposals/3/approve", body("abcd"), 400, "bad_digest"},
          {"/proposals/4/approve", body(std::string(64, 'a')), 404, "unknown_proposal"},
          {"/proposals/x/retract", "{}", 404, "unknown_proposal"},
      }));
  const Got got = world.ask("POST", kCase + path, As::kReviewer, text);
  CHECK(got.status() == status);
  CHECK(got.json()["code"] == code);
}

TEST_CASE("the engine's refusals of approvals: own 403, changed 409") {
  ApiWorld world(true);
  const Case subject = with_proposal(world);
  world.put(subject);
  const auto [refusal, status] = GENERATE(
      table<Refusal, int>({{Refusal::kOwnProposal, 403}, {Refusal::kProposalChanged, 409}}));
  world.engine.answer = [refusal = refusal](const Asking&) {
    Answer answer;
    answer.rejection = Rejection{refusal, ""};
    return answer;
  };
  CHECK(world.ask("POST", kCase + "/proposals/3/approve", As::kReviewer, body(digest_of(subject)))
            .status() == status);
}

}  // namespace
}  // namespace jiexu::proposal_test
