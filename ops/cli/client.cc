#include "ops/cli/client.h"

#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>

namespace jiexu::cli {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using boost::system::error_code;
using Protocol = asio::generic::stream_protocol;

// Longer than the daemon waits for its engine, so that it is the daemon that says what happened.
constexpr std::chrono::seconds kPatience{75};
constexpr size_t kAnswerBytesMax = 256 << 20;

// A connection whose calls block, but not for ever.
class Connection {
 public:
  error_code connect(const Protocol::endpoint& endpoint) {
    return wait([&](auto done) { stream_.async_connect(endpoint, done); });
  }

  error_code write(const http::request<http::string_body>& request) {
    return wait([&](auto done) {
      http::async_write(stream_, request, [done](error_code error, size_t) { done(error); });
    });
  }

  error_code read(http::response_parser<http::string_body>& parser) {
    return wait([&](auto done) {
      http::async_read(stream_, buffer_, parser, [done](error_code error, size_t) { done(error); });
    });
  }

 private:
  template <class Start>
  error_code wait(const Start& start) {
    error_code result;
    stream_.expires_after(kPatience);
    start([&result](error_code error) { result = error; });
    io_.restart();
    io_.run();
    return result;
  }

  asio::io_context io_;
  beast::basic_stream<Protocol> stream_{io_};
  beast::flat_buffer buffer_;
};

Protocol::endpoint address_of(const Endpoint& endpoint, error_code& error) {
  std::error_code ignored;
  if (!endpoint.unix_socket.empty() && std::filesystem::exists(endpoint.unix_socket, ignored)) {
    return asio::local::stream_protocol::endpoint(endpoint.unix_socket.string());
  }
  const auto address = asio::ip::make_address(endpoint.host, error);
  return asio::ip::tcp::endpoint(address, endpoint.port);
}

http::request<http::string_body> to_beast(const Endpoint& endpoint, const Request& request) {
  http::request<http::string_body> out(http::string_to_verb(request.method), request.target, 11);
  out.set(http::field::host, endpoint.host);
  out.set(http::field::connection, "close");
  if (!request.token.empty()) out.set(http::field::authorization, "Bearer " + request.token);
  if (!request.idempotency_key.empty()) out.set("Idempotency-Key", request.idempotency_key);
  if (!request.body.empty()) out.set(http::field::content_type, request.content_type);
  out.body() = request.body;
  out.prepare_payload();
  return out;
}

}  // namespace

Result<Reply> send(const Endpoint& endpoint, const Request& request) {
  error_code error;
  const Protocol::endpoint address = address_of(endpoint, error);
  Connection connection;
  if (!error) error = connection.connect(address);
  if (error) {
    return fail(Errc::kBusy, "the daemon does not answer on " + endpoint.host + ":" +
                                 std::to_string(endpoint.port) + " (" + error.message() +
                                 "); is jiexud running? `jiexu doctor` looks further");
  }
  http::response_parser<http::string_body> parser;
  parser.body_limit(kAnswerBytesMax);
  error = connection.write(to_beast(endpoint, request));
  // An answer may be there although the write failed: the daemon refuses large requests early.
  const error_code read_error = connection.read(parser);
  if (read_error) {
    return fail(Errc::kIo, "no answer (" + (error ? error : read_error).message() +
                               "); whether it was done is not known: look before repeating");
  }
  return Reply{static_cast<int>(parser.get().result_int()), std::move(parser.get().body())};
}

}  // namespace jiexu::cli
