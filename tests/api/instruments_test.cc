#include "daemon/api/instruments.h"

#include "tests/api/api_world.h"

namespace jiexu {
namespace {

const AgencyId kPeer = *AgencyId::parse(ApiWorld::kPeer);

TEST_CASE("what the engine tells becomes counters by peer") {
  Metrics metrics;
  MetricsObserver observer(metrics);
  observer.message_sent(kPeer, v1::Message::kLetter);
  observer.message_sent(kPeer, v1::Message::kClose);
  observer.message_received(kPeer, v1::Message::kLetter);
  observer.receipt_received(kPeer, 5);
  observer.quarantined(kPeer, v1::FAULT_CODE_REPLAYED);
  observer.frame_refused(kPeer, "gap");
  observer.alarm(kPeer, "diverged");
  observer.case_closed(Side::kOut, Relationship::kOutDone);
  observer.committed(3, 100);
  const std::string text = metrics.text();
  for (const char* line :
       {"jiexu_messages_out_total{peer=\"S41132810207\"} 2",
        "jiexu_messages_in_total{peer=\"S41132810207\"} 1",
        "jiexu_messages_receipted_total{peer=\"S41132810207\"} 5",
        "jiexu_quarantined_total{peer=\"S41132810207\",reason=\"FAULT_CODE_REPLAYED\"} 1",
        "jiexu_frames_refused_total{peer=\"S41132810207\"} 1",
        "jiexu_alarms_total{peer=\"S41132810207\"} 1",
        "jiexu_cases_closed_total{end=\"OUT_DONE\",side=\"OUT\"} 1", "jiexu_commits_total 1",
        "jiexu_commit_bytes_total 100"}) {
    CHECK_THAT(text, Catch::Contains(line));
  }
}

TEST_CASE("a timed store is the store, and counts each commit") {
  MemoryStore store;
  Metrics metrics;
  TimedStore timed(store, metrics);
  Batch batch;
  batch.put(Family::kMeta, "a", "1");
  REQUIRE(timed.commit(batch));
  CHECK(timed.lsn() == store.lsn());
  CHECK(timed.get(Family::kMeta, "a")->value() == "1");
  CHECK(timed.snapshot()->get(Family::kMeta, "a")->value() == "1");
  int seen = 0;
  const Visitor count = [&](std::string_view, std::string_view) { return ++seen > 0; };
  REQUIRE(timed.scan(Family::kMeta, "", "z", count));
  REQUIRE(timed.scan_back(Family::kMeta, "", "z", count));
  CHECK(seen >= 2);
  CHECK_THAT(metrics.text(), Catch::Contains("jiexu_commit_seconds_count 1"));
}

TEST_CASE("a scrape asks the engine once for the queues and shows them the next time") {
  ApiWorld world;
  world.engine.hold = true;
  for (int i = 0; i < 3; ++i) CHECK(world.ask("GET", "/metrics", Role::kNobody).status() == 200);
  REQUIRE(world.engine.commands.size() == 1);
  Answer answer;
  v1::PeerView* peer = answer.peers.add_peers();
  peer->set_agency(ApiWorld::kPeer);
  peer->set_queued(7);
  peer->set_oldest_unreceipted_ms(1500);
  world.engine.commands[0].done(answer);
  const std::string text = world.ask("GET", "/metrics", Role::kNobody).response.body;
  CHECK_THAT(text, Catch::Contains("jiexu_queue_depth{peer=\"S41132810207\"} 7"));
  CHECK_THAT(text, Catch::Contains("jiexu_oldest_unreceipted_seconds{peer=\"S41132810207\"} 1.5"));
  CHECK(world.engine.commands.size() == 2);
}

}  // namespace
}  // namespace jiexu
