// What a peer or a stranger may make us hold, and what happens when it is more.
#include "daemon/link/connection_watch.h"

#include <arpa/inet.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <optional>

#include "daemon/base/limits.h"
#include "tests/link/holding_relay.h"
#include "tests/link/transport_fixture.h"

using namespace jiexu;

namespace connection_watch_test {
namespace {

using Reason = ConnectionWatch::Reason;

uint64_t cuts(const Node& node, Reason reason) {
  return node.transport->listener_stats().cut[static_cast<size_t>(reason)];
}

uint64_t cuts(const Node& node) {
  return cuts(node, Reason::kUnread) + cuts(node, Reason::kUnreadInSum) +
         cuts(node, Reason::kStrangers);
}

std::vector<std::string> parts(size_t count, size_t size) {
  return std::vector<std::string>(count, std::string(size, 'x'));
}

uint16_t port_of(const Node& node) {
  const std::string& endpoint = node.transport->bound_endpoint();
  return static_cast<uint16_t>(std::stoi(endpoint.substr(endpoint.rfind(':') + 1)));
}

// A client that begins a message and stays in the middle of it, past what one may hold.
class Endless {
 public:
  Endless(const CurveKeys& keys, const Node& to, const std::vector<std::string>& parts)
      : relay_(std::in_place, port_of(to), limits::kUnreadBytesMax + (8 << 20)),
        client_(keys, to.keys.pub, "tcp://127.0.0.1:" + std::to_string(relay_->port())) {
    client_.send(parts);
  }

  // libzmq aborts the process (session_base.cpp, clean_pipes()) if a connection is lost in the
  // middle of a message of many parts after its socket has been closed. No message of ours has
  // many.
  ~Endless() {
    relay_.reset();
    for (int event = -1; event != 0 && event != ZMQ_EVENT_DISCONNECTED;) {
      event = client_.next_event();
    }
  }

 private:
  std::optional<HoldingRelay> relay_;
  RawClient client_;
};

// A TCP connection that says nothing.
class Silent {
 public:
  explicit Silent(uint16_t port) : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    REQUIRE(::connect(fd_, reinterpret_cast<sockaddr*>(&to), sizeof(to)) == 0);
  }
  Silent(Silent&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  ~Silent() {
    if (fd_ >= 0) ::close(fd_);
  }

 private:
  int fd_;
};

}  // namespace

TEST_CASE("a message that goes on and on ends its connection and no other") {
  Node b(kB);
  const CurveKeys keys_a = new_keys(), keys_c = new_keys();
  b.know({agency(kA, keys_a.pub, kNowhere), agency(kC, keys_c.pub, kNowhere)});
  RawClient other(keys_c, b);
  other.send({"before"});
  REQUIRE(b.receives(1));
  REQUIRE(other.next_event() == ZMQ_EVENT_HANDSHAKE_SUCCEEDED);
  const bool tiny = GENERATE(false, true);
  const Endless endless(keys_a, b, tiny ? parts(3'000'000, 1) : parts(96, 1 << 20));
  CHECK(eventually([&] { return cuts(b, Reason::kUnread) == 1; }));
  other.send({"after"});
  REQUIRE(b.receives(2));
  CHECK(b.frames()[1] == ReceivedFrame{kC, Lane::kForward, "after"});
  CHECK_FALSE(other.has_event());
  CHECK(cuts(b) == 1);
}

TEST_CASE("the peer whose connection was cut gets in again") {
  Node b(kB);
  const CurveKeys keys = new_keys();
  b.know({agency(kA, keys.pub, kNowhere)});
  {
    const Endless endless(keys, b, parts(96, 1 << 20));
    REQUIRE(eventually([&] { return cuts(b) == 1; }));
  }
  RawClient client(keys, b);
  client.send({"whole"});
  CHECK(b.receives(1));
}

TEST_CASE("whole messages never end a connection, however many bytes they are") {
  Node b(kB);
  const CurveKeys keys = new_keys();
  b.know({agency(kA, keys.pub, kNowhere)});
  RawClient client(keys, b);
  const std::string message(500'000, 'x');
  const size_t count = 2 * limits::kUnreadBytesMax / message.size();
  for (size_t i = 0; i < count; ++i) client.send_when_there_is_room(message);
  CHECK(eventually([&] { return b.transport->stats(kA).frames_in == count; }));
  CHECK(cuts(b) == 0);
}

// Were it one byte too few, years of messages would look like one that never ends.
TEST_CASE("what a part takes on the wire is known to the byte") {
  ZmqContext context;
  const CurveKeys keys = new_keys();
  ZmqSocket server(context, ZMQ_DEALER);
  const int yes = 1;
  REQUIRE(zmq_setsockopt(server.get(), ZMQ_CURVE_SERVER, &yes, sizeof(yes)) == 0);
  REQUIRE(zmq_setsockopt(server.get(), ZMQ_CURVE_SECRETKEY, keys.secret.data(), 32) == 0);
  REQUIRE(zmq_bind(server.get(), "tcp://127.0.0.1:*") == 0);
  RawClient client(new_keys(), keys.pub, server.last_endpoint());
  const auto received_after = [&](size_t size) {
    client.send({std::string(size, 'x')});
    ZmqMessage message;
    REQUIRE(eventually([&] { return message.receive(server); }));
    CHECK(message.bytes().size() == size);
    tcp_info info{};
    socklen_t info_size = sizeof(info);
    const int fd = message.connection_fd();
    REQUIRE(::getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &info_size) == 0);
    return info.tcpi_bytes_received;
  };
  uint64_t before = received_after(1);
  for (const size_t size : {0u, 1u, 33u, 222u, 223u, 1'000u, 100'000u, 1'000'000u}) {
    const uint64_t after = received_after(size);
    CHECK(after - before == ConnectionWatch::wire_bytes(size));
    before = after;
  }
}

TEST_CASE("of too many strangers the oldest have to go, and a peer gets in") {
  rlimit descriptors{};
  REQUIRE(::getrlimit(RLIMIT_NOFILE, &descriptors) == 0);
  descriptors.rlim_cur = descriptors.rlim_max;
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &descriptors) == 0);
  Node b(kB);
  const CurveKeys keys = new_keys();
  b.know({agency(kA, keys.pub, kNowhere)});
  std::vector<Silent> crowd;
  for (size_t i = 0; i < limits::kStrangersMax + 10; ++i) crowd.emplace_back(port_of(b));
  CHECK(eventually([&] { return cuts(b, Reason::kStrangers) >= 10; }));
  RawClient client(keys, b);
  client.send({"here"});
  CHECK(b.receives(1));
}

}  // namespace connection_watch_test
