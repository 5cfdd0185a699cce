// The load itself, against a broker that does what the test says.
#include "tests/bench/brokers/load.h"

#include <atomic>
#include <catch2/catch.hpp>
#include <map>
#include <thread>

#include "tests/bench/brokers/message.h"

namespace jiexu::bench::load_test {
namespace {

using std::chrono::microseconds;

// Acknowledges everything at once, until it is told to lose its connections.
class ObedientBroker : public Broker {
 public:
  Pace pace() const override { return at; }
  bool prepare() override { return true; }
  std::unique_ptr<Publisher> publisher() override;
  std::unique_ptr<Reader> reader(bool) override { return nullptr; }
  std::optional<uint64_t> count_at_b() override { return std::nullopt; }

  Pace at{.batch = 7, .window = 20};
  std::map<uint64_t, int> handed_in;  // how often, by id
  size_t in_flight_max = 0;
  std::atomic<int64_t> at_b{0};  // what the test has told the load
  int64_t ahead_max = 0;         // of it
  size_t lose_after = SIZE_MAX;  // messages, then the connection is lost once
  size_t connections = 0;
};

class ObedientPublisher : public Publisher {
 public:
  explicit ObedientPublisher(ObedientBroker& broker) : broker_(broker) { ++broker.connections; }

  bool publish(uint64_t first, size_t count) override {
    for (uint64_t id = first; id < first + count; ++id) {
      ++broker_.handed_in[id];
      open_.push_back(id);
    }
    broker_.ahead_max = std::max(broker_.ahead_max, std::ssize(broker_.handed_in) - broker_.at_b);
    broker_.in_flight_max = std::max(broker_.in_flight_max, open_.size());
    if (broker_.handed_in.size() < broker_.lose_after) return true;
    broker_.lose_after = SIZE_MAX;
    return false;
  }

  // Every other turn, so that windows fill.
  bool collect(microseconds, std::vector<uint64_t>& acknowledged) override {
    answering_ = !answering_;
    if (!answering_) return true;
    acknowledged.insert(acknowledged.end(), open_.begin(), open_.end());
    open_.clear();
    return true;
  }

 private:
  ObedientBroker& broker_;
  std::vector<uint64_t> open_;
  bool answering_ = false;
};

std::unique_ptr<Publisher> ObedientBroker::publisher() {
  return std::make_unique<ObedientPublisher>(*this);
}

TEST_CASE("every message is handed in once and acknowledged") {
  ObedientBroker broker;
  Load load(broker, {.first = 100, .messages = 500});
  REQUIRE(load.connect());
  load.run();
  CHECK(broker.handed_in.size() == 500);
  CHECK(broker.handed_in.begin()->first == 100);
  for (const auto& [id, times] : broker.handed_in) CHECK(times == 1);
  CHECK(load.acknowledged() == 500);
}

TEST_CASE("no more than the window is without acknowledgement") {
  ObedientBroker broker;
  Load load(broker, {.messages = 500});
  REQUIRE(load.connect());
  load.run();
  CHECK(broker.in_flight_max > 7);
  CHECK(broker.in_flight_max <= 20);
}

TEST_CASE("the load waits for the receiver when it is too far ahead of it") {
  ObedientBroker broker;
  broker.at.lag_max = 30;
  Load load(broker, {.messages = 500});
  REQUIRE(load.connect());
  std::thread loading([&] { load.run(); });
  while (broker.at_b < 500) {
    broker.at_b += 10;
    load.at_b(static_cast<uint64_t>(broker.at_b));
    std::this_thread::yield();
  }
  loading.join();
  CHECK(load.acknowledged() == 500);
  CHECK(broker.ahead_max <= 30);
}

TEST_CASE("after a lost connection nothing is handed in again, and the rest goes on") {
  ObedientBroker broker;
  broker.lose_after = 200;
  Load load(broker, {.messages = 500, .reconnect = true});
  REQUIRE(load.connect());
  load.run();
  CHECK(load.lost_connection());
  CHECK(broker.connections == 2);
  CHECK(broker.handed_in.size() == 500);
  for (const auto& [id, times] : broker.handed_in) CHECK(times == 1);
  CHECK(load.acknowledged() < 500);
  CHECK(load.acknowledged() >= 500 - broker.in_flight_max);
}

TEST_CASE("without reconnecting a lost connection ends the load") {
  ObedientBroker broker;
  broker.lose_after = 200;
  Load load(broker, {.messages = 500});
  REQUIRE(load.connect());
  load.run();
  CHECK(load.lost_connection());
  CHECK(broker.handed_in.size() < 500);
}

TEST_CASE("an open load counts each message from when it was due, not from when it went") {
  ObedientBroker broker;
  Load load(broker, {.messages = 50, .per_second = 10'000});
  REQUIRE(load.connect());
  load.run();
  for (size_t n = 1; n < 50; ++n) {
    CHECK(load.due()[n] - load.due()[n - 1] == Approx(1e-4).epsilon(0.01));
    CHECK(load.accepted()[n] >= load.due()[n]);
  }
}

TEST_CASE("a message is recognised, and nothing else is") {
  for (const size_t bytes : {kMessageBytesMin, size_t{300}, size_t{1024}}) {
    std::string message;
    append_message(message, 12345, bytes);
    CHECK(message.size() == bytes);
    CHECK(message_id(message) == 12345);
    message.back() = static_cast<char>(message.back() ^ 1);
    CHECK(message_id(message) != 12345);
  }
  CHECK(!message_id(""));
  CHECK(!message_id(std::string(300, 'x')));
}

}  // namespace
}  // namespace jiexu::bench::load_test
