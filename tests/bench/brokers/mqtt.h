// The little of MQTT 3.1.1 that the load needs, over a plain socket on loopback: the usual client
// library costs more than the broker that is to be measured. Not thread-safe.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace jiexu::bench {

enum class MqttPacket : uint8_t {
  kConnect = 1,
  kConnAck = 2,
  kPublish = 3,
  kPubRec = 5,
  kPubRel = 6,
  kPubComp = 7,
  kSubscribe = 8,
  kSubAck = 9,
};

class MqttConnection {
 public:
  // The packet's kind and what follows its fixed header.
  using Hear = std::function<void(MqttPacket kind, std::string_view rest)>;

  explicit MqttConnection(Hear hear) : hear_(std::move(hear)) {}
  ~MqttConnection();
  MqttConnection(const MqttConnection&) = delete;
  MqttConnection& operator=(const MqttConnection&) = delete;

  // Waits for the broker's word. A session that is not clean outlives the connection.
  bool connect(const std::string& port, const std::string& client_id, bool clean_session);
  // At QoS 2.
  void subscribe(std::string_view topic);
  void publish(std::string_view topic, uint16_t packet_id, std::string_view message);
  // PUBREC, PUBREL or PUBCOMP.
  void answer(MqttPacket kind, uint16_t packet_id);

  // Sends what is buffered and hears what comes; waits for something, at most so long.
  bool turn(std::chrono::microseconds wait);

 private:
  void append(MqttPacket kind, uint8_t flags, std::string_view rest);
  bool send_some();
  bool receive_some();
  void hear_packets();

  Hear hear_;
  int fd_ = -1;
  bool accepted_ = false;
  std::string out_, in_;
  size_t sent_ = 0;
};

inline uint16_t mqtt_u16(std::string_view bytes) {
  return static_cast<uint16_t>(static_cast<uint8_t>(bytes[0]) << 8 |
                               static_cast<uint8_t>(bytes[1]));
}

}  // namespace jiexu::bench
