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

constexpr size_t kAnswerBytesMax = 256 << 20;

// A connection whose calls block, but not for ever.
class Connection {
 public:
  explicit Connection(std::chrono::seconds patience) : patience_(patience) {}

  error_code connect(const Protocol::endpoint& endpoint) {
    return wait([&](auto done) { stream_.async_connect(endpoint, done); });
  }

  template <class Body>
  error_code write(http::request<Body>& request) {
    return wait([&](auto done) {
      http::async_write(stream_, request, [done](error_code error, size_t) { done(error); });
    });
  }

  template <class Body>
  error_code read_header(http::response_parser<Body>& parser) {
    return wait([&](auto done) {
      http::async_read_header(stream_, buffer_, parser,
                              [done](error_code error, size_t) { done(error); });
    });
  }

  template <class Body>
  error_code read(http::response_parser<Body>& parser) {
    return wait([&](auto done) {
      http::async_read(stream_, buffer_, parser, [done](error_code error, size_t) { done(error); });
    });
  }

 private:
  template <class Start>
  error_code wait(const Start& start) {
    error_code result;
    stream_.expires_after(patience_);
    start([&result](error_code error) { result = error; });
    io_.restart();
    io_.run();
    return result;
  }

  const std::chrono::seconds patience_;
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

// An IPv6 address stands in brackets before a port (RFC 3986, 3.2.2).
std::string host_of(const Endpoint& endpoint) {
  const bool six = endpoint.host.find(':') != std::string::npos;
  return six ? "[" + endpoint.host + "]" : endpoint.host;
}

template <class Body>
http::request<Body> head_of(const Endpoint& endpoint, const Request& request) {
  http::request<Body> out(http::string_to_verb(request.method), request.target, 11);
  out.set(http::field::host, host_of(endpoint));
  out.set(http::field::connection, "close");
  if (!request.token.empty()) out.set(http::field::authorization, "Bearer " + request.token);
  if (!request.idempotency_key.empty()) out.set("Idempotency-Key", request.idempotency_key);
  if (!request.accept_language.empty()) {
    out.set(http::field::accept_language, request.accept_language);
  }
  return out;
}

http::request<http::string_body> to_beast(const Endpoint& endpoint, const Request& request) {
  auto out = head_of<http::string_body>(endpoint, request);
  if (!request.body.empty()) out.set(http::field::content_type, request.content_type);
  out.body() = request.body;
  out.prepare_payload();
  return out;
}

Result<void> connect(const Endpoint& endpoint, Connection& connection) {
  error_code error;
  const Protocol::endpoint address = address_of(endpoint, error);
  if (!error) error = connection.connect(address);
  if (!error) return {};
  return fail(Errc::kBusy, "the daemon does not answer on " + host_of(endpoint) + ":" +
                               std::to_string(endpoint.port) + " (" + error.message() +
                               "); is jiexud running? `jiexu doctor` looks further");
}

// Who has only asked may ask again.
tl::unexpected<Error> no_answer(const Request& request, const error_code& error) {
  if (request.method == "GET") {
    return fail(Errc::kBusy, "no answer (" + error.message() + "); try again");
  }
  return fail(Errc::kIo, "no answer (" + error.message() +
                             "); whether it was done is not known: look before repeating");
}

// An answer may be there although the write failed: the daemon refuses large requests early.
Result<Reply> read_reply(Connection& connection, const Request& request,
                         const error_code& write_error) {
  http::response_parser<http::string_body> parser;
  parser.body_limit(kAnswerBytesMax);
  const error_code error = connection.read(parser);
  if (error) return no_answer(request, write_error ? write_error : error);
  return Reply{static_cast<int>(parser.get().result_int()), std::move(parser.get().body())};
}

}  // namespace

Result<Reply> send(const Endpoint& endpoint, const Request& request) {
  Connection connection(request.patience);
  if (Result<void> done = connect(endpoint, connection); !done) return tl::unexpected(done.error());
  auto out = to_beast(endpoint, request);
  return read_reply(connection, request, connection.write(out));
}

Result<Reply> upload(const Endpoint& endpoint, const Request& request,
                     const std::filesystem::path& file) {
  auto out = head_of<http::file_body>(endpoint, request);
  error_code error;
  out.body().open(file.c_str(), beast::file_mode::scan, error);
  if (error) return fail(Errc::kNotFound, file.string() + ": " + error.message());
  out.prepare_payload();
  Connection connection(request.patience);
  if (Result<void> done = connect(endpoint, connection); !done) return tl::unexpected(done.error());
  return read_reply(connection, request, connection.write(out));
}

Result<Reply> download(const Endpoint& endpoint, const Request& request,
                       const std::filesystem::path& file) {
  Connection connection(request.patience);
  if (Result<void> done = connect(endpoint, connection); !done) return tl::unexpected(done.error());
  auto out = to_beast(endpoint, request);
  const error_code written = connection.write(out);
  http::response_parser<http::empty_body> head;
  head.body_limit(kAnswerBytesMax);
  error_code error = connection.read_header(head);
  if (error) return no_answer(request, written ? written : error);
  const int status = static_cast<int>(head.get().result_int());
  if (status != 200) {
    http::response_parser<http::string_body> parser(std::move(head));
    error = connection.read(parser);
    if (error) return no_answer(request, error);
    return Reply{status, std::move(parser.get().body())};
  }
  http::response_parser<http::file_body> parser(std::move(head));
  parser.get().body().open(file.c_str(), beast::file_mode::write, error);
  if (error) return fail(Errc::kIo, file.string() + ": " + error.message());
  error = connection.read(parser);
  if (error) return fail(Errc::kIo, file.string() + ": broke off (" + error.message() + ")");
  return Reply{status, ""};
}

}  // namespace jiexu::cli
