#include "daemon/link/zmq_socket.h"

#include <new>
#include <span>
#include <utility>

#include "daemon/base/check.h"
#include "daemon/base/limits.h"

namespace jiexu {
namespace {

// ZMQ_ZAP_ENFORCE_DOMAIN: the header hides it as a draft, Debian's library has it. Without it a
// CURVE server whose ZAP handler is gone accepts every key (libzmq 4.3.4).
constexpr int kZapEnforceDomain = 93;

// CURVE adds 33 bytes to a frame; round up.
constexpr int64_t kMessageBytesMax = limits::kFrameBytesMax + 1024;

struct Setting {
  int option;
  int value;
};

// How often ZMTP asks whether the other end is there, in ms; 0: never. It is silent after three of
// these, and ends the connection that it asked on after four.
constexpr int kHeartbeatMs = 5000;

// For both ends of a connection. Times in ms. A dead peer is noticed within 20 s.
constexpr Setting kPeerSettings[] = {
    {ZMQ_LINGER, 0},
    {ZMQ_IPV6, 1},
    {ZMQ_HANDSHAKE_IVL, 5000},  // frees the slot of a client that never finishes
    {ZMQ_RCVHWM, 2 * limits::kWindowFrames},
    {ZMQ_SNDHWM, 2 * limits::kWindowFrames},
    {ZMQ_SNDTIMEO, 0},
    {ZMQ_HEARTBEAT_IVL, kHeartbeatMs},
    {ZMQ_HEARTBEAT_TIMEOUT, 3 * kHeartbeatMs},
    {ZMQ_HEARTBEAT_TTL, 4 * kHeartbeatMs},
    {ZMQ_TCP_KEEPALIVE, 1},
};

constexpr Setting kListenerSettings[] = {
    {ZMQ_CURVE_SERVER, 1},      // CURVE or nothing
    {kZapEnforceDomain, 1},     // no ZAP handler, no connection
    {ZMQ_BACKLOG, 1024},        // all peers at once, after a restart
    {ZMQ_ROUTER_MANDATORY, 1},  // a reply to nobody is an error, not silence
    {ZMQ_ROUTER_HANDOVER, 0},   // nobody takes over another's routing id
};

// A peer that returns is reached within 2 s: the longest pause between attempts is 1 s, and an
// attempt that meets silence ends after 1.5 s, half a second after the first repeated SYN.
constexpr Setting kConnectorSettings[] = {
    // Frames for an absent peer are dropped here, not queued.
    {ZMQ_IMMEDIATE, 1},       {ZMQ_CONNECT_TIMEOUT, 1500},
    {ZMQ_RECONNECT_IVL, 100}, {ZMQ_RECONNECT_IVL_MAX, 1000},
    {ZMQ_TCP_MAXRT, 15000},
};

constexpr int kMonitoredEvents =
    ZMQ_EVENT_ACCEPTED | ZMQ_EVENT_CONNECTED | ZMQ_EVENT_HANDSHAKE_SUCCEEDED |
    ZMQ_EVENT_DISCONNECTED | ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL |
    ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL | ZMQ_EVENT_HANDSHAKE_FAILED_AUTH;

tl::unexpected<Error> zmq_error(const std::string& doing) {
  return fail(Errc::kIo, doing + ": " + zmq_strerror(zmq_errno()));
}

bool set_all(const ZmqSocket& socket, std::span<const Setting> settings) {
  for (const auto& [option, value] : settings) {
    if (zmq_setsockopt(socket.get(), option, &value, sizeof(value)) != 0) return false;
  }
  return true;
}

bool set_bytes(const ZmqSocket& socket, int option, std::string_view value) {
  return zmq_setsockopt(socket.get(), option, value.data(), value.size()) == 0;
}

bool set_peer_settings(const ZmqSocket& socket, const CurveKeys& keys) {
  return set_all(socket, kPeerSettings) &&
         zmq_setsockopt(socket.get(), ZMQ_MAXMSGSIZE, &kMessageBytesMax,
                        sizeof(kMessageBytesMax)) == 0 &&
         set_bytes(socket, ZMQ_CURVE_SECRETKEY, keys.secret);
}

}  // namespace

ZmqContext::ZmqContext() : context_(zmq_ctx_new()) {
  if (context_ == nullptr) throw std::bad_alloc();
  CHECK(zmq_ctx_set(context_, ZMQ_BLOCKY, 0) == 0);
  CHECK(zmq_ctx_set(context_, ZMQ_IO_THREADS, 1) == 0);
  // Three sockets for each peer: connector, and the two ends of its monitor.
  CHECK(zmq_ctx_set(context_, ZMQ_MAX_SOCKETS, 4096) == 0);
}

ZmqContext::~ZmqContext() {
  zmq_ctx_shutdown(context_);
  while (zmq_ctx_term(context_) != 0 && zmq_errno() == EINTR) {
  }
}

ZmqSocket::ZmqSocket(const ZmqContext& context, int type)
    : socket_(zmq_socket(context.get(), type)) {}

ZmqSocket::ZmqSocket(ZmqSocket&& other) noexcept : socket_(std::exchange(other.socket_, nullptr)) {}

ZmqSocket& ZmqSocket::operator=(ZmqSocket&& other) noexcept {
  if (this != &other) {
    close();
    socket_ = std::exchange(other.socket_, nullptr);
  }
  return *this;
}

void ZmqSocket::close() {
  if (socket_) CHECK(zmq_close(std::exchange(socket_, nullptr)) == 0);
}

int ZmqSocket::fd() const {
  int fd = -1;
  size_t size = sizeof(fd);
  CHECK(zmq_getsockopt(socket_, ZMQ_FD, &fd, &size) == 0);
  return fd;
}

std::string ZmqSocket::last_endpoint() const {
  char text[512];
  size_t size = sizeof(text);
  CHECK(zmq_getsockopt(socket_, ZMQ_LAST_ENDPOINT, text, &size) == 0);
  return text;
}

ZmqMessage::ZmqMessage(FrameBytes frame) {
  const std::string& bytes = *frame;
  auto* owner = new FrameBytes(std::move(frame));
  // libzmq only reads the bytes of a message that is sent.
  const int done = zmq_msg_init_data(
      &message_, const_cast<char*>(bytes.data()), bytes.size(),
      [](void*, void* hint) { delete static_cast<FrameBytes*>(hint); }, owner);
  if (done == 0) return;
  delete owner;
  throw std::bad_alloc();
}

ZmqMessage::ZmqMessage(std::string_view copy) {
  if (zmq_msg_init_size(&message_, copy.size()) != 0) throw std::bad_alloc();
  copy.copy(static_cast<char*>(zmq_msg_data(&message_)), copy.size());
}

int ZmqMessage::connection_fd() const {
  return zmq_msg_get(&message_, ZMQ_SRCFD);
}

std::string_view ZmqMessage::property(const char* name) const {
  const char* value = zmq_msg_gets(&message_, name);
  return value ? std::string_view(value) : std::string_view();
}

Result<ZmqSocket> open_zap(const ZmqContext& context) {
  ZmqSocket socket(context, ZMQ_REP);
  if (!socket.is_open() || zmq_bind(socket.get(), "inproc://zeromq.zap.01") != 0) {
    return zmq_error("cannot bind the ZAP handler");
  }
  return socket;
}

Result<ZmqSocket> open_listener(const ZmqContext& context, const CurveKeys& keys,
                                const std::string& endpoint, int listen_fd) {
  ZmqSocket socket(context, ZMQ_ROUTER);
  const Setting listens[] = {{ZMQ_USE_FD, listen_fd}};
  if (!socket.is_open() || !set_peer_settings(socket, keys) ||
      !set_all(socket, kListenerSettings) || !set_bytes(socket, ZMQ_ZAP_DOMAIN, "jiexu") ||
      !set_all(socket, listens)) {
    return zmq_error("cannot set up the listener");
  }
  if (zmq_bind(socket.get(), endpoint.c_str()) != 0) return zmq_error("cannot bind " + endpoint);
  return socket;
}

Result<ZmqSocket> open_connector(const ZmqContext& context, const CurveKeys& keys,
                                 const std::string& server_key) {
  ZmqSocket socket(context, ZMQ_DEALER);
  if (!socket.is_open() || !set_peer_settings(socket, keys) ||
      !set_all(socket, kConnectorSettings) || !set_bytes(socket, ZMQ_CURVE_PUBLICKEY, keys.pub) ||
      !set_bytes(socket, ZMQ_CURVE_SERVERKEY, server_key)) {
    return zmq_error("cannot set up a connector");
  }
  return socket;
}

Result<void> connect(const ZmqSocket& connector, const std::string& endpoint) {
  if (zmq_connect(connector.get(), endpoint.c_str()) != 0) {
    return zmq_error("cannot connect to " + endpoint);
  }
  return {};
}

Result<ZmqSocket> open_monitor(const ZmqContext& context, const ZmqSocket& watched,
                               const std::string& name) {
  const std::string endpoint = "inproc://" + name;
  if (zmq_socket_monitor(watched.get(), endpoint.c_str(), kMonitoredEvents) != 0) {
    return zmq_error("cannot monitor a socket");
  }
  ZmqSocket socket(context, ZMQ_PAIR);
  if (!socket.is_open() || zmq_connect(socket.get(), endpoint.c_str()) != 0) {
    return zmq_error("cannot monitor a socket");
  }
  return socket;
}

}  // namespace jiexu
