// GET /v1/ledger/comparisons, and the gauges.
#include "daemon/reconciliation/rules/comparison.h"

#include "daemon/ledger/ledger.h"
#include "tests/api/api_world.h"

namespace jiexu::comparison_test {
namespace {

const AgencyId kPeer = *AgencyId::parse(ApiWorld::kPeer);
const std::string kPath = std::string("/v1/ledger/comparisons/") + ApiWorld::kPeer;
const Date kYesterday = *Date::parse("2026-09-20");  // of FixedClock

v1::ComparisonRecord compared() {
  v1::ComparisonRecord record;
  record.set_seq(7);
  record.set_rows(3);
  record.set_sums_judged(true);
  v1::CountComparedRecord* count = record.add_counts();
  count->set_kind(v1::Message::kFundsAck);
  count->set_ours(2);
  count->set_theirs(2);
  v1::AccountComparedRecord* account = record.add_accounts();
  account->set_account(static_cast<uint32_t>(LedgerAccount::kSettled));
  account->set_theirs_fen(-5);
  conclude(record);
  return record;
}

TEST_CASE("a day's comparison is shown with its counts and accounts by name") {
  ApiWorld world;
  v1::LinkRecord link;
  link.set_receipted_seq(9);
  link.mutable_said()->set_day(20260920);
  link.mutable_said()->set_last_part_seq(9);
  world.put_link(kPeer, link);
  world.put_comparison(kPeer, kYesterday, compared());
  const Got got = world.ask("GET", kPath, As::kAuditor);
  REQUIRE(got.status() == 200);
  const auto json = got.json();
  CHECK(json["outcome"] == "agrees");
  CHECK(json["day"] == "2026-09-20");
  CHECK(json["rows"] == "3");
  CHECK(json["counts"][0]["message"] == "funds_ack");
  CHECK(json["accounts"][0]["account"] == "settled");
  CHECK(json["accounts"][0]["theirs_fen"] == "-5");
  CHECK(json["own"]["day"] == "2026-09-20");
  CHECK(json["own"]["receipted"] == true);
}

TEST_CASE(
    "every difference is shown with its name, its sentence and the side that lacks something") {
  ApiWorld world;
  world.put_link(kPeer, {});
  v1::ComparisonRecord record = compared();
  for (int i = 1; i <= static_cast<int>(kDifferenceLast); ++i) {
    add_difference(static_cast<Difference>(i), 1, 2, record);
  }
  conclude(record);
  world.put_comparison(kPeer, kYesterday, record);
  const auto json = world.ask("GET", kPath + "?day=2026-09-20", As::kAuditor).json();
  CHECK(json["outcome"] == "differs");
  REQUIRE(json["differences"].size() == static_cast<size_t>(kDifferenceLast));
  for (int i = 1; i <= static_cast<int>(kDifferenceLast); ++i) {
    const auto& difference = json["differences"][static_cast<size_t>(i - 1)];
    CHECK(difference["name"] == std::string(name(static_cast<Difference>(i))));
    CHECK_FALSE(difference["text"].get<std::string>().empty());
  }
  CHECK(json["differences"][5]["side"] == "ours");    // their-messages: fewer here
  CHECK(json["differences"][8]["side"] == "theirs");  // case-not-listed
}

TEST_CASE("a day without a statement is silent, and names the next one") {
  ApiWorld world;
  world.put_link(kPeer, {});
  auto json = world.ask("GET", kPath + "?day=2026-09-18", As::kAuditor).json();
  CHECK(json["outcome"] == "silent");
  CHECK(json["next_day"] == "");
  world.put_comparison(kPeer, kYesterday, compared());
  json = world.ask("GET", kPath + "?day=2026-09-18", As::kAuditor).json();
  CHECK(json["next_day"] == "2026-09-20");
}

TEST_CASE("who was never linked is unknown, and a day or agency that is none is refused") {
  ApiWorld world;
  CHECK(world.ask("GET", kPath, As::kAuditor).status() == 404);
  CHECK(world.ask("GET", kPath + "?day=20260920", As::kAuditor).status() == 400);
  CHECK(world.ask("GET", kPath + "?days=2026-09-20", As::kAuditor).status() == 400);
  CHECK(world.ask("GET", "/v1/ledger/comparisons/nobody", As::kAuditor).status() == 400);
}

TEST_CASE("the gauges tell of the newest comparison with each peer") {
  ApiWorld world;
  world.put_link(kPeer, {});
  v1::ComparisonRecord differs = compared();
  add_difference(Difference::kDue, 1, 2, differs);
  world.put_comparison(kPeer, *Date::parse("2026-09-19"), compared());
  world.put_comparison(kPeer, kYesterday, differs);
  const std::string text = world.ask("GET", "/metrics", As::kNobody).response.body;
  const std::string label = std::string("{peer=\"") + ApiWorld::kPeer + "\"} ";
  CHECK(text.find("jiexu_comparison_differences" + label + "1\n") != std::string::npos);
  CHECK(text.find("jiexu_comparison_day_seconds" + label) != std::string::npos);
}

}  // namespace
}  // namespace jiexu::comparison_test
