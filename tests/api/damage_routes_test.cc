// One record that cannot be read costs no list, no figure and no check, and is named.
#include "storage/layout.h"
#include "tests/api/api_world.h"

namespace jiexu::damage_routes_test {
namespace {

// An open case that is sound, and one whose record was damaged.
struct Damaged : ApiWorld {
  Case sound = draft();
  CaseId broken = *CaseId::parse("0191d5a0000070008000000000000002");

  Damaged() {
    put(sound);
    Batch batch;
    batch.put(Family::kCase, layout::case_key(broken, false), "no seal, no record");
    REQUIRE(store.commit(batch));
  }
  nlohmann::json get(const std::string& target) { return ask("GET", target, As::kAuditor).json(); }
};

}  // namespace

TEST_CASE("a list of cases with an unreadable one has the others, and says that one is missing") {
  Damaged world;
  const auto list = world.get("/v1/cases?open=1");
  REQUIRE(list["cases"].size() == 1);
  CHECK(list["cases"][0]["case_id"] == world.sound.id.str());
  CHECK(list["unreadable"] == "1");
  // The next look says so as well.
  CHECK(world.get("/v1/cases?open=1")["unreadable"] == "1");
  CHECK(world.get("/v1/overdue")["unreadable"] == "1");
  CHECK(world.get("/v1/proposals")["unreadable"] == "1");
  CHECK(world.ask("GET", "/v1/cases/" + world.broken.str(), As::kAuditor).status() == 500);
}

TEST_CASE("figures and the check of the books leave an unreadable case out, and say so") {
  Damaged world;
  CHECK(world.get("/v1/statistics/2026-11")["unreadable"] == "1");
  CHECK(world.get("/v1/ageing")["unreadable"] == "1");
  const auto check = world.get("/v1/ledger/check");
  CHECK(check["unreadable"] == "1");
  CHECK(check["sound"] == false);
  CHECK(check["cases"] == "1");
}

TEST_CASE("what waits is counted without an unreadable case, and that one is missing is said") {
  Damaged world;
  const auto queues = world.get("/v1/queues");
  CHECK(queues["unreadable"] == "1");
  CHECK(queues["proposals"]["cases"] == "0");
}

TEST_CASE("what was found unreadable is named, with its case") {
  Damaged world;
  world.get("/v1/cases?open=1");
  world.engine.answer = [](const Asking&) {
    Answer answer;
    answer.view = std::make_shared<v1::StoreView>();
    return answer;
  };
  const auto store = world.get("/v1/store");
  CHECK(store["unreadable_total"] == "1");
  CHECK(store["unreadable"][0]["family"] == "case");
  CHECK(store["unreadable"][0]["case_id"] == world.broken.str());
}

TEST_CASE("verifying the store reads all of it and notes what it finds") {
  Damaged world;
  Batch batch;
  const AgencyId peer = *AgencyId::parse(ApiWorld::kPeer);
  batch.put(Family::kLinkLog, layout::link_log_key(peer, layout::Direction::kOut, 1, 1),
            "no frame");
  REQUIRE(world.store.commit(batch));
  const auto found = world.get("/v1/store/verify");
  CHECK(found["unreadable_total"] == "2");
  CHECK(found["unreadable"][0]["family"] == "link_log");
  CHECK(found["unreadable"][0]["peer"] == peer.str());
  CHECK(found["unreadable"][1]["case_id"] == world.broken.str());
  CHECK(world.damage.size() == 2);
}

}  // namespace jiexu::damage_routes_test
