// The channel between the daemon and its gate: whole messages or none, whatever the pieces, and
// nothing that the other end may say does harm.
#include "daemon/gate/channel.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <random>

#include "daemon/gate/figures.h"

using namespace jiexu;

namespace channel_test {
namespace {

const AgencyId kPeer = *AgencyId::parse("S35050010301");
constexpr size_t kBodyMax = 1 << 20;

struct Ends {
  int near = -1, far = -1;

  Ends() {
    int both[2];
    REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, both) == 0);
    near = both[0];
    far = both[1];
  }
  ~Ends() {
    close_near();
    ::close(far);
  }
  void close_near() {
    if (near >= 0) ::close(std::exchange(near, -1));
  }
};

ChannelMessage frame(std::string body) {
  ChannelMessage out;
  out.lane = Lane::kReply;
  out.peer = kPeer;
  out.version = 7;
  out.body = std::move(body);
  return out;
}

// What a writer would put on the channel for these.
std::string bytes_of(const std::vector<std::string>& bodies) {
  Ends ends;
  const int room = 8 << 20;
  ::setsockopt(ends.near, SOL_SOCKET, SO_SNDBUF, &room, sizeof(room));
  ChannelWriter writer(ends.near);
  for (const std::string& body : bodies) writer.push(frame(body));
  std::string out;
  char piece[4096];
  while (true) {
    const auto flushed = writer.flush();
    REQUIRE(flushed != ChannelWriter::Flushed::kBroken);
    for (ssize_t got; (got = ::read(ends.far, piece, sizeof(piece))) > 0;) {
      out.append(piece, static_cast<size_t>(got));
    }
    if (flushed == ChannelWriter::Flushed::kAll) return out;
  }
}

void write_all(int fd, std::string_view bytes) {
  REQUIRE(::write(fd, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()));
}

}  // namespace

