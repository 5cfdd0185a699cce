// The HTTP server over real loopback sockets: limits, order, patience, hostile bytes.
#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <future>
#include <mutex>
#include <thread>

#include "daemon/api/http/http_server.h"
#include "tests/api/http/raw_client.h"
#include "tests/temp_folder.h"

namespace jiexu::http_test {
namespace {

using std::chrono::milliseconds;

// Answers with method, target and body.
void echo(HttpRequest request, HttpRespond respond) {
  respond([request = std::move(request)] {
    return HttpResponse{200, "text/plain", request.method + request.target + request.body, {}};
  });
}

std::unique_ptr<HttpServer> serve(const HttpSettings& settings, HttpHandler handler = echo) {
  auto server = HttpServer::start(settings, std::move(handler));
  REQUIRE(server);
  return std::move(*server);
}

std::string post(std::string_view body) {
  return "POST /p HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + std::to_string(body.size()) +
         "\r\n\r\n" + std::string(body);
}

const std::string kGet = "GET /a HTTP/1.1\r\nHost: localhost\r\n\r\n";

TEST_CASE("a connection is kept and its requests are answered in order, also when pipelined") {
  const auto server = serve({});
  RawClient client(server->port());
  REQUIRE(client.send(kGet + post("one") + post("two") + kGet));
  CHECK(client.read().body == "GET/a");
  CHECK(client.read().body == "POST/pone");
  CHECK(client.read().body == "POST/ptwo");
  CHECK(client.read().body == "GET/a");
}

// Reads the body in pieces of three bytes and answers with them, one in brackets each.
void echo_pieces(const std::shared_ptr<HttpBody>& body, const std::string& so_far,
                 const HttpRespond& respond) {
  body->read(3, [=](std::optional<std::string> piece) {
    if (!piece) return;
    if (!piece->empty()) return echo_pieces(body, so_far + "[" + *piece + "]", respond);
    respond([so_far] { return HttpResponse{200, "text/plain", so_far, {}}; });
  });
}

void stream(HttpRequest request, HttpRespond respond) {
  if (!request.stream) return echo(std::move(request), std::move(respond));
  echo_pieces(request.stream, "", respond);
}

std::string put(std::string_view body) {
  return "PUT /p HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + std::to_string(body.size()) +
         "\r\n\r\n" + std::string(body);
}

TEST_CASE("the body of a PUT comes to its handler in pieces, and the connection goes on") {
  const auto server = serve({}, stream);
  RawClient client(server->port());
  REQUIRE(client.send(put("12345678") + kGet + put("")));
  CHECK(client.read().body == "[123][456][78]");
  CHECK(client.read().body == "GET/a");
  CHECK(client.read().body == "");
}

TEST_CASE("a chunked PUT comes in pieces too, and says no size") {
  std::optional<uint64_t> size = 1;
  const auto server = serve({}, [&](HttpRequest request, HttpRespond respond) {
    size = request.stream->size();
    stream(std::move(request), std::move(respond));
  });
  RawClient client(server->port());
  REQUIRE(
      client.send("PUT /p HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
                  "5\r\nabcde\r\n2\r\nfg\r\n0\r\n\r\n"));
  CHECK(client.read().body == "[abc][def][g]");
  CHECK_FALSE(size);
}

TEST_CASE("a PUT whose handler answers before its end is answered, and the connection ends") {
  const auto server = serve({}, echo);
  RawClient client(server->port());
  const std::string body(1 << 20, 'x');
  REQUIRE(client.send(put(body)));
  CHECK(client.read().body == "PUT/p");
  CHECK(client.closed_by_server());
}

TEST_CASE("a handler hears of a client that has gone in the middle of its PUT") {
  std::promise<bool> gone;
  const auto server = serve({}, [&](HttpRequest request, HttpRespond) {
    request.stream->read(100, [&gone, keep = request.stream](std::optional<std::string> piece) {
      gone.set_value(!piece);
    });
  });
  {
    RawClient client(server->port());
    REQUIRE(client.send("PUT /p HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nhalf"));
  }
  CHECK(gone.get_future().get());
}

TEST_CASE("an answer in pieces arrives as one, and the connection goes on") {
  const auto server = serve({}, [](HttpRequest, const HttpRespond& respond) {
    respond([] {
      HttpResponse response{200, "text/plain", "", {}};
      response.size = 6;
      response.pieces = [n = 0]() mutable -> std::optional<std::string> {
        return n == 3 ? "" : std::string(2, static_cast<char>('a' + n++));
      };
      return response;
    });
  });
  RawClient client(server->port());
  REQUIRE(client.send(kGet + kGet));
  CHECK(client.read().body == "aabbcc");
  CHECK(client.read().body == "aabbcc");
}

TEST_CASE("an answer that cannot go on ends the connection before its end") {
  const auto server = serve({}, [](HttpRequest, const HttpRespond& respond) {
    respond([] {
      HttpResponse response{200, "text/plain", "", {}};
      response.size = 6;
      response.pieces = [n = 0]() mutable -> std::optional<std::string> {
        if (n++ == 1) return std::nullopt;
        return "aa";
      };
      return response;
    });
  });
  RawClient client(server->port());
  REQUIRE(client.send(kGet));
  CHECK(client.read().status == 0);
}

TEST_CASE("a pipelined answer that is ready early waits for the one before it") {
  std::promise<HttpRespond> first;
  int calls = 0;
  const auto server = serve({}, [&](HttpRequest request, HttpRespond respond) {
    if (++calls == 1) return first.set_value(std::move(respond));
    echo(std::move(request), std::move(respond));
  });
  RawClient client(server->port());
  REQUIRE(client.send(kGet + post("second")));
  first.get_future().get()([] { return HttpResponse{200, "text/plain", "first", {}}; });
  CHECK(client.read().body == "first");
  CHECK(client.read().body == "POST/psecond");
}

TEST_CASE("an answer may come from another thread, and only the first one counts") {
  std::thread worker;
  const auto server = serve({}, [&](HttpRequest, HttpRespond respond) {
    worker = std::thread([respond = std::move(respond)] {
      respond([] { return HttpResponse{201, "text/plain", "one", {}}; });
      respond([] { return HttpResponse{500, "text/plain", "two", {}}; });
    });
  });
  RawClient client(server->port());
  REQUIRE(client.send(kGet));
  const RawAnswer answer = client.read();
  worker.join();
  CHECK(answer.status == 201);
  CHECK(answer.body == "one");
}

TEST_CASE("a body over the limit is 413, declared or chunked, and the connection ends") {
  HttpSettings settings;
  settings.body_bytes_max = 1000;
  const auto server = serve(settings);
  const std::string big(100'000, 'x');
  const std::string request = GENERATE_COPY(
      post(big),
      "POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n186a0\r\n" + big +
          "\r\n0\r\n\r\n");
  RawClient client(server->port());
  client.send(request);
  const RawAnswer answer = client.read();
  CHECK(answer.status == 413);
  CHECK_THAT(answer.body, Catch::Contains("\"code\":\"body_too_large\""));
  CHECK(client.closed_by_server());
}

TEST_CASE("a body at the limit is taken") {
  HttpSettings settings;
  settings.body_bytes_max = 1000;
  const auto server = serve(settings);
  RawClient client(server->port());
  REQUIRE(client.send(post(std::string(1000, 'x'))));
  CHECK(client.read().status == 200);
}

TEST_CASE("headers over the limit are 431") {
  const auto server = serve({});
  RawClient client(server->port());
  client.send("GET / HTTP/1.1\r\nHost: localhost\r\nX: " + std::string(20'000, 'x') + "\r\n\r\n");
  CHECK(client.read().status == 431);
}

TEST_CASE("what is not HTTP is 400, and the server lives on") {
  const auto server = serve({});
  const std::string garbage = GENERATE(
      std::string("\x16\x03\x01\x02\x00\x01\x00\r\n\r\n", 11), std::string("hello\r\n\r\n"),
      std::string("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n"),
      std::string(
          "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n"));
  RawClient client(server->port());
  client.send(garbage);
  CHECK(client.read().status == 400);
  CHECK(client.closed_by_server());
  RawClient next(server->port());
  REQUIRE(next.send(kGet));
  CHECK(next.read().status == 200);
}

TEST_CASE("a client that does not finish its request is cut off") {
  HttpSettings settings;
  settings.idle = milliseconds(50);
  const auto server = serve(settings);
  const std::string part =
      GENERATE(std::string(""), "GET / HT", "POST / HTTP/1.1\r\nContent-Le",
               "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\nabc");
  RawClient client(server->port());
  REQUIRE(client.send(part));
  CHECK(client.closed_by_server());
}

TEST_CASE("bytes that trickle do not extend the patience") {
  HttpSettings settings;
  settings.idle = milliseconds(100);
  const auto server = serve(settings);
  RawClient client(server->port());
  // Each byte comes well within the idle time; the whole would take two hours.
  size_t sent = 0;
  while (sent < 7200 && client.send("x")) {
    ++sent;
    std::this_thread::sleep_for(milliseconds(10));
  }
  CHECK(sent < 7200);
}

TEST_CASE("a client that does not read its answers is cut off") {
  HttpSettings settings;
  settings.idle = milliseconds(100);
  std::atomic<int> answered = 0;
  const auto server = serve(settings, [&](HttpRequest, HttpRespond respond) {
    respond([&] {
      ++answered;
      return HttpResponse{200, "text/plain", std::string(8 << 20, 'x'), {}};
    });
  });
  RawClient client(server->port());
  std::string many;
  for (int i = 0; i < 100; ++i) many += kGet;
  REQUIRE(client.send(many));
  // Once the server has given up, sending fails.
  while (client.send(kGet)) std::this_thread::sleep_for(milliseconds(10));
  CHECK(answered < 100);
}

TEST_CASE("a handler that does not answer in time gives 504, and its late answer is dropped") {
  HttpSettings settings;
  settings.idle = milliseconds(50);
  std::promise<HttpRespond> kept;
  const auto server = serve(
      settings, [&](HttpRequest, HttpRespond respond) { kept.set_value(std::move(respond)); });
  RawClient client(server->port());
  REQUIRE(client.send(kGet));
  const RawAnswer answer = client.read();
  CHECK(answer.status == 504);
  std::promise<void> made;
  kept.get_future().get()([&] {
    made.set_value();
    return HttpResponse{};
  });
  made.get_future().get();  // what the answer does is done all the same
  CHECK(client.closed_by_server());
}

TEST_CASE("an answer after the server has gone is dropped") {
  std::promise<HttpRespond> kept;
  auto server =
      serve({}, [&](HttpRequest, HttpRespond respond) { kept.set_value(std::move(respond)); });
  RawClient client(server->port());
  REQUIRE(client.send(kGet));
  const HttpRespond respond = kept.get_future().get();
  server.reset();
  bool made = false;
  respond([&] {
    made = true;
    return HttpResponse{};
  });
  CHECK_FALSE(made);
  CHECK(client.closed_by_server());
}

TEST_CASE("a client that asks before it sends is told to continue") {
  const auto server = serve({});
  RawClient client(server->port());
  REQUIRE(client.send(
      "POST /p HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n"));
  CHECK(client.read().status == 100);
  REQUIRE(client.send("abc"));
  CHECK(client.read().body == "POST/pabc");
}

TEST_CASE("a handler that throws gives 500") {
  const auto server = serve({}, [](HttpRequest, HttpRespond respond) {
    respond([]() -> HttpResponse { throw std::runtime_error("bug"); });
  });
  RawClient client(server->port());
  REQUIRE(client.send(kGet));
  const RawAnswer answer = client.read();
  CHECK(answer.status == 500);
  CHECK(answer.body.find("bug") == std::string::npos);
}

TEST_CASE("the unix socket is open to owner and group only, and goes with the server") {
  const TempFolder folder;
  HttpSettings settings;
  settings.unix_socket = folder.path / "api.sock";
  auto server = serve(settings);
  struct stat info;
  REQUIRE(::stat(settings.unix_socket.c_str(), &info) == 0);
  CHECK((info.st_mode & 0777) == 0660);
  RawClient client(settings.unix_socket);
  REQUIRE(client.send(kGet));
  CHECK(client.read().status == 200);
  const auto second = HttpServer::start(settings, echo);
  REQUIRE_FALSE(second);
  CHECK(second.error().code == Errc::kBusy);
  server.reset();
  CHECK_FALSE(std::filesystem::exists(settings.unix_socket));
}

TEST_CASE("a socket file that a killed server left is replaced, another file is not") {
  const TempFolder folder;
  HttpSettings settings;
  settings.unix_socket = folder.path / "api.sock";
  std::filesystem::create_directory(settings.unix_socket);
  const auto refused = HttpServer::start(settings, echo);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == Errc::kExists);
}

TEST_CASE("an address that is not loopback is refused") {
  HttpSettings settings;
  settings.host = "0.0.0.0";
  const auto server = HttpServer::start(settings, echo);
  REQUIRE_FALSE(server);
  CHECK(server.error().code == Errc::kInvalid);
}

TEST_CASE("a port that is taken is named") {
  const auto server = serve({});
  HttpSettings settings;
  settings.port = server->port();
  const auto second = HttpServer::start(settings, echo);
  REQUIRE_FALSE(second);
  CHECK(second.error().code == Errc::kBusy);
  CHECK_THAT(second.error().text, Catch::Contains(std::to_string(settings.port)));
}

}  // namespace
}  // namespace jiexu::http_test
