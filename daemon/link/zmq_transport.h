// A carrier: ZeroMQ over TCP, each connection authenticated and encrypted by CURVE. In the daemon
// its loop (zmq_loop.h) runs in a process of its own, the gate (daemon/gate/gate.h); this class
// runs it on a thread of the process that it is in.
//
// That thread owns all sockets of a ZeroMQ context of its own:
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
#include <string_view>

#include "daemon/base/ids.h"
#include "daemon/base/result.h"
#include "daemon/link/carrier_figures.h"
#include "daemon/link/transport.h"
#include "daemon/trust/directory.h"

namespace jiexu {

// Of a peer whose address is not known yet: it may connect, and is not connected to.
inline constexpr std::string_view kUnknownEndpoint = "tcp://unknown.invalid:1";

struct ZmqOptions {
  AgencyId self;
  std::string transport_secret;  // 32 raw bytes each, of the keyring
  std::string transport_public;
  std::string bind_endpoint;  // "tcp://10.0.0.5:7401"; "tcp://127.0.0.1:*" takes a free port
  std::shared_ptr<const Directory> directory;
  int listen_fd = -1;  // a socket that listens on bind_endpoint already, and becomes the listener's
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
