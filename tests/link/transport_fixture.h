// Agencies on loopback for the tests of the transport: real ones, and raw ZeroMQ clients that do
// what a real one never would.
#pragma once

#include <zmq.h>

#include <atomic>
#include <catch2/catch.hpp>
#include <cstring>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "daemon/link/zmq_socket.h"
#include "daemon/link/zmq_transport.h"
#include "daemon/trust/key_text.h"

namespace jiexu {

inline const AgencyId kA = *AgencyId::parse("S41132810207");
inline const AgencyId kB = *AgencyId::parse("S35050010301");
inline const AgencyId kC = *AgencyId::parse("S44010010101");

// A port on which nobody listens.
inline const std::string kNowhere = "tcp://127.0.0.1:1";

// Waits for what must come true; the bound is for a machine that hangs, not for a slow one.
inline bool eventually(const std::function<bool()>& condition) {
  for (int i = 0; i < 20000; ++i) {
    if (condition()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return false;
}

inline CurveKeys new_keys() {
  char pub[41], secret[41];
  REQUIRE(zmq_curve_keypair(pub, secret) == 0);
  return {from_z85(secret).value(), from_z85(pub).value()};
}

inline Agency agency(AgencyId id, const std::string& transport_key, const std::string& endpoint) {
  Agency out;
  out.id = id;
  out.name = "Example " + id.str();
  out.endpoint = endpoint;
  out.transport_key = transport_key;
  out.signing_keys = {PublicKey{SuiteId::kEd25519, id.str() + std::string(20, 'k')}};
  return out;
}

struct ReceivedFrame {
  AgencyId peer;
  Lane lane;
  std::string bytes;
  bool operator==(const ReceivedFrame&) const = default;
};

// A running transport and what it received. It starts with nobody in its directory but itself.
class Node {
 public:
  explicit Node(AgencyId self, const std::string& endpoint = "tcp://127.0.0.1:*")
      : Node(self, new_keys(), endpoint) {}

  Node(AgencyId self, CurveKeys with_keys, const std::string& endpoint)
      : id(self), keys(std::move(with_keys)) {
    ZmqOptions options{self, keys.secret, keys.pub, endpoint,
                       Directory::make({agency(self, keys.pub, kNowhere)}).value()};
    auto started = ZmqTransport::start(std::move(options),
                                       {.on_frame =
                                            [this](AgencyId peer, Lane lane, std::string frame) {
                                              const std::lock_guard lock(mutex_);
                                              frames_.push_back({peer, lane, std::move(frame)});
                                            },
                                        .may_receive = [this] { return receiving.load(); },
                                        .on_connected = [this](AgencyId) { ++connects; },
                                        .on_fatal = [this](const Error&) { ++fatal_errors; }});
    REQUIRE(started);
    transport = std::move(*started);
  }

  ~Node() {
    transport->stop();
    CHECK(fatal_errors == 0);
  }

  Agency entry() const { return agency(id, keys.pub, transport->bound_endpoint()); }

  void know(std::vector<Agency> others) {
    others.push_back(entry());
    transport->set_directory(Directory::make(std::move(others)).value());
  }

  void send(AgencyId peer, Lane lane, const std::string& bytes) {
    transport->send(peer, lane, std::make_shared<const std::string>(bytes));
  }

  bool is_connected_to(AgencyId peer) const {
    return transport->stats(peer).connection == ConnectionState::kUp;
  }

  std::vector<ReceivedFrame> frames() const {
    const std::lock_guard lock(mutex_);
    return frames_;
  }

  bool receives(size_t count) const {
    return eventually([&] { return frames().size() >= count; });
  }

  const AgencyId id;
  const CurveKeys keys;
  std::atomic<bool> receiving = true;
  std::atomic<int> connects = 0;
  std::atomic<int> fatal_errors = 0;
  std::unique_ptr<ZmqTransport> transport;

 private:
  mutable std::mutex mutex_;
  std::vector<ReceivedFrame> frames_;
};

// A DEALER that connects to a listener with any key and sends anything.
class RawClient {
 public:
  RawClient(const CurveKeys& keys, const std::string& server_key, const std::string& endpoint,
            const std::string& routing_id = "")
      : socket_(open_connector(context_, keys, server_key).value()),
        monitor_(open_monitor(context_, socket_, "events").value()) {
    const int may_queue = 0;
    REQUIRE(zmq_setsockopt(socket_.get(), ZMQ_IMMEDIATE, &may_queue, sizeof(may_queue)) == 0);
    if (!routing_id.empty()) {
      REQUIRE(zmq_setsockopt(socket_.get(), ZMQ_ROUTING_ID, routing_id.data(), routing_id.size()) ==
              0);
    }
    REQUIRE(connect(socket_, endpoint));
  }

  RawClient(const CurveKeys& keys, const Node& server, const std::string& routing_id = "")
      : RawClient(keys, server.keys.pub, server.transport->bound_endpoint(), routing_id) {}

  void send(const std::vector<std::string>& parts) {
    bool sent = true;
    for (size_t i = 0; i < parts.size() && sent; ++i) {
      ZmqMessage part{std::string_view(parts[i])};
      sent = part.send(socket_, i + 1 < parts.size() ? ZMQ_SNDMORE : 0);
    }
    REQUIRE(sent);
  }

  void send_when_there_is_room(const std::string& frame) {
    REQUIRE(eventually([&] { return ZmqMessage{std::string_view(frame)}.send(socket_); }));
  }

  // The next event of the connection (ZMQ_EVENT_...) besides that TCP has connected; 0 if none
  // comes.
  int next_event() {
    uint16_t event = 0;
    const bool came = eventually([&] {
      ZmqMessage head, address;
      if (!head.receive(monitor_)) return false;
      std::memcpy(&event, head.bytes().data(), sizeof(event));
      return address.receive(monitor_) && event != ZMQ_EVENT_CONNECTED;
    });
    return came ? event : 0;
  }

  bool has_event() {
    ZmqMessage head;
    return head.receive(monitor_);
  }

  // The next frame that the other side sends; empty if none comes.
  std::string next_frame() {
    ZmqMessage frame;
    return eventually([&] { return frame.receive(socket_); }) ? std::string(frame.bytes()) : "";
  }

 private:
  ZmqContext context_;
  ZmqSocket socket_;
  ZmqSocket monitor_;
};

}  // namespace jiexu
