#include "tests/faults/hostile_client.h"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <cstring>
#include <thread>
#include <utility>

#include "daemon/base/check.h"
#include "daemon/trust/key_text.h"

namespace jiexu::faults {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::chrono::seconds kRoomPatience{10};

void set(const ZmqSocket& socket, int option, int value) {
  CHECK(zmq_setsockopt(socket.get(), option, &value, sizeof(value)) == 0);
}

void set(const ZmqSocket& socket, int option, std::string_view value) {
  CHECK(zmq_setsockopt(socket.get(), option, value.data(), value.size()) == 0);
}

}  // namespace

CurveKeys random_keys() {
  char pub[41], secret[41];
  CHECK(zmq_curve_keypair(pub, secret) == 0);
  return {from_z85(secret).value(), from_z85(pub).value()};
}

RawSocket::RawSocket(const Target& target) : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(target.port);
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (fd_ < 0 || ::connect(fd_, reinterpret_cast<sockaddr*>(&to), sizeof(to)) == 0) return;
  ::close(std::exchange(fd_, -1));
}

RawSocket::RawSocket(RawSocket&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

RawSocket& RawSocket::operator=(RawSocket&& other) noexcept {
  std::swap(fd_, other.fd_);
  return *this;
}

RawSocket::~RawSocket() {
  if (fd_ >= 0) ::close(fd_);
}

void RawSocket::write(std::string_view bytes) {
  // What the other side no longer takes is the test's point.
  [[maybe_unused]] const ssize_t sent =
      ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
}

bool RawSocket::is_open() const {
  char byte;
  const ssize_t got = ::recv(fd_, &byte, 1, MSG_DONTWAIT | MSG_PEEK);
  return got > 0 || (got < 0 && errno == EAGAIN);
}

void BadHandshakes::add(Kind kind) {
  ZmqSocket socket(context_, ZMQ_DEALER);
  CHECK(socket.is_open());
  set(socket, ZMQ_LINGER, 0);
  set(socket, ZMQ_RECONNECT_IVL, -1);
  const CurveKeys keys = random_keys();
  if (kind == Kind::kPlain) {
    set(socket, ZMQ_PLAIN_USERNAME, "admin");
    set(socket, ZMQ_PLAIN_PASSWORD, "admin");
  } else if (kind != Kind::kNoSecurity) {
    set(socket, ZMQ_CURVE_SECRETKEY, keys.secret);
    set(socket, ZMQ_CURVE_PUBLICKEY, keys.pub);
    const bool wrong = kind == Kind::kWrongServerKey;
    set(socket, ZMQ_CURVE_SERVERKEY, wrong ? random_keys().pub : target_.server_key);
  }
  CHECK(zmq_connect(socket.get(), target_.endpoint().c_str()) == 0);
  sockets_.push_back(std::move(socket));
}

HostileClient::HostileClient(const Target& target, const CurveKeys& keys,
                             const std::string& routing_id)
    : socket_(open_connector(context_, keys, target.server_key).value()) {
  set(socket_, ZMQ_IMMEDIATE, 0);
  set(socket_, ZMQ_SNDHWM, 0);
  if (!routing_id.empty()) set(socket_, ZMQ_ROUTING_ID, routing_id);
  monitor_ = open_monitor(context_, socket_, "events").value();
  CHECK(connect(socket_, target.endpoint()).has_value());
}

// Without a ZAP domain libzmq lets in every key.
std::unique_ptr<HostileClient> HostileClient::serving(const CurveKeys& keys) {
  auto out = std::unique_ptr<HostileClient>(new HostileClient());
  out->socket_ = ZmqSocket(out->context_, ZMQ_DEALER);
  set(out->socket_, ZMQ_LINGER, 0);
  set(out->socket_, ZMQ_SNDHWM, 0);
  set(out->socket_, ZMQ_CURVE_SERVER, 1);
  set(out->socket_, ZMQ_CURVE_SECRETKEY, keys.secret);
  out->monitor_ = open_monitor(out->context_, out->socket_, "events").value();
  CHECK(zmq_bind(out->socket_.get(), "tcp://127.0.0.1:*") == 0);
  return out;
}

uint16_t HostileClient::port() const {
  const std::string endpoint = socket_.last_endpoint();
  return static_cast<uint16_t>(std::stoi(endpoint.substr(endpoint.rfind(':') + 1)));
}

bool HostileClient::part(std::string_view bytes, int flags) {
  const auto until = Clock::now() + kRoomPatience;
  while (Clock::now() < until) {
    if (ZmqMessage(bytes).send(socket_, flags)) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return false;
}

bool HostileClient::send_parts(size_t count, size_t bytes) {
  const std::string filler(bytes, 'x');
  for (size_t i = 1; i < count; ++i) {
    if (!part(filler, ZMQ_SNDMORE)) return false;
  }
  return part(filler, 0);
}

void HostileClient::await_end() {
  const auto until = Clock::now() + kRoomPatience;
  while (Clock::now() < until) {
    ZmqMessage head, address;
    if (!head.receive(monitor_) || !address.receive(monitor_)) {
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
      continue;
    }
    uint16_t event = 0;
    std::memcpy(&event, head.bytes().data(), sizeof(event));
    if (event == ZMQ_EVENT_DISCONNECTED) return;
  }
}

std::optional<std::string> HostileClient::receive(double seconds_max) {
  const auto until = Clock::now() + std::chrono::duration<double>(seconds_max);
  while (Clock::now() < until) {
    ZmqMessage message;
    if (message.receive(socket_)) return std::string(message.bytes());
    pollfd news{socket_.fd(), POLLIN, 0};
    ::poll(&news, 1, 1);
  }
  return std::nullopt;
}

}  // namespace jiexu::faults
