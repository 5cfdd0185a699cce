// The list of work and who sees to what, at the API.
#include "daemon/casework/work_list.h"
#include "tests/api/api_world.h"

namespace jiexu::work_test {
namespace {

const std::string kCase = "/v1/cases/0191d5a0-0000-7000-8000-000000000001";

// A draft that is to be accepted on 2026-11-24, and its row.
Case with_row(ApiWorld& world) {
  Case subject = world.draft();
  subject.person.set_name("欧阳小明");
  subject.deadlines.push_back({DeadlineKind::kAcceptDue, {2026, 11, 20}, Date{2026, 11, 24}});
  world.put(subject);
  Batch batch;
  for (const RecordKey& key : duty_keys(subject)) batch.put(Family::kIndex, key, "");
  REQUIRE(world.store.commit(batch));
  return subject;
}

TEST_CASE("a row of work says what is to be done until when, and no whole name") {
  ApiWorld world;
  with_row(world);
  const Got got = world.ask("GET", "/v1/work?ours=1", As::kAuditor);
  CHECK(got.status() == 200);
  CHECK(got.response.body.find("欧阳") == std::string::npos);
  const nlohmann::json row = got.json()["rows"].at(0);
  CHECK(row["person"] == "欧***");
  CHECK(row["duty"] == "accept-due");
  CHECK(row["due_on"] == "2026-11-24");
  CHECK(row["ours"] == true);
}

TEST_CASE("a filter that is none is refused by name") {
  ApiWorld world;
  const std::string query =
      GENERATE(as<std::string>(), "side=UP", "peer=S1", "due_before=tomorrow", "duty=dance",
               "state=DRAFTY", "state=DRAFT,", "mine=yes", "after=00", "limit=0", "colour=red");
  CAPTURE(query);
  CHECK(world.ask("GET", "/v1/work?" + query, As::kAuditor).status() == 400);
}

TEST_CASE("work is found by any of several states") {
  ApiWorld world;
  with_row(world);
  const auto rows = [&](const std::string& states) {
    return world.ask("GET", "/v1/work?state=" + states, As::kAuditor).json()["rows"].size();
  };
  CHECK(rows("DRAFT") == 1);
  CHECK(rows("ACCEPTED,DRAFT") == 1);
  CHECK(rows("ACCEPTED,DONE") == 0);
}

TEST_CASE("a clerk takes what nobody sees to; what another sees to is a reviewer's to give") {
  ApiWorld world;
  Case subject = with_row(world);
  CHECK(world.ask("POST", kCase + "/assign", As::kClerk, R"({"claim":true})").status() == 200);
  const auto& claim = std::get<AssignCommand>(world.engine.commands.at(0).what);
  CHECK(claim.to == "u-clerk");
  CHECK(claim.seen.empty());

  subject.assignee = "u-reviewer";
  world.put(subject);
  CHECK(world.ask("POST", kCase + "/assign", As::kClerk, R"({"claim":true})").status() == 403);
  CHECK(world.ask("POST", kCase + "/assign", As::kReviewer, R"({"to":"u-clerk"})").status() == 200);
  CHECK(std::get<AssignCommand>(world.engine.commands.at(1).what).seen == "u-reviewer");
  for (const char* nobody :
       {R"({"to":"nobody"})", R"({"to":"u-auditor"})", R"({"to":"u-system"})"}) {
    CHECK(world.ask("POST", kCase + "/assign", As::kReviewer, nobody).status() == 400);
  }
}

TEST_CASE("a case is named by its letter or the beginning of its id") {
  ApiWorld world;
  const Case subject = with_row(world);
  for (const char* named : {"0191d5a0-0000-7000-8000-000000000001", "0191d5a0-0000-7000",
                            "0191d5a0", "0191d5a000007000800"}) {
    INFO(named);
    CHECK(world.ask("GET", std::string("/v1/cases/") + named, As::kAuditor).status() == 200);
  }
  for (const char* named :
       {"0191d5", "0191d5a1", "0191d5a01", "0191d5a0-1", "nobody", "41132807261120000079"}) {
    INFO(named);
    CHECK(world.ask("GET", std::string("/v1/cases/") + named, As::kAuditor).status() == 404);
  }
  Case other = world.draft();
  other.id = *CaseId::parse("0191d5a0000070008000000000000002");
  world.put(other);
  CHECK(world.ask("GET", "/v1/cases/0191d5a0", As::kAuditor).json()["code"] == "ambiguous_case");
}

}  // namespace
}  // namespace jiexu::work_test
