// What the server does of RFC 9112 over real sockets, and who gets in when many want to.
#include <catch2/catch.hpp>
#include <future>
#include <mutex>

#include "daemon/api/http/http_server.h"
#include "tests/api/http/raw_client.h"

namespace jiexu::http_door_test {
namespace {

using std::chrono::milliseconds;

void echo(HttpRequest request, HttpRespond respond) {
  respond([request = std::move(request)] {
    return HttpResponse{200, "text/plain", request.method + request.target + request.body, {}};
  });
}

// "Bearer NAME" is that user's.
std::string knows(const HttpRequest& request) {
  return request.authorization.starts_with("Bearer ") ? request.authorization.substr(7) : "";
}

std::unique_ptr<HttpServer> serve(const HttpSettings& settings, HttpHandler handler = echo,
                                  HttpKnows whom = nullptr) {
  auto server = HttpServer::start(settings, std::move(handler), std::move(whom));
  REQUIRE(server);
  return std::move(*server);
}

std::string get(const std::string& fields = "", const std::string& line = "GET /a HTTP/1.1") {
  return line + "\r\nHost: localhost\r\n" + fields + "\r\n";
}

RawAnswer answer_to(const std::string& request, const HttpSettings& settings = {}) {
  const auto server = serve(settings);
  RawClient client(server->port());
  client.send(request);
  return client.read();
}

TEST_CASE("HEAD has the head of GET and no body, and the connection goes on") {
  const auto server = serve({});
  RawClient client(server->port());
  REQUIRE(client.send(get("", "HEAD /abc HTTP/1.1") + get()));
  const RawAnswer head = client.read_head();
  CHECK(head.status == 200);
  CHECK_THAT(head.head, Catch::Contains("Content-Length: 8"));
  CHECK(client.read().body == "GET/a");
}

TEST_CASE("every answer says when it was made and which request it is of") {
  const RawAnswer answer = answer_to(get("X-Request-Id: order-7\r\n"));
  CHECK_THAT(answer.head, Catch::Contains("X-Request-Id: order-7"));
  CHECK_THAT(answer.head, Catch::Contains("Cache-Control: no-store"));
  CHECK_THAT(answer.head, Catch::Contains("Vary: "));
  CHECK_THAT(answer.head, Catch::Matches("[^]*Date: [A-Z][a-z]{2}, \\d{2} [A-Z][a-z]{2} \\d{4} "
                                         "\\d{2}:\\d{2}:\\d{2} GMT[^]*"));
  CHECK(answer_to(get("X-Request-Id: a b\r\n")).head.find("a b") == std::string::npos);
}

TEST_CASE("a URL as a target is its path") {
  CHECK(answer_to(get("", "GET http://127.0.0.1:1/x?y HTTP/1.1")).body == "GET/x?y");
  CHECK(answer_to(get("", "GET http://evil.example/x HTTP/1.1")).status == 421);
}

TEST_CASE("heads that could be read in two ways are refused, and the connection ends") {
  const auto server = serve({});
  const std::string request =
      GENERATE(get("A: b\r\n c\r\n"), std::string("GET /a HTTP/1.1\nHost: localhost\n\n"),
               get("Host: localhost\r\n"), std::string("GET /a HTTP/1.1\r\n\r\n"), get("A : b\r\n"),
               get("", "GET  /a HTTP/1.1"), get("", "GET /a HTTP/1.1 "),
               get("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", "POST /a HTTP/1.1"),
               get("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "POST /a HTTP/1.1"),
               get("Transfer-Encoding: chunked\r\n", "POST /a HTTP/1.0"),
               get("Content-Length: 5, 6\r\n", "POST /a HTTP/1.1"),
               get("Content-Length: +5\r\n", "POST /a HTTP/1.1"),
               get("Content-Length: 0x5\r\n", "POST /a HTTP/1.1"));
  INFO(request);
  RawClient client(server->port());
  client.send(request + "0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: localhost\r\n\r\n");
  const RawAnswer answer = client.read();
  CHECK(answer.status == 400);
  CHECK_THAT(answer.body, Catch::Contains("\"findings\":[]"));
  CHECK(client.closed_by_server());
}

TEST_CASE("what is not known is answered with its own status") {
  CHECK(answer_to(get("Transfer-Encoding: gzip, chunked\r\n", "POST /a HTTP/1.1")).status == 501);
  CHECK(answer_to(get("", "BREW /a HTTP/1.1")).status == 501);
  CHECK(answer_to(get("", "GET /a HTTP/2.0")).status == 505);
  CHECK(answer_to(get("Expect: payment\r\n")).status == 417);
  CHECK(answer_to(get("Origin: http://evil.example\r\n", "POST /a HTTP/1.1")).status == 403);
  CHECK(answer_to(get("Origin: http://evil.example\r\n")).status == 200);
  CHECK(answer_to("GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n").status == 421);
  HttpSettings settings;
  settings.hosts = {"evil.example"};
  CHECK(answer_to("GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n", settings).status == 200);
}

TEST_CASE("a client of HTTP/1.0 is not told to continue, and keeps its connection if it asks") {
  const auto server = serve({});
  RawClient client(server->port());
  REQUIRE(
      client.send("POST /p HTTP/1.0\r\nContent-Length: 1\r\nExpect: 100-continue\r\n"
                  "Connection: keep-alive\r\n\r\nx"));
  const RawAnswer answer = client.read();
  CHECK(answer.status == 200);
  CHECK_THAT(answer.head, Catch::Contains("Connection: keep-alive"));
  REQUIRE(client.send("GET /a HTTP/1.0\r\n\r\n"));
  CHECK(client.read().body == "GET/a");
  CHECK(client.closed_by_server());
}

TEST_CASE("empty lines before a request are nothing, and a head may come byte by byte") {
  const auto server = serve({});
  RawClient client(server->port());
  for (const char c : "\r\n\r\n" + get() + "\r\n" + get()) REQUIRE(client.send({&c, 1}));
  CHECK(client.read().body == "GET/a");
  CHECK(client.read().body == "GET/a");
}

TEST_CASE("a body may come in ten thousand chunks") {
  const auto server = serve({});
  RawClient client(server->port());
  std::string request = get("Transfer-Encoding: chunked\r\n", "POST /p HTTP/1.1");
  for (int i = 0; i < 10'000; ++i) request += "1;x=y\r\nz\r\n";
  REQUIRE(client.send(request + "0\r\nAuthorization: Bearer x\r\n\r\n" + get()));
  CHECK(client.read().body == "POST/p" + std::string(10'000, 'z'));
  CHECK(client.read().body == "GET/a");
}

TEST_CASE("a client that has closed its side is answered all the same") {
  const auto server = serve({});
  RawClient client(server->port());
  REQUIRE(client.send(get()));
  client.close_sending();
  CHECK(client.read().body == "GET/a");
  CHECK(client.closed_by_server());
}

TEST_CASE("JSON of a kilobyte is packed for those who take it, and marked as other bytes") {
  const auto server = serve({}, [](HttpRequest, const HttpRespond& respond) {
    respond([] {
      return HttpResponse{200, "application/json", std::string(200'000, 'x'), {{"ETag", "\"t\""}}};
    });
  });
  RawClient client(server->port());
  REQUIRE(client.send(get("Accept-Encoding: br, GZIP;q=0.5\r\n") + get()));
  const RawAnswer packed = client.read();
  CHECK_THAT(packed.head, Catch::Contains("Content-Encoding: gzip"));
  CHECK_THAT(packed.head, Catch::Contains("ETag: W/\"t\""));
  CHECK(packed.body.size() < 10'000);
  CHECK_THAT(packed.body, Catch::StartsWith("\x1f\x8b"));
  CHECK(client.read().body.size() == 200'000);
  REQUIRE(client.send(get("Accept-Encoding: gzip;q=0\r\n")));
  CHECK(client.read().body.size() == 200'000);
}

// Each turn holds all that the next one needs, and nothing holds itself: the server may end first.
struct LongWork {
  const std::atomic<bool>& may_end;
  decltype(HttpRequest::later) later;
  HttpRespond respond;

  void operator()() const {
    if (!may_end) return later(*this);
    respond([] { return HttpResponse{200, "text/plain", "long", {}}; });
  }
};

TEST_CASE("work that is long is done in turns, and a question does not wait for it") {
  HttpSettings settings;
  settings.workers = 1;
  std::atomic<bool> asked = false;
  const auto server = serve(settings, [&](HttpRequest request, HttpRespond respond) {
    if (request.target == "/a") {
      asked = true;
      return echo(std::move(request), std::move(respond));
    }
    LongWork{asked, request.later, std::move(respond)}();
  });
  RawClient slow(server->port());
  REQUIRE(slow.send(get("", "GET /long HTTP/1.1")));
  RawClient quick(server->port());
  REQUIRE(quick.send(get()));
  CHECK(quick.read().body == "GET/a");
  CHECK(slow.read().body == "long");
}

TEST_CASE("a thousand strangers who wait keep nobody out") {
  HttpSettings settings;
  settings.strangers_max = 8;
  const auto server = serve(settings, echo, knows);
  RawClient user(server->port());
  REQUIRE(user.send(get("Authorization: Bearer wang\r\n")));
  CHECK(user.read().status == 200);
  std::vector<std::unique_ptr<RawClient>> strangers;
  for (int i = 0; i < 1000; ++i) {
    strangers.push_back(std::make_unique<RawClient>(server->port()));
    strangers.back()->send(i % 2 == 0 ? "" : "POST /a HTTP/1.1\r\nHost: local");
    if (i % 100 != 99) continue;
    RawClient probe(server->port());
    REQUIRE(probe.send(get()));
    CHECK(probe.read().status == 200);
    RawClient next(server->port());
    REQUIRE(next.send(get("Authorization: Bearer li\r\n")));
    CHECK(next.read().status == 200);
  }
  CHECK(strangers.front()->closed_by_server());
  REQUIRE(user.send(get("Authorization: Bearer wang\r\n")));
  CHECK(user.read().status == 200);
}

TEST_CASE("a stranger has less time than a user, and is asked for no body") {
  HttpSettings settings;
  settings.stranger = milliseconds(50);
  const auto server = serve(settings, echo, knows);
  RawClient stranger(server->port());
  REQUIRE(stranger.send("GET / HTT"));
  CHECK(stranger.closed_by_server());
  RawClient eager(server->port());
  REQUIRE(eager.send(get("Content-Length: 1000000\r\n", "POST /p HTTP/1.1") + "x"));
  CHECK(eager.read().body == "POST/p");
  RawClient user(server->port());
  REQUIRE(user.send(get("Authorization: Bearer wang\r\n")));
  CHECK(user.read().status == 200);
  std::this_thread::sleep_for(milliseconds(100));
  REQUIRE(user.send(get("Authorization: Bearer wang\r\n")));
  CHECK(user.read().status == 200);
}

TEST_CASE("a user who keeps all places at work is told so, and others have theirs") {
  HttpSettings settings;
  settings.connections_of_user_max = 2;
  std::mutex mutex;
  std::vector<HttpRespond> held;
  const auto server = serve(
      settings,
      [&](HttpRequest request, HttpRespond respond) {
        if (request.target == "/a") return echo(std::move(request), std::move(respond));
        const std::lock_guard lock(mutex);
        held.push_back(std::move(respond));
      },
      knows);
  const std::string hold = get("Authorization: Bearer wang\r\n", "GET /hold HTTP/1.1");
  RawClient first(server->port());
  RawClient second(server->port());
  REQUIRE(first.send(hold));
  REQUIRE(second.send(hold));
  while (true) {
    const std::lock_guard lock(mutex);
    if (held.size() == 2) break;
  }
  RawClient third(server->port());
  REQUIRE(third.send(get("Authorization: Bearer wang\r\n")));
  const RawAnswer answer = third.read();
  CHECK(answer.status == 503);
  CHECK_THAT(answer.head, Catch::Contains("Retry-After"));
  RawClient other(server->port());
  REQUIRE(other.send(get("Authorization: Bearer li\r\n")));
  CHECK(other.read().status == 200);
}

}  // namespace
}  // namespace jiexu::http_door_test