TEST_CASE("messages come out as they went in, whatever the pieces that the socket makes of them") {
  const std::vector<std::string> bodies = {
      "", "a", std::string(100, 'b'), "", std::string(70'000, 'c'), std::string(kBodyMax, 'd')};
  const std::string bytes = bytes_of(bodies);
  std::mt19937 random(1);
  for (int round = 0; round < 20; ++round) {
    Ends ends;
    ChannelReader reader(ends.far, kBodyMax);
    size_t written = 0;
    std::vector<std::string> seen;
    while (seen.size() < bodies.size()) {
      const size_t most = 1 + random() % (round < 10 ? 300'000 : 60'000);
      const std::string_view piece = std::string_view(bytes).substr(written, most);
      const ssize_t took = ::write(ends.near, piece.data(), piece.size());
      if (took > 0) written += static_cast<size_t>(took);
      ChannelMessage message;
      ChannelReader::Got got = reader.next(message);
      for (; got == ChannelReader::Got::kMessage; got = reader.next(message)) {
        CHECK(message.kind == ChannelKind::kFrame);
        CHECK(message.lane == Lane::kReply);
        CHECK(message.peer == kPeer);
        CHECK(message.version == 7);
        seen.push_back(std::move(message.body));
      }
      REQUIRE(got == ChannelReader::Got::kNothing);
    }
    CHECK(seen == bodies);
  }
}

TEST_CASE("a message that the other end did not finish is dropped with its end") {
  const std::string bytes = bytes_of({"first", "second"});
  for (const size_t cut : {1, 31, 32, 33, 36}) {
    Ends ends;
    ChannelReader reader(ends.far, kBodyMax);
    write_all(ends.near, std::string_view(bytes).substr(0, 32 + 5 + cut));
    ends.close_near();
    ChannelMessage message;
    REQUIRE(reader.next(message) == ChannelReader::Got::kMessage);
    CHECK(message.body == "first");
    auto got = reader.next(message);
    if (got == ChannelReader::Got::kNothing) got = reader.next(message);
    CHECK(got == ChannelReader::Got::kEnd);
  }
}

TEST_CASE("a header that says too much, or what is none, breaks the channel and nothing else") {
  const std::string good = bytes_of({"body"});
  const auto got_after = [&](size_t at, const std::string& lie) {
    std::string bytes = good;
    bytes.replace(at, lie.size(), lie);
    Ends ends;
    ChannelReader reader(ends.far, kBodyMax);
    write_all(ends.near, bytes);
    ChannelMessage message;
    return reader.next(message);
  };
  CHECK(got_after(0, "") == ChannelReader::Got::kMessage);
  CHECK(got_after(8, "\xff\xff\xff\xff") == ChannelReader::Got::kBroken);  // its size
  CHECK(got_after(8, std::string("\x01\x00\x10\x00", 4)) == ChannelReader::Got::kBroken);
  CHECK(got_after(12, std::string(1, '\0')) == ChannelReader::Got::kBroken);  // its kind
  CHECK(got_after(12, "\x0b") == ChannelReader::Got::kBroken);
  CHECK(got_after(13, "\x02") == ChannelReader::Got::kBroken);    // its lane
  CHECK(got_after(20, "nobody") == ChannelReader::Got::kBroken);  // its peer
}

TEST_CASE("random bytes never become a message of a peer that is none") {
  std::mt19937_64 random(2);
  for (int round = 0; round < 2000; ++round) {
    Ends ends;
    ChannelReader reader(ends.far, 4096);
    std::string bytes(random() % 400, '\0');
    for (char& byte : bytes) byte = static_cast<char>(random() % 12);
    write_all(ends.near, bytes);
    ends.close_near();
    ChannelMessage message;
    for (int n = 0; n < 20; ++n) {
      const auto got = reader.next(message);
      if (got == ChannelReader::Got::kMessage) CHECK(message.body.size() <= 4096);
      if (got == ChannelReader::Got::kEnd || got == ChannelReader::Got::kBroken) break;
    }
  }
}

TEST_CASE("what the socket does not take waits in its order, and is counted") {
  Ends ends;
  ChannelWriter writer(ends.near);
  std::vector<std::string> bodies;
  for (int i = 0; i < 40; ++i) bodies.push_back(std::string(30'000, static_cast<char>('a' + i)));
  for (const std::string& body : bodies) writer.push(frame(body));
  REQUIRE(writer.flush() == ChannelWriter::Flushed::kSome);
  CHECK(writer.waiting_bytes() > 0);
  CHECK(writer.waiting_bytes() < 40 * 30'032);
  ChannelReader reader(ends.far, kBodyMax);
  std::vector<std::string> seen;
  while (seen.size() < bodies.size()) {
    ChannelMessage message;
    if (reader.next(message) == ChannelReader::Got::kMessage) {
      seen.push_back(std::move(message.body));
    } else {
      REQUIRE(writer.flush() != ChannelWriter::Flushed::kBroken);
    }
  }
  CHECK(seen == bodies);
  CHECK(writer.waiting_bytes() == 0);
}

TEST_CASE("a writer whose other end has gone says so") {
  Ends ends;
  ChannelWriter writer(ends.far);
  ends.close_near();
  writer.push(frame("lost"));
  CHECK(writer.flush() == ChannelWriter::Flushed::kBroken);
}

TEST_CASE("peers and figures come out as they went in, and what is cut is none") {
  std::vector<Agency> agencies(2);
  agencies[0].id = kPeer;
  agencies[0].transport_key = std::string(32, 'k');
  agencies[0].endpoint = "tcp://10.0.0.5:7401";
  agencies[1].id = *AgencyId::parse("S44010010101");
  agencies[1].transport_key = std::string(32, 'q');
  const std::string peers = encode_peers(agencies);
  const auto back = decode_peers(peers);
  REQUIRE(back);
  REQUIRE(back->size() == 2);
  CHECK((*back)[0].endpoint == agencies[0].endpoint);
  CHECK((*back)[1].transport_key == agencies[1].transport_key);
  CHECK((*back)[1].endpoint.empty());
  for (size_t cut = 1; cut < peers.size(); ++cut) {
    const auto part = decode_peers(std::string_view(peers).substr(0, cut));
    if (part) CHECK(part->size() == 1);
  }

  TransportStats figures{ConnectionState::kUp, 1, 2, 3, 4, 5, 6, Instant{7}};
  const auto same = decode_transport_stats(encode(figures));
  REQUIRE(same);
  const TransportStats total = sum(figures, *same);
  CHECK(total.frames_in == 2);
  CHECK(total.handshake_failures == 12);
  CHECK(total.last_frame_at.ms == 7);
  CHECK(total.connection == ConnectionState::kUp);
  CHECK_FALSE(decode_transport_stats(encode(figures) + "x"));
  CHECK_FALSE(decode_transport_stats("short"));

  ListenerStats listener{{1, 2, 3, 4, 5}, 6, 7, 8, 9, {10, 11, 12}};
  const auto same_listener = decode_listener_stats(encode(listener));
  REQUIRE(same_listener);
  CHECK(same_listener->zap == listener.zap);
  CHECK(same_listener->cut == listener.cut);
  CHECK(sum(listener, *same_listener).frames_malformed == 18);
  CHECK_FALSE(decode_listener_stats(encode(listener).substr(1)));
}

}  // namespace channel_test
