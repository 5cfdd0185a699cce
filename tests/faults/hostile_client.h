// Somebody at an agency's link port who holds any keys it likes and says anything.
#pragma once

#include <netinet/in.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "daemon/link/frame.h"
#include "daemon/link/zmq_socket.h"

namespace jiexu::faults {

// Whom to attack.
struct Target {
  uint16_t port = 0;
  std::string server_key;  // CURVE, 32 raw bytes
  std::string endpoint() const { return "tcp://127.0.0.1:" + std::to_string(port); }
};

CurveKeys random_keys();

// A TCP connection without ZeroMQ. Errors show in nothing being sent.
class RawSocket {
 public:
  explicit RawSocket(const Target& target);
  ~RawSocket();
  RawSocket(RawSocket&& other) noexcept;
  RawSocket& operator=(RawSocket&& other) noexcept;

  void write(std::string_view bytes);
  // Whether the other side still has it open.
  bool is_open() const;

 private:
  int fd_;
};

// Clients that each try one handshake that must fail.
class BadHandshakes {
 public:
  enum class Kind { kUnknownKey, kWrongServerKey, kPlain, kNoSecurity };
  explicit BadHandshakes(Target target) : target_(std::move(target)) {}

  void add(Kind kind);
  void hang_up() { sockets_.clear(); }

 private:
  Target target_;
  ZmqContext context_;
  std::vector<ZmqSocket> sockets_;
};

// A DEALER under CURVE, connected to the target, or (`serving`) one that the target connects to.
class HostileClient {
 public:
  HostileClient(const Target& target, const CurveKeys& keys, const std::string& routing_id = "");
  // One to whom others connect.
  static std::unique_ptr<HostileClient> serving(const CurveKeys& keys);
  uint16_t port() const;

  // Waits for room, at most 10 s; false if there was none.
  bool send(std::string_view frame) { return part(frame, 0); }
  // One message of so many parts.
  bool send_parts(size_t count, size_t bytes);
  // Waits until a connection has ended. libzmq aborts the process (session_base.cpp, clean_pipes())
  // if that happens in the middle of a message of many parts after the client has been closed.
  void await_end();
  std::optional<std::string> receive(double seconds_max);
  // The next frame of kind T; others are skipped.
  template <class T>
  std::optional<T> await(double seconds_max) {
    while (auto bytes = receive(seconds_max)) {
      auto frame = decode_frame(share(std::move(*bytes)));
      if (frame && std::holds_alternative<T>(*frame)) return std::get<T>(std::move(*frame));
    }
    return std::nullopt;
  }

 private:
  HostileClient() = default;
  bool part(std::string_view bytes, int flags);

  ZmqContext context_;
  ZmqSocket socket_;
  ZmqSocket monitor_;
};

}  // namespace jiexu::faults
