#include <stdlib.h>

#include <catch2/catch.hpp>
#include <filesystem>

#include "daemon/base/limits.h"
#include "daemon/link/zmq_transport.h"
#include "daemon/trust/keyring.h"
#include "tests/link/transport_fixture.h"

using namespace jiexu;

namespace transport_test {
namespace {

// Two agencies that know each other and are connected both ways.
struct Pair {
  Node a{kA}, b{kB};

  Pair() {
    a.know({b.entry()});
    b.know({a.entry()});
    REQUIRE(eventually([&] { return a.is_connected_to(kB) && b.is_connected_to(kA); }));
  }
};

std::string numbered(int n, size_t size) {
  std::string out(size, '.');
  const std::string number = std::to_string(n);
  return out.replace(0, number.size(), number);
}

}  // namespace

TEST_CASE("frames travel on both lanes of both directions, with their sender and lane") {
  Pair net;
  net.a.send(kB, Lane::kForward, "open");
  REQUIRE(net.b.receives(1));
  net.b.send(kA, Lane::kReply, "opened");
  REQUIRE(net.a.receives(1));
  net.b.send(kA, Lane::kForward, "batch");
  REQUIRE(net.a.receives(2));
  net.a.send(kB, Lane::kReply, "receipt");
  REQUIRE(net.b.receives(2));
  CHECK(net.b.frames() ==
        std::vector<ReceivedFrame>{{kA, Lane::kForward, "open"}, {kA, Lane::kReply, "receipt"}});
  CHECK(net.a.frames() ==
        std::vector<ReceivedFrame>{{kB, Lane::kReply, "opened"}, {kB, Lane::kForward, "batch"}});
  CHECK(net.a.connects == 1);
}

TEST_CASE("frames keep their order and their bytes, up to the largest") {
  Pair net;
  net.a.send(kB, Lane::kForward, std::string(limits::kFrameBytesMax, '\xff'));
  net.a.send(kB, Lane::kForward, "");
  for (int i = 0; i < 50; ++i) net.a.send(kB, Lane::kForward, numbered(i, 100));
  REQUIRE(net.b.receives(52));
  const auto frames = net.b.frames();
  CHECK(frames[0].bytes == std::string(limits::kFrameBytesMax, '\xff'));
  CHECK(frames[1].bytes.empty());
  for (int i = 0; i < 50; ++i) CHECK(frames[i + 2].bytes == numbered(i, 100));
}

TEST_CASE("figures count frames and bytes both ways") {
  Pair net;
  net.a.send(kB, Lane::kForward, "12345");
  net.a.send(kB, Lane::kForward, "678");
  REQUIRE(net.b.receives(2));
  const TransportStats out = net.a.transport->stats(kB);
  CHECK(out.frames_out == 2);
  CHECK(out.bytes_out == 8);
  CHECK(out.frames_dropped == 0);
  CHECK(out.last_frame_at.ms == 0);
  const TransportStats in = net.b.transport->stats(kA);
  CHECK(in.frames_in == 2);
  CHECK(in.bytes_in == 8);
  CHECK(in.last_frame_at.ms > 0);
  CHECK(net.b.transport->listener_stats().zap[0] == 1);
}

TEST_CASE("the bytes of a frame are released once it is sent or dropped") {
  Pair net;
  const auto sent = std::make_shared<const std::string>(100000, 's');
  const auto dropped = std::make_shared<const std::string>(100000, 'd');
  net.a.transport->send(kB, Lane::kForward, sent);
  net.a.transport->send(kC, Lane::kForward, dropped);
  CHECK(net.b.receives(1));
  CHECK(eventually([&] { return sent.use_count() == 1 && dropped.use_count() == 1; }));
}

TEST_CASE("what has no connection is dropped and counted, on either lane") {
  Pair net;
  net.a.send(kC, Lane::kForward, "to an agency that nobody knows");
  net.a.send(kB, Lane::kReply, "to a peer that has not spoken yet");
  CHECK(eventually([&] { return net.a.transport->stats(kC).frames_dropped == 1; }));
  CHECK(eventually([&] { return net.a.transport->stats(kB).frames_dropped == 1; }));
  CHECK(net.a.transport->stats(kB).frames_out == 0);
}

TEST_CASE("frames to a peer that is down are dropped, and it is reached when it returns") {
  Node a(kA);
  const CurveKeys keys = new_keys();
  std::string endpoint;
  {
    Node b(kB, keys, "tcp://127.0.0.1:*");
    endpoint = b.transport->bound_endpoint();
    a.know({b.entry()});
    b.know({a.entry()});
    REQUIRE(eventually([&] { return a.is_connected_to(kB); }));
  }
  REQUIRE(eventually([&] { return !a.is_connected_to(kB); }));
  // The first may still find the old connection's queue; it is lost all the same.
  REQUIRE(eventually([&] {
    a.send(kB, Lane::kForward, "lost");
    return a.transport->stats(kB).frames_dropped > 0;
  }));
  Node b(kB, keys, endpoint);
  b.know({a.entry()});
  REQUIRE(eventually([&] { return a.is_connected_to(kB); }));
  a.send(kB, Lane::kForward, "found");
  REQUIRE(b.receives(1));
  CHECK(b.frames()[0].bytes == "found");
}

// Every word of libzmq is then that the connection has ended.
TEST_CASE("a peer is reached again after something has come from it that cannot be read") {
  Node a(kA);
  const CurveKeys keys = new_keys();
  const ZmqContext context;
  const ZmqSocket b(context, ZMQ_ROUTER);
  const int is_server = 1, linger_ms = 0;
  REQUIRE(zmq_setsockopt(b.get(), ZMQ_LINGER, &linger_ms, sizeof(linger_ms)) == 0);
  REQUIRE(zmq_setsockopt(b.get(), ZMQ_CURVE_SERVER, &is_server, sizeof(is_server)) == 0);
  REQUIRE(zmq_setsockopt(b.get(), ZMQ_CURVE_SECRETKEY, keys.secret.data(), keys.secret.size()) ==
          0);
  REQUIRE(zmq_bind(b.get(), "tcp://127.0.0.1:*") == 0);
  a.know({agency(kB, keys.pub, b.last_endpoint())});
  const std::string too_long(2 * limits::kFrameBytesMax, 'x');
  for (int connections = 1; connections <= 3; ++connections) {
    REQUIRE(eventually([&] { return a.connects == connections; }));
    a.send(kB, Lane::kForward, numbered(connections, 10));
    ZmqMessage route, frame;
    REQUIRE(eventually([&] { return route.receive(b); }));
    REQUIRE(frame.receive(b));
    CHECK(frame.bytes() == numbered(connections, 10));
    REQUIRE(ZmqMessage(route.bytes()).send(b, ZMQ_SNDMORE));
    REQUIRE(ZmqMessage(std::string_view(too_long)).send(b));
  }
}

TEST_CASE("a reply goes to the connection on which the peer last spoke") {
  Node b(kB);
  const CurveKeys keys = new_keys();
  b.know({agency(kA, keys.pub, kNowhere)});
  RawClient first(keys, b);
  first.send({"1"});
  REQUIRE(b.receives(1));
  b.send(kA, Lane::kReply, "to the first");
  CHECK(first.next_frame() == "to the first");
  RawClient second(keys, b);
  second.send({"2"});
  REQUIRE(b.receives(2));
  b.send(kA, Lane::kReply, "to the second");
  CHECK(second.next_frame() == "to the second");
}

TEST_CASE("while nothing may be received peers stall, newcomers are answered, and all resumes") {
  Pair net;
  net.b.receiving = false;
  const std::string frame(64 << 10, 'f');
  // Until the queues of both sides and of the kernel are full.
  REQUIRE(eventually([&] {
    net.a.send(kB, Lane::kForward, frame);
    return net.a.transport->stats(kB).frames_dropped > 0;
  }));
  CHECK(net.b.frames().size() <= 1);  // one may have passed the check just before
  RawClient newcomer(new_keys(), net.b);
  CHECK(newcomer.next_event() == ZMQ_EVENT_HANDSHAKE_FAILED_AUTH);
  net.b.receiving = true;
  const uint64_t sent = net.a.transport->stats(kB).frames_out;
  CHECK(net.b.receives(sent));
}

TEST_CASE("many threads may send at once") {
  Pair net;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&net] {
      for (int i = 0; i < 10; ++i) net.a.send(kB, Lane::kForward, "frame");
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(net.b.receives(40));
}

TEST_CASE("stopping twice is fine, and sending afterwards only counts") {
  Pair net;
  net.a.transport->stop();
  net.a.transport->stop();
  net.a.send(kB, Lane::kForward, "late");
  CHECK(net.a.transport->stats(kB).frames_dropped == 1);
}

TEST_CASE("an endpoint in use and keys of the wrong length are errors of start") {
  Node a(kA);
  const ZmqHandlers handlers{[](AgencyId, Lane, std::string) {}, [] { return true; },
                             [](AgencyId) {}, [](const Error&) {}};
  const auto directory = Directory::make({}).value();
  const CurveKeys keys = new_keys();
  const auto in_use = ZmqTransport::start(
      {kB, keys.secret, keys.pub, a.transport->bound_endpoint(), directory}, handlers);
  REQUIRE_FALSE(in_use);
  CHECK(in_use.error().code == Errc::kIo);
  const auto short_key =
      ZmqTransport::start({kB, "short", keys.pub, "tcp://127.0.0.1:*", directory}, handlers);
  REQUIRE_FALSE(short_key);
  CHECK(short_key.error().code == Errc::kInvalid);
}

TEST_CASE("the keyring's transport key is a CURVE key pair") {
  std::string folder = (std::filesystem::temp_directory_path() / "jiexu-curve-XXXXXX").string();
  REQUIRE(::mkdtemp(folder.data()) != nullptr);
  const auto ring = Keyring::create(folder);
  std::filesystem::remove_all(folder);
  REQUIRE(ring);
  char pub[41];
  REQUIRE(zmq_curve_public(pub, to_z85(ring->transport_secret).c_str()) == 0);
  CHECK(to_z85(ring->transport_public) == pub);
}

}  // namespace transport_test
