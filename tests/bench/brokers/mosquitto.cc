// Mosquitto: publishing at A with QoS 2; A's bridge passes the topic on to B with QoS 2; at B a
// session that outlives connections keeps messages for its reader. A message is acknowledged when
// A's PUBCOMP is there. Mosquitto keeps all this in memory and writes it down now and then.
// Addresses are ports on loopback.
#include <unistd.h>

#include <atomic>
#include <unordered_map>
#include <utility>

#include "daemon/base/check.h"
#include "tests/bench/brokers/broker.h"
#include "tests/bench/brokers/message.h"
#include "tests/bench/brokers/mqtt.h"

namespace jiexu::bench {
namespace {

constexpr std::string_view kTopic = "bench/out";
const char* const kReader = "agency-b";

std::string fresh_client_id() {
  static std::atomic<int> count{0};
  return "load" + std::to_string(::getpid()) + "-" + std::to_string(++count);
}

class MosquittoPublisher : public Publisher {
 public:
  MosquittoPublisher(const std::string& port, size_t bytes)
      : at_([this](MqttPacket kind, std::string_view rest) { hear(kind, rest); }), bytes_(bytes) {
    ready_ = at_.connect(port, fresh_client_id(), /*clean_session=*/true);
  }
  bool ready() const { return ready_; }

  bool publish(uint64_t first, size_t count) override {
    for (uint64_t id = first; id < first + count; ++id) {
      do ++last_packet_id_;
      while (last_packet_id_ == 0 || unfinished_.contains(last_packet_id_));
      unfinished_[last_packet_id_] = id;
      body_.clear();
      append_message(body_, id, bytes_);
      at_.publish(kTopic, last_packet_id_, body_);
    }
    return true;
  }

  bool collect(std::chrono::microseconds wait, std::vector<uint64_t>& acknowledged) override {
    const bool alive = at_.turn(wait);
    acknowledged.insert(acknowledged.end(), finished_.begin(), finished_.end());
    finished_.clear();
    return alive;
  }

 private:
  void hear(MqttPacket kind, std::string_view rest) {
    if (kind == MqttPacket::kPubRec) at_.answer(MqttPacket::kPubRel, mqtt_u16(rest));
    if (kind != MqttPacket::kPubComp) return;
    const auto found = unfinished_.find(mqtt_u16(rest));
    if (found == unfinished_.end()) return;
    finished_.push_back(found->second);
    unfinished_.erase(found);
  }

  MqttConnection at_;
  size_t bytes_;
  bool ready_ = false;
  std::string body_;
  uint16_t last_packet_id_ = 0;
  std::unordered_map<uint16_t, uint64_t> unfinished_;  // id by packet id
  std::vector<uint64_t> finished_;
};

class MosquittoReader : public Reader {
 public:
  explicit MosquittoReader(const std::string& port)
      : at_([this](MqttPacket kind, std::string_view rest) { hear(kind, rest); }) {
    if (!at_.connect(port, kReader, /*clean_session=*/false)) return;
    at_.subscribe(kTopic);
    for (int i = 0; i < 500 && !subscribed_; ++i) {
      if (!at_.turn(std::chrono::milliseconds(10))) return;
    }
  }
  // Lets the handshakes of what was read come to their end.
  ~MosquittoReader() override {
    while (subscribed_ && !under_way_.empty() && at_.turn(std::chrono::milliseconds(200))) {
      if (std::exchange(quiet_, true)) break;
    }
  }
  bool ready() const { return subscribed_; }

  bool read(std::chrono::microseconds wait, std::vector<uint64_t>& ids) override {
    if (arrived_.empty() && !at_.turn(wait)) return false;
    ids.insert(ids.end(), arrived_.begin(), arrived_.end());
    arrived_.clear();
    return true;
  }

 private:
  void hear(MqttPacket kind, std::string_view rest) {
    quiet_ = false;
    if (kind == MqttPacket::kSubAck) subscribed_ = true;
    if (kind == MqttPacket::kPubRel) {
      under_way_.erase(mqtt_u16(rest));
      at_.answer(MqttPacket::kPubComp, mqtt_u16(rest));
    }
    if (kind == MqttPacket::kPublish) take(rest);
  }

  // QoS 2 at the reader: a packet id between PUBLISH and PUBREL is one message, however often it
  // is sent.
  void take(std::string_view rest) {
    const size_t topic_size = mqtt_u16(rest);
    const uint16_t packet_id = mqtt_u16(rest.substr(2 + topic_size));
    const auto id = message_id(rest.substr(4 + topic_size));
    CHECK(id.has_value());
    if (under_way_.emplace(packet_id, *id).second) arrived_.push_back(*id);
    at_.answer(MqttPacket::kPubRec, packet_id);
  }

  MqttConnection at_;
  bool subscribed_ = false;
  bool quiet_ = false;
  std::unordered_map<uint16_t, uint64_t> under_way_;  // id by packet id
  std::vector<uint64_t> arrived_;
};

class Mosquitto : public Broker {
 public:
  explicit Mosquitto(Setup setup) : setup_(std::move(setup)) {}

  // The bridge of 2.0.11 stands still for good when more messages wait for it than may be in
  // flight (max_inflight_messages, 1,000 here); so no more are let wait.
  Pace pace() const override {
    return {.batch = 50, .window = 400, .lag_max = 900, .count_by_reading = true};
  }

  // The reader's session, so that what comes is kept for it.
  bool prepare() override { return MosquittoReader(setup_.b).ready(); }

  std::unique_ptr<Publisher> publisher() override {
    auto out = std::make_unique<MosquittoPublisher>(setup_.a, setup_.bytes);
    return out->ready() ? std::move(out) : nullptr;
  }

  std::unique_ptr<Reader> reader(bool) override {
    auto out = std::make_unique<MosquittoReader>(setup_.b);
    return out->ready() ? std::move(out) : nullptr;
  }

  std::optional<uint64_t> count_at_b() override { return std::nullopt; }

 private:
  Setup setup_;
};

}  // namespace

std::unique_ptr<Broker> make_broker(const Setup& setup) {
  return std::make_unique<Mosquitto>(setup);
}

}  // namespace jiexu::bench
