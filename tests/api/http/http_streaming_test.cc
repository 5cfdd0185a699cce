// Answers without an end over real sockets: they hold no worker, notice who has gone, wait for
// nobody who does not read, and end with a word when the server does.
#include <atomic>
#include <catch2/catch.hpp>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "daemon/api/http/http_server.h"
#include "tests/api/http/raw_client.h"

namespace jiexu::http_streaming_test {
namespace {

using std::chrono::milliseconds;

// Says what the test puts into it.
class Spoken final : public HttpStream {
 public:
  explicit Spoken(std::atomic<int>& alive) : alive_(alive) { ++alive_; }
  ~Spoken() override { --alive_; }

  void say(std::string bytes, bool last = false) {
    std::function<void()> wake;
    {
      const std::lock_guard lock(mutex_);
      bytes_ += bytes;
      last_ = last;
      wake.swap(wake_);
    }
    if (wake) wake();
  }

  Piece next() override {
    const std::lock_guard lock(mutex_);
    ++turns;
    return {std::exchange(bytes_, ""), last_, silence};
  }
  void wait(std::function<void()> wake) override {
    {
      const std::lock_guard lock(mutex_);
      if (bytes_.empty() && !last_) {
        wake_ = std::move(wake);
        return;
      }
    }
    wake();
  }
  std::string last_words() override { return "bye"; }

  milliseconds silence{60'000};
  std::atomic<int> turns{0};

 private:
  std::atomic<int>& alive_;
  std::mutex mutex_;
  std::string bytes_;
  bool last_ = false;
  std::function<void()> wake_;
};

// Each request gets a stream of its own; others are answered "pong".
class World {
 public:
  explicit World(HttpSettings settings = {}) {
    auto started = HttpServer::start(settings, [this](HttpRequest request, HttpRespond respond) {
      respond([this, target = request.target] {
        HttpResponse out{200, "text/event-stream", "", {}};
        if (target == "/ping") return HttpResponse{200, "text/plain", "pong", {}};
        const std::lock_guard lock(mutex_);
        streams_.push_back(std::make_shared<Spoken>(alive));
        out.stream = streams_.back();
        return out;
      });
    });
    REQUIRE(started);
    server = std::move(*started);
  }
  // The stream of request `n`, from 0; waits for it.
  std::shared_ptr<Spoken> stream(size_t n) {
    for (int i = 0; i < 2000; ++i) {
      {
        const std::lock_guard lock(mutex_);
        if (streams_.size() > n) return streams_[n];
      }
      std::this_thread::sleep_for(milliseconds(5));
    }
    FAIL("no stream");
    return nullptr;
  }
  // The test lets go of its streams, so that `alive` counts those of connections.
  void let_go() {
    const std::lock_guard lock(mutex_);
    streams_.clear();
  }
  bool come_true(const std::function<bool()>& what) const {
    for (int i = 0; i < 2000 && !what(); ++i) std::this_thread::sleep_for(milliseconds(5));
    return what();
  }

  std::atomic<int> alive{0};

 private:
  std::mutex mutex_;
  std::vector<std::shared_ptr<Spoken>> streams_;

 public:
  std::unique_ptr<HttpServer> server;  // last: it ends first
};

std::string get(const std::string& target, const std::string& version = "1.1") {
  return "GET " + target + " HTTP/" + version + "\r\nHost: localhost\r\n\r\n";
}

}  // namespace

TEST_CASE("a stream comes in chunks as it is said, and ends with the empty one") {
  World world;
  RawClient client(world.server->port());
  REQUIRE(client.send(get("/a")));
  const auto stream = world.stream(0);
  stream->say("one");
  REQUIRE(world.come_true([&] { return stream->turns >= 2; }));
  stream->say("two!", true);
  const RawAnswer answer = client.read_to_end();
  CHECK(answer.status == 200);
  CHECK(answer.head.find("Transfer-Encoding: chunked") != std::string::npos);
  CHECK(answer.head.find("Content-Length") == std::string::npos);
  CHECK(answer.body == "3\r\none\r\n4\r\ntwo!\r\n0\r\n\r\n");
}

TEST_CASE("HTTP/1.0 knows no chunks: its stream ends with the connection") {
  World world;
  RawClient client(world.server->port());
  REQUIRE(client.send(get("/a", "1.0")));
  world.stream(0)->say("one", true);
  const RawAnswer answer = client.read_to_end();
  CHECK(answer.head.find("Transfer-Encoding") == std::string::npos);
  CHECK(answer.body == "one");
}

TEST_CASE("a HEAD of a stream has its head alone") {
  World world;
  RawClient client(world.server->port());
  REQUIRE(client.send("HEAD /a HTTP/1.1\r\nHost: localhost\r\n\r\n"));
  CHECK(client.read_head().status == 200);
  REQUIRE(client.send(get("/ping")));
  CHECK(client.read().body == "pong");
}

TEST_CASE("streams that say nothing hold no worker") {
  World world;
  std::vector<std::unique_ptr<RawClient>> followers;
  for (size_t n = 0; n < 40; ++n) {
    followers.push_back(std::make_unique<RawClient>(world.server->port()));
    REQUIRE(followers.back()->send(get("/a")));
    world.stream(n);
  }
  RawClient client(world.server->port());
  REQUIRE(client.send(get("/ping")));
  CHECK(client.read().body == "pong");
}

TEST_CASE("who goes away takes the stream along, also while there is nothing to say") {
  World world;
  {
    RawClient client(world.server->port());
    REQUIRE(client.send(get("/a")));
    const auto stream = world.stream(0);
    REQUIRE(world.come_true([&] { return stream->turns >= 1; }));
    world.let_go();
  }
  CHECK(world.come_true([&] { return world.alive == 0; }));
}

TEST_CASE("a silence is over when the stream said so") {
  World world;
  RawClient client(world.server->port());
  REQUIRE(client.send(get("/a")));
  const auto stream = world.stream(0);
  stream->silence = milliseconds(1);
  stream->say("x");
  CHECK(world.come_true([&] { return stream->turns >= 10; }));
}

TEST_CASE("who reads nothing is cut off, and costs no more than a piece until then") {
  HttpSettings settings;
  settings.idle = milliseconds(300);
  World world(settings);
  RawClient client(world.server->port());
  REQUIRE(client.send(get("/a")));
  {
    const auto stream = world.stream(0);
    const std::string piece(1 << 20, 'x');
    int said = 0;
    for (; said < 100 && world.alive > 0; ++said) {
      const int turns = stream->turns;
      stream->say(piece);
      // No further piece is asked for while one is on its way.
      if (!world.come_true([&] { return stream->turns > turns || said > 20; })) break;
      if (said > 20) break;
    }
    world.let_go();
  }
  CHECK(world.come_true([&] { return world.alive == 0; }));
}

TEST_CASE("when the server ends its streams say so, and end as they should") {
  World world;
  RawClient silent(world.server->port());
  REQUIRE(silent.send(get("/a")));
  world.stream(0)->say("one");
  REQUIRE(world.come_true([&] { return world.stream(0)->turns >= 2; }));
  world.server.reset();
  const RawAnswer answer = silent.read_to_end();
  CHECK(answer.status == 200);
  CHECK(answer.body == "3\r\none\r\n3\r\nbye\r\n0\r\n\r\n");
  world.let_go();
  CHECK(world.alive == 0);
}

}  // namespace jiexu::http_streaming_test
