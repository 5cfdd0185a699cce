// Who is not let in, and what is not let through.
#include <catch2/catch.hpp>

#include "daemon/base/limits.h"
#include "tests/link/transport_fixture.h"

using namespace jiexu;

namespace transport_refusal_test {
namespace {

uint64_t verdicts(const Node& node, ZapVerdict verdict) {
  return node.transport->listener_stats().zap[static_cast<size_t>(verdict)];
}

}  // namespace

TEST_CASE("an unknown key is refused and counted, and so is our own") {
  Node b(kB);
  RawClient stranger(new_keys(), b);
  stranger.send({"frame"});
  CHECK(stranger.next_event() == ZMQ_EVENT_HANDSHAKE_FAILED_AUTH);
  CHECK(verdicts(b, ZapVerdict::kUnknownKey) == 1);
  RawClient echo(b.keys, b);
  CHECK(echo.next_event() == ZMQ_EVENT_HANDSHAKE_FAILED_AUTH);
  CHECK(verdicts(b, ZapVerdict::kOwnKey) == 1);
  CHECK(verdicts(b, ZapVerdict::kAccepted) == 0);
  CHECK(b.frames().empty());
}

TEST_CASE("a server with another key than the directory's is never connected to, again and again") {
  Node a(kA), b(kB);
  b.know({a.entry()});
  Agency wrong = b.entry();
  wrong.transport_key = new_keys().pub;
  a.know({wrong});
  CHECK(eventually([&] { return a.transport->stats(kB).handshake_failures >= 2; }));
  CHECK_FALSE(a.is_connected_to(kB));
  CHECK(a.connects == 0);
  CHECK(verdicts(b, ZapVerdict::kAccepted) == 0);
  CHECK(eventually([&] { return b.transport->listener_stats().handshake_failures >= 2; }));
}

TEST_CASE("a peer that was refused gets in once the directory knows it") {
  Node a(kA), b(kB);
  a.know({b.entry()});
  REQUIRE(eventually([&] { return a.transport->stats(kB).handshake_failures >= 1; }));
  b.know({a.entry()});
  CHECK(eventually([&] { return a.is_connected_to(kB); }));
}

TEST_CASE("a peer that claims another's code as its routing id is still itself") {
  Node b(kB), c(kC);
  const CurveKeys keys = new_keys();
  b.know({agency(kA, keys.pub, kNowhere), c.entry()});
  RawClient liar(keys, b, kC.str());
  liar.send({"I am C"});
  REQUIRE(b.receives(1));
  CHECK(b.frames()[0] == ReceivedFrame{kA, Lane::kForward, "I am C"});
  // And a reply to C does not go to it.
  b.send(kC, Lane::kReply, "secret");
  CHECK(eventually([&] { return b.transport->stats(kC).frames_dropped == 1; }));
}

TEST_CASE("a message of several parts is dropped and counted, and the next one arrives") {
  Node b(kB);
  const CurveKeys keys = new_keys();
  b.know({agency(kA, keys.pub, kNowhere)});
  RawClient client(keys, b);
  client.send({"one", "two"});
  client.send({"", "one", "two", "three"});
  client.send({"whole"});
  REQUIRE(b.receives(1));
  CHECK(b.frames()[0].bytes == "whole");
  CHECK(b.transport->listener_stats().frames_malformed == 2);
}

TEST_CASE("a frame over the limit disconnects its sender and nobody else") {
  Node b(kB);
  const CurveKeys keys_a = new_keys(), keys_c = new_keys();
  b.know({agency(kA, keys_a.pub, kNowhere), agency(kC, keys_c.pub, kNowhere)});
  RawClient large(keys_a, b), other(keys_c, b);
  other.send({"before"});
  REQUIRE(b.receives(1));
  REQUIRE(other.next_event() == ZMQ_EVENT_HANDSHAKE_SUCCEEDED);
  REQUIRE(large.next_event() == ZMQ_EVENT_HANDSHAKE_SUCCEEDED);
  large.send({std::string(limits::kFrameBytesMax + 4096, 'x')});
  CHECK(large.next_event() == ZMQ_EVENT_DISCONNECTED);
  other.send({"after"});
  REQUIRE(b.receives(2));
  CHECK(b.frames()[1] == ReceivedFrame{kC, Lane::kForward, "after"});
  CHECK_FALSE(other.has_event());
}

// libzmq 4.3.4 lets everyone in when no ZAP handler is bound, unless option 93 is set.
TEST_CASE("a listener without a ZAP handler accepts nobody") {
  ZmqContext context;
  const CurveKeys server = new_keys();
  const auto listener = open_listener(context, server, "tcp://127.0.0.1:*");
  REQUIRE(listener);
  RawClient client(new_keys(), server.pub, listener->last_endpoint());
  const int event = client.next_event();
  CHECK(event != 0);
  CHECK(event != ZMQ_EVENT_HANDSHAKE_SUCCEEDED);
}

TEST_CASE("a peer taken out of the directory is refused at once on its open connection") {
  Node b(kB);
  const CurveKeys keys = new_keys();
  b.know({agency(kA, keys.pub, kNowhere)});
  RawClient client(keys, b);
  client.send({"known"});
  REQUIRE(b.receives(1));
  b.know({});
  client.send({"revoked"});
  CHECK(eventually([&] { return b.transport->listener_stats().frames_refused == 1; }));
  b.send(kA, Lane::kReply, "nor is it answered");
  CHECK(eventually([&] { return b.transport->stats(kA).frames_dropped == 1; }));
  CHECK(b.frames().size() == 1);
}

TEST_CASE("a key that was replaced is refused at once on its open connection") {
  Node b(kB);
  const CurveKeys old_keys = new_keys(), new_pair = new_keys();
  b.know({agency(kA, old_keys.pub, kNowhere)});
  RawClient client(old_keys, b);
  client.send({"old key"});
  REQUIRE(b.receives(1));
  b.know({agency(kA, new_pair.pub, kNowhere)});
  client.send({"stolen key"});
  CHECK(eventually([&] { return b.transport->listener_stats().frames_refused == 1; }));
  RawClient renewed(new_pair, b);
  renewed.send({"new key"});
  REQUIRE(b.receives(2));
  CHECK(b.frames()[1].bytes == "new key");
}

TEST_CASE("a removed peer is disconnected from, a moved one is followed") {
  Node a(kA), b(kB), moved(kC);
  b.know({a.entry()});
  moved.know({a.entry()});
  a.know({b.entry()});
  REQUIRE(eventually([&] { return a.is_connected_to(kB); }));
  a.know({});
  REQUIRE(eventually([&] { return !a.is_connected_to(kB); }));
  a.send(kB, Lane::kForward, "nobody");
  CHECK(eventually([&] { return a.transport->stats(kB).frames_dropped == 1; }));
  Agency here = moved.entry();
  here.endpoint = kNowhere;
  a.know({here});
  a.know({moved.entry()});
  CHECK(eventually([&] { return a.is_connected_to(kC); }));
}

}  // namespace transport_refusal_test
