// POST /v1/letters:submit: what goes to the engine, and how its answer comes back.
#include <catch2/catch.hpp>

#include "tests/api/api_world.h"

namespace jiexu::submit_test {
namespace {

constexpr const char* kPath = "/v1/letters:submit";
constexpr const char* kOne = R"({"origin_agency":"S41132810207"})";

// An engine that refuses every second application.
void refuse_every_second(ApiWorld& world) {
  world.engine.answer = [](const Asking& command) {
    Answer answer;
    const auto& submit = std::get<SubmitCommand>(command.what);
    for (int i = 0; i < submit.input->applications_size(); ++i) {
      const CaseId id = submit.case_ids[static_cast<size_t>(i)];
      if (i % 2 == 0) answer.submitted.push_back(SubmittedLetter{id, "", nullptr});
      if (i % 2 == 1) {
        answer.submitted.push_back(tl::unexpected(Rejection{Refusal::kDuplicateOpenCase, ""}));
      }
    }
    return answer;
  };
}

Got submit(ApiWorld& world, const std::string& body, const std::string& type = "",
           As role = As::kSystem) {
  Got got;
  world.send({"POST", kPath, "Bearer " + token_of(role), "", body, type}, got);
  return got;
}

const SubmitCommand& command_of(const ApiWorld& world) {
  return std::get<SubmitCommand>(world.engine.commands.at(0).what);
}

TEST_CASE("lines of applications are answered line by line, in order") {
  ApiWorld world;
  refuse_every_second(world);
  const Got got = submit(world, std::string(kOne) + "\n\n" + kOne + "\r\n" + kOne);
  CHECK(got.status() == 200);
  CHECK(got.response.content_type == "application/x-ndjson");
  std::istringstream lines(got.response.body);
  std::string line;
  for (int i = 1; i <= 3; ++i) {
    REQUIRE(std::getline(lines, line));
    const auto json = nlohmann::json::parse(line);
    CHECK(json["line"] == i);
    CHECK(json.value("refusal", "") == (i == 2 ? "duplicate_open_case" : ""));
    CHECK(json.contains("case_id") == (i != 2));
  }
  CHECK_FALSE(std::getline(lines, line));
  CHECK_THAT(world.metrics.text(), Catch::Contains("action=\"submit\",outcome=\"done\"} 2"));
}

TEST_CASE("applications as protobuf are answered as protobuf") {
  ApiWorld world;
  refuse_every_second(world);
  v1::SubmitInput input;
  input.add_applications()->set_origin_agency("S41132810207");
  const Got got = submit(world, input.SerializeAsString(), "application/x-protobuf");
  CHECK(got.response.content_type == "application/x-protobuf");
  v1::SubmitResults results;
  REQUIRE(results.ParseFromString(got.response.body));
  CHECK(results.results_size() == 1);
  CHECK(command_of(world).input->applications(0).origin_agency() == "S41132810207");
}

TEST_CASE("a letter that waits for a second person is answered with what is to be approved") {
  ApiWorld world;
  world.engine.answer = [](const Asking&) {
    auto made = std::make_shared<Case>();
    Proposal& proposal = made->proposals.emplace_back();
    proposal.number = 7;
    proposal.action = static_cast<uint8_t>(EventKind::kSendLetter);
    Answer answer;
    answer.submitted.push_back(SubmittedLetter{made->id, "", made});
    return answer;
  };
  const auto json = nlohmann::json::parse(submit(world, kOne).response.body);
  CHECK(json["proposal"] == 7);
  CHECK(json["digest"].get<std::string>().size() == 64);
  CHECK_FALSE(json.contains("letter_number"));
}

TEST_CASE("each application gets a case id of its own, in the order of the keys") {
  ApiWorld world;
  refuse_every_second(world);
  submit(world, std::string(kOne) + "\n" + kOne + "\n" + kOne);
  const auto& ids = command_of(world).case_ids;
  REQUIRE(ids.size() == 3);
  CHECK(ids[0] < ids[1]);
  CHECK(ids[1] < ids[2]);
}

TEST_CASE("nothing, too much and what cannot be read are refused whole") {
  ApiWorld world;
  CHECK(submit(world, "").status() == 400);
  CHECK(submit(world, "\xff\xff", "application/x-protobuf").status() == 400);
  const Got unreadable = submit(world, std::string(kOne) + "\n{\"no_such_field\":1}");
  CHECK(unreadable.status() == 400);
  CHECK_THAT(unreadable.response.body, Catch::Contains("line 2"));
  std::string many;
  for (size_t i = 0; i <= limits::kSubmitMax; ++i) many += "{}\n";
  CHECK(submit(world, many).status() == 400);
  CHECK(world.engine.commands.empty());
}

TEST_CASE("a submission that the engine refuses whole is a problem, not an empty answer") {
  ApiWorld world;
  world.engine.answer = [](const Asking&) {
    Answer answer;
    answer.rejection = Rejection{Refusal::kStorageLow, ""};
    return answer;
  };
  const Got got = world.ask("POST", "/v1/letters:submit", As::kSystem, "{}\n");
  CHECK(got.status() == 507);
  CHECK(got.header("Retry-After") == "10");
}

TEST_CASE("a clerk may not submit in bulk, a local system may") {
  ApiWorld world;
  refuse_every_second(world);
  CHECK(submit(world, kOne, "", As::kClerk).status() == 403);
  CHECK(submit(world, kOne, "", As::kSystem).status() == 200);
}

}  // namespace
}  // namespace jiexu::submit_test
