// Bounds what peers can make libzmq hold in memory. libzmq counts whole messages: neither
// ZMQ_MAXMSGSIZE (one part) nor ZMQ_RCVHWM (whole messages) stops a peer, authenticated though it
// is, that sends part after part of a message which never ends. So the transport counts for itself:
// what the kernel has received on a connection, less what was read from it as whole messages, is
// what libzmq and the kernel hold for it. A connection that holds too much is cut; libzmq then
// drops the unfinished message with it, and an honest peer connects again and goes on.
//
// It also keeps strangers, connections that have not brought one whole message yet, from using up
// the descriptors: of too many, the oldest go.
//
// Not thread-safe. libzmq owns the descriptors and may close one at any moment, so that a number
// can mean another connection for the instant until its event is read; before anything is cut, the
// address of its other end is compared with what it was.
#pragma once

#include <sys/socket.h>

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace jiexu {

class ConnectionWatch {
 public:
  using SteadyTime = std::chrono::steady_clock::time_point;

  enum class Side : uint8_t { kTheirs, kOurs };  // who connected
  enum class Reason : uint8_t { kUnread = 0, kUnreadInSum = 1, kStrangers = 2 };

  static constexpr size_t kReasons = 3;

  struct Cut {
    Reason reason;
    std::string address;  // of the other end: IP and port
    uint64_t unread_bytes = 0;
  };

  // Events of libzmq's monitor, in their order. opened() may have to cut a stranger.
  std::optional<Cut> opened(int fd, Side side, SteadyTime now);
  // Whether it was a stranger to the end.
  bool closed(int fd);
  // A whole message was read that came in on this connection; `wire_bytes` of all its parts.
  void message_read(int fd, uint64_t wire_bytes);

  // Cuts what holds too much. To be called every kLookEvery while there are connections.
  std::vector<Cut> look(SteadyTime now);
  bool empty() const { return connections_.empty(); }
  size_t strangers() const { return strangers_.size(); }

  // Times the speed of a fast peer this is some 50 MiB.
  static constexpr std::chrono::milliseconds kLookEvery{100};

  // What one part of `size` bytes takes on the wire under CURVE: 33 bytes inside of the frame
  // (ZeroMQ RFC 26: command, nonce, box, flags), 2 or 9 for its header (RFC 23).
  static uint64_t wire_bytes(size_t size) {
    const uint64_t boxed = size + 33;
    return boxed + (boxed > 255 ? 9 : 2);
  }

 private:
  struct Connection {
    Side side = Side::kTheirs;
    SteadyTime since;
    sockaddr_storage other_end{};
    uint64_t read_bytes = 0;
    std::optional<uint64_t> stranger;  // its place in strangers_
  };
  struct Held {
    uint64_t bytes;
    int fd;
  };

  uint64_t unread(int fd, const Connection& connection, SteadyTime now) const;
  void forget(std::map<int, Connection>::iterator connection);
  Cut cut(int fd, uint64_t unread_bytes, Reason reason);

  std::map<int, Connection> connections_;  // by descriptor
  std::map<uint64_t, int> strangers_;      // by age
  uint64_t next_stranger_ = 0;
};

const char* name(ConnectionWatch::Reason reason);

}  // namespace jiexu
