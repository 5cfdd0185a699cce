// The carrier of the daemon: ZeroMQ over TCP, each connection authenticated and encrypted by CURVE.
//
// One thread owns all sockets of a ZeroMQ context of its own:
//   ROUTER   the listener, to which peers connect: their kForward comes in, our kReply goes out
//   DEALER   one for each peer of the directory, connected to it with its key pinned: our kForward
//            goes out, its kReply comes in
//   REP      answers libzmq's question who may connect (zap.h)
//
// Who sent a frame is what ZAP said when the connection was made, checked again on every frame
// against the directory of this moment; routing ids, which peers choose themselves, mean nothing. A
// frame is exactly one message part; anything else is dropped and counted.
//
// It promises nothing about arrival. Sending never blocks: what finds no connection or no room in
// the socket's queue (twice a window of frames) is dropped and counted. A connection that makes
// libzmq hold too much, such as with a message that never ends, is cut (connection_watch.h); the
// service's MemoryMax stands behind that.
//
// It fails closed: if the thread cannot go on, all sockets are closed at once and on_fatal is
// called.
#pragma once

#include <memory>
#include <string>

#include "daemon/base/ids.h"
#include "daemon/base/result.h"
#include "daemon/base/time.h"
#include "daemon/link/connection_watch.h"
#include "daemon/link/transport.h"
#include "daemon/link/zap.h"
#include "daemon/trust/directory.h"

namespace jiexu {

struct ZmqOptions {
  AgencyId self;
  std::string transport_secret;  // 32 raw bytes each, of the keyring
  std::string transport_public;
  std::string bind_endpoint;  // "tcp://10.0.0.5:7401"; "tcp://127.0.0.1:*" takes a free port
  std::shared_ptr<const Directory> directory;
};

// All are called on the transport's thread and must not block. None may call stop().
struct ZmqHandlers {
  FrameHandler on_frame;
  // Asked before each frame is read. While false nothing is read from peers, so that their queues
  // fill and they stop sending; asked again every millisecond. Connections are still answered.
  std::function<bool()> may_receive;
  // Our connection to this peer came up: a good moment for what could not be sent.
  std::function<void(AgencyId peer)> on_connected;
  // The transport has closed its sockets and will do nothing more.
  std::function<void(const Error& error)> on_fatal;
};

enum class ConnectionState : uint8_t { kDown = 0, kUp = 1 };

struct TransportStats {
  ConnectionState connection = ConnectionState::kDown;  // ours to the peer
  uint64_t frames_in = 0;
  uint64_t frames_out = 0;  // handed to libzmq
  uint64_t bytes_in = 0;
  uint64_t bytes_out = 0;
  uint64_t frames_dropped = 0;      // outgoing: no connection, no room
  uint64_t handshake_failures = 0;  // of our connection: wrong key at either end, peer refuses us
  Instant last_frame_at;            // incoming; 0 if there was none
};

struct ListenerStats {
  ZapCounters zap{};                // connections by verdict
  uint64_t handshake_failures = 0;  // of clients, refused ones included
  uint64_t strangers = 0;           // that have gone without one whole message; not those cut
  uint64_t frames_refused = 0;      // of a sender that the directory does not, or no longer, know
  uint64_t frames_malformed = 0;    // more than one part
  std::array<uint64_t, ConnectionWatch::kReasons> cut{};  // connections that we ended, by reason
};

class ZmqTransport final : public Transport {
 public:
  // Binds and starts the thread. Peers that cannot be reached are no error.
  // Errors: kInvalid (options), kIo (cannot bind).
  static Result<std::unique_ptr<ZmqTransport>> start(ZmqOptions options, ZmqHandlers handlers);
  ~ZmqTransport() override;

  // Closes everything and joins the thread; what was not sent is lost. May be called twice.
  void stop();

  void send(AgencyId peer, Lane lane, FrameBytes frame) override;

  // When this returns, no frame of a peer or key that `directory` lacks reaches on_frame any more,
  // except one that is there already. New, changed and removed peers are (dis)connected soon after.
  void set_directory(std::shared_ptr<const Directory> directory);

  const std::string& bound_endpoint() const;
  TransportStats stats(AgencyId peer) const;
  ListenerStats listener_stats() const;

 private:
  struct Parts;
  explicit ZmqTransport(std::unique_ptr<Parts> parts);
  const std::unique_ptr<Parts> parts_;
};

}  // namespace jiexu
