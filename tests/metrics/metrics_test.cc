// What the counters say after the engine or the transport has told of something.
#include <catch2/catch.hpp>
#include <ctime>

#include "daemon/metrics/listener_metrics.h"
#include "daemon/metrics/observer.h"

namespace jiexu::metrics_test {
namespace {

using Catch::Contains;

const AgencyId kPeer = *AgencyId::parse("S41132810207");

TEST_CASE("a request is counted by its route and status, and timed by its route") {
  Metrics metrics;
  metrics.count_http("/v1/cases/{id}", 200, 0.003);
  metrics.count_http("/v1/cases/{id}", 404, 0.001);
  const std::string text = metrics.text();
  CHECK_THAT(text,
             Contains("jiexu_http_requests_total{route=\"/v1/cases/{id}\",status=\"404\"} 1"));
  CHECK_THAT(text, Contains("jiexu_http_request_seconds_count{route=\"/v1/cases/{id}\"} 2"));
}

TEST_CASE("a peer's counters are there before anything has happened") {
  Metrics metrics;
  metrics.know_peer(kPeer);
  metrics.know_peer(kPeer);
  CHECK_THAT(metrics.text(), Contains("jiexu_alarms_total{peer=\"S41132810207\"} 0"));
  AlarmBoard alarms(metrics);
  MetricsObserver observer(metrics, alarms);
  CHECK_THAT(metrics.text(),
             Contains("jiexu_quarantined_total{reason=\"FAULT_CODE_BAD_CONTENT\"} 0"));
}

TEST_CASE("the process is told of under the names that every exporter uses") {
  Metrics metrics;
  const std::string text = metrics.text();
  const auto value = [&](const std::string& name) {
    const size_t at = text.find("\n" + name + " ");
    return at == std::string::npos ? -1.0 : std::stod(text.substr(at + name.size() + 2));
  };
  CHECK(value("process_resident_memory_bytes") > 1e6);
  CHECK(value("process_virtual_memory_bytes") >= value("process_resident_memory_bytes"));
  CHECK(value("process_open_fds") >= 3);
  CHECK(value("process_max_fds") >= value("process_open_fds"));
  CHECK(value("process_cpu_seconds_total") >= 0);
  const double now = static_cast<double>(std::time(nullptr));
  CHECK(value("process_start_time_seconds") > now - 86'400);
  CHECK(value("process_start_time_seconds") < now + 2);
  CHECK_THAT(text, Contains("jiexu_build_info{version=\""));
}

TEST_CASE("what the engine tells of is counted for its peer") {
  Metrics metrics;
  AlarmBoard alarms(metrics);
  MetricsObserver observer(metrics, alarms);
  observer.message_sent(kPeer, v1::Message::kLetter);
  observer.message_sent(kPeer, v1::Message::kLetter);
  observer.message_received(kPeer, v1::Message::kLetter);
  observer.quarantined(kPeer, v1::FAULT_CODE_BAD_CONTENT);
  const std::string text = metrics.text();
  CHECK_THAT(text, Contains("jiexu_messages_out_total{peer=\"S41132810207\"} 2"));
  CHECK_THAT(text, Contains("jiexu_messages_in_total{peer=\"S41132810207\"} 1"));
  CHECK_THAT(text, Contains("jiexu_quarantined_total{reason=\"FAULT_CODE_BAD_CONTENT\"} 1"));
}

TEST_CASE("an alarm begins once and ends once, and every kind is counted from zero") {
  Metrics metrics;
  AlarmBoard board(metrics);
  for (const AlarmKind kind : kAlarmKinds) {
    CHECK_THAT(metrics.text(),
               Contains("jiexu_alarms_standing{kind=\"" + std::string(name(kind)) + "\"} 0"));
  }
  const std::string count = "jiexu_alarms_total{peer=\"S41132810207\"} ";
  board.set(kPeer, AlarmKind::kSilent, std::nullopt, Instant{1});
  board.set(kPeer, AlarmKind::kSilent, "it does not answer", Instant{2});
  board.set(kPeer, AlarmKind::kSilent, "there is no connection", Instant{3});
  REQUIRE(board.list().size() == 1);
  CHECK(board.list()[0].since == Instant{2});
  CHECK(board.list()[0].text == "there is no connection");
  CHECK_THAT(metrics.text(), Contains(count + "1"));
  CHECK_THAT(metrics.text(), Contains("jiexu_alarms_standing{kind=\"silent\"} 1"));
  board.set(kPeer, AlarmKind::kSilent, std::nullopt, Instant{4});
  CHECK(board.list().empty());
  board.set(kPeer, AlarmKind::kSilent, "it does not answer", Instant{5});
  CHECK_THAT(metrics.text(), Contains(count + "2"));
}

TEST_CASE("alarms are listed by kind") {
  Metrics metrics;
  AlarmBoard board(metrics);
  board.set(kPeer, AlarmKind::kQuarantine, "a", Instant{1});
  board.set(kPeer, AlarmKind::kStopped, "b", Instant{2});
  REQUIRE(board.list().size() == 2);
  CHECK(board.list()[0].kind == AlarmKind::kStopped);
}

// The transport counts from its start on and is asked again and again.
TEST_CASE("what the transport has counted is added once, however often it is shown") {
  Metrics metrics;
  ListenerMetrics listener(metrics);
  ListenerStats stats;
  stats.strangers = 2;
  stats.zap[static_cast<size_t>(ZapVerdict::kUnknownKey)] = 3;
  listener.show(stats);
  listener.show(stats);
  stats.strangers = 5;
  listener.show(stats);
  const std::string text = metrics.text();
  CHECK_THAT(text, Contains("jiexu_strangers_total 5"));
  CHECK_THAT(text, Contains("jiexu_connections_total{verdict=\"" +
                            std::string(name(ZapVerdict::kUnknownKey)) + "\"} 3"));
}

TEST_CASE("each frame that is turned away is counted by its reason") {
  Metrics metrics;
  ListenerMetrics listener(metrics);
  for (int i = 0; i < 3; ++i) {
    listener.turned_away(kPeer, {v1::REFUSE_REASON_BUSY, "too much", std::nullopt});
  }
  CHECK_THAT(metrics.text(), Contains("reason=\"REFUSE_REASON_BUSY\"} 3"));
}

}  // namespace
}  // namespace jiexu::metrics_test
