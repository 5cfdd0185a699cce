// Sockets of libzmq with the settings of this system, and messages without needless copies.
// Internal to the transport. Nothing here throws; all of it is for one thread at a time.
#pragma once

#include <zmq.h>

#include <memory>
#include <string>
#include <string_view>

#include "daemon/base/result.h"
#include "daemon/link/transport.h"

namespace jiexu {

// Owns a libzmq context. Every socket must be closed before it goes.
class ZmqContext {
 public:
  ZmqContext();
  ~ZmqContext();
  ZmqContext(const ZmqContext&) = delete;
  ZmqContext& operator=(const ZmqContext&) = delete;
  void* get() const { return context_; }

 private:
  void* const context_;
};

// Owns a socket; closes it without lingering.
class ZmqSocket {
 public:
  ZmqSocket() = default;
  ZmqSocket(const ZmqContext& context, int type);
  ~ZmqSocket() { close(); }
  ZmqSocket(ZmqSocket&& other) noexcept;
  ZmqSocket& operator=(ZmqSocket&& other) noexcept;

  void close();
  bool is_open() const { return socket_ != nullptr; }
  void* get() const { return socket_; }
  // Becomes readable when something may have happened; see zmq_loop.cc for how it must be used.
  int fd() const;
  // The endpoint that was bound, with its port in numbers.
  std::string last_endpoint() const;

 private:
  void* socket_ = nullptr;
};

// One part of a message. Closed by its destructor.
class ZmqMessage {
 public:
  ZmqMessage() { zmq_msg_init(&message_); }
  // Holds `frame` until libzmq sent it: no copy.
  explicit ZmqMessage(FrameBytes frame);
  explicit ZmqMessage(std::string_view copy);
  ~ZmqMessage() { zmq_msg_close(&message_); }
  ZmqMessage(const ZmqMessage&) = delete;
  ZmqMessage& operator=(const ZmqMessage&) = delete;

  // Never block. False: see zmq_errno(), EAGAIN if there was nothing or no room.
  bool receive(const ZmqSocket& from) {
    return zmq_msg_recv(&message_, from.get(), ZMQ_DONTWAIT) >= 0;
  }
  bool send(const ZmqSocket& to, int flags = 0) {
    return zmq_msg_send(&message_, to.get(), ZMQ_DONTWAIT | flags) >= 0;
  }

  std::string_view bytes() const {
    auto* message = const_cast<zmq_msg_t*>(&message_);
    return {static_cast<const char*>(zmq_msg_data(message)), zmq_msg_size(message)};
  }
  bool more() const { return zmq_msg_more(&message_) != 0; }
  // The descriptor of the connection that a received message came in on; -1 if it is not known.
  int connection_fd() const;
  // Metadata of the connection; empty if there is none of that name.
  std::string_view property(const char* name) const;

 private:
  zmq_msg_t message_;
};

// The CURVE key pair of this agency, 32 raw bytes each.
struct CurveKeys {
  std::string secret;
  std::string pub;
};

// The one socket that answers libzmq's authentication requests. Open it before any other: where no
// answer is to be had, option 93 makes the listener refuse everyone.
Result<ZmqSocket> open_zap(const ZmqContext& context);

// The ROUTER to which peers connect. `listen_fd`: a TCP socket that listens already, which is used
// and closed with it; -1: it listens on `endpoint` itself.
Result<ZmqSocket> open_listener(const ZmqContext& context, const CurveKeys& keys,
                                const std::string& endpoint, int listen_fd = -1);

// A DEALER for one peer, not connected yet, so that a monitor can see everything. It talks to
// nobody who does not hold the secret of `server_key`.
Result<ZmqSocket> open_connector(const ZmqContext& context, const CurveKeys& keys,
                                 const std::string& server_key);
// Starts to connect, and connects again whenever the connection breaks.
Result<void> connect(const ZmqSocket& connector, const std::string& endpoint);

// Receives the connection, handshake and disconnection events of `watched`. `name` is unique in the
// context.
Result<ZmqSocket> open_monitor(const ZmqContext& context, const ZmqSocket& watched,
                               const std::string& name);

}  // namespace jiexu
