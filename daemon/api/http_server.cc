#include "daemon/api/http_server.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <boost/asio/dispatch.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <optional>
#include <thread>

namespace jiexu {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using boost::system::error_code;
using tcp = asio::ip::tcp;
using local = asio::local::stream_protocol;
// One kind of stream for both address families.
using Stream = beast::basic_stream<asio::generic::stream_protocol>;
using Socket = asio::generic::stream_protocol::socket;
using Response = http::response<http::string_body>;

// After an answer to a request that was not read to its end, input is read and thrown away up to
// here, because closing with unread input would make the kernel discard the answer.
constexpr size_t kDrainBytesMax = 8 << 20;
constexpr std::chrono::seconds kAcceptRetry{1};  // when out of descriptors

std::string problem_body(int status, std::string_view code, std::string_view detail) {
  return R"({"type":"urn:jiexu:problem:)" + std::string(code) + R"(","title":")" +
         std::string(http::obsolete_reason(http::int_to_status(status))) + R"(","status":)" +
         std::to_string(status) + R"(,"code":")" + std::string(code) + R"(","detail":")" +
         std::string(detail) + "\"}";
}

HttpResponse problem(int status, std::string_view code, std::string_view detail) {
  return {status, "application/problem+json", problem_body(status, code, detail), {}};
}

// What is wrong with a request that the parser refused; nullopt: say nothing, just close.
std::optional<HttpResponse> problem_of(const error_code& error) {
  if (error == http::error::header_limit) {
    return problem(431, "header_too_large", "send fewer or shorter header fields");
  }
  if (error == http::error::body_limit) {
    return problem(413, "body_too_large", "send less at once");
  }
  const bool closed = error == http::error::end_of_stream || error == http::error::partial_message;
  if (closed || error.category() != make_error_code(http::error::bad_method).category()) {
    return std::nullopt;
  }
  return problem(400, "malformed_request", "this is not HTTP/1.1");
}

}  // namespace

struct HttpServer::Core : std::enable_shared_from_this<HttpServer::Core> {
  Core(const HttpSettings& s, HttpHandler h) : settings(s), handler(std::move(h)) {}

  Result<void> listen_tcp();
  Result<void> listen_unix();
  template <class Acceptor>
  void accept(Acceptor& acceptor);
  void take(Socket socket);
  void stop();

  const HttpSettings settings;
  const HttpHandler handler;
  size_t connections = 0;  // before `io`, whose end ends the last sessions
  asio::io_context io{1};
  tcp::acceptor tcp_acceptor{io};
  local::acceptor unix_acceptor{io};
  asio::steady_timer retry{io};
  bool owns_unix_socket = false;
  std::thread thread;
};

namespace {

// One connection. Read a request, wait for its answer, write it, again. Keeps itself alive by the
// pending operation; lives on the server's thread only.
class Session : public std::enable_shared_from_this<Session> {
 public:
  // `core` outlives every session, because sessions live in operations of its io_context. It is
  // given as the pieces that a session needs.
  Session(Socket socket, const HttpSettings& settings, const HttpHandler& handler,
          std::weak_ptr<asio::io_context> io, size_t& connections)
      : stream_(std::move(socket)),
        settings_(settings),
        handler_(handler),
        io_(std::move(io)),
        patience_(stream_.get_executor()),
        connections_(connections) {
    ++connections_;
  }
  ~Session() { --connections_; }
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  void read() {
    parser_.emplace();
    parser_->header_limit(static_cast<uint32_t>(settings_.header_bytes_max));
    parser_->body_limit(settings_.body_bytes_max);
    stream_.expires_after(settings_.idle);
    http::async_read_header(
        stream_, buffer_, *parser_,
        [self = shared_from_this()](error_code error, size_t) { self->on_header(error); });
  }

  // Gives the answer to the request numbered `request`; later ones and repeats are ignored.
  void respond(uint64_t request, HttpResponse answer) {
    if (!waiting_ || request != requests_) return;
    waiting_ = false;
    patience_.cancel();
    write(std::move(answer), keep_alive_);
  }

  static HttpResponse built(const std::function<HttpResponse()>& make) {
    try {
      return make();
    } catch (const std::exception&) {
      return problem(500, "internal", "the answer could not be built");
    }
  }

 private:
  void on_header(error_code error) {
    if (error) return refuse(error);
    if (beast::iequals(parser_->get()[http::field::expect], "100-continue")) return send_continue();
    read_body();
  }

  void send_continue() {
    continue_ = {http::status::continue_, 11};
    http::async_write(stream_, continue_, [self = shared_from_this()](error_code error, size_t) {
      if (!error) self->read_body();
    });
  }

  void read_body() {
    http::async_read(stream_, buffer_, *parser_,
                     [self = shared_from_this()](error_code error, size_t) {
                       error ? self->refuse(error) : self->dispatch();
                     });
  }

  void refuse(const error_code& error) {
    if (const auto response = problem_of(error)) write(*response, false);
  }

  void dispatch() {
    stream_.expires_never();
    auto message = parser_->release();
    keep_alive_ = message.keep_alive();
    HttpRequest request{std::string(message.method_string()),
                        std::string(message.target()),
                        std::string(message[http::field::authorization]),
                        std::string(message["Idempotency-Key"]),
                        std::move(message.body()),
                        std::string(message[http::field::content_type])};
    waiting_ = true;
    const uint64_t number = ++requests_;
    wait_for_handler(number);
    call(std::move(request), number);
  }

  void call(HttpRequest request, uint64_t number) {
    auto respond = [weak = weak_from_this(), io = io_, number](std::function<HttpResponse()> make) {
      const std::shared_ptr<asio::io_context> alive = io.lock();
      if (!alive) return;
      asio::dispatch(*alive, [weak, number, make = std::move(make)] {
        HttpResponse answer = built(make);
        if (const auto self = weak.lock()) self->respond(number, std::move(answer));
      });
    };
    try {
      handler_(std::move(request), std::move(respond));
    } catch (const std::exception&) {
      this->respond(number, problem(500, "internal", "the handler failed"));
    }
  }

  // The handler gets as long as a client does. After that the outcome is not known to us.
  void wait_for_handler(uint64_t number) {
    patience_.expires_after(settings_.idle);
    patience_.async_wait([self = shared_from_this(), number](error_code error) {
      if (error) return;
      self->respond(number, problem(504, "no_answer_yet",
                                    "the outcome is not known yet; ask again with the same "
                                    "Idempotency-Key"));
    });
  }

  void write(HttpResponse answer, bool keep_alive) {
    response_ = Response(http::int_to_status(static_cast<unsigned>(answer.status)), 11);
    response_.set(http::field::content_type, answer.content_type);
    response_.set(http::field::cache_control, "no-store");
    response_.set("X-Content-Type-Options", "nosniff");
    for (const auto& [field, value] : answer.headers) response_.set(field, value);
    response_.body() = std::move(answer.body);
    response_.keep_alive(keep_alive);
    response_.prepare_payload();
    stream_.expires_after(settings_.idle);
    http::async_write(stream_, response_,
                      [self = shared_from_this(), keep_alive](error_code error, size_t) {
                        if (error) return;
                        keep_alive ? self->read() : self->close();
                      });
  }

  void close() {
    error_code ignored;
    stream_.socket().shutdown(asio::socket_base::shutdown_send, ignored);
    stream_.expires_after(settings_.idle);
    drain(0);
  }

  void drain(size_t drained) {
    if (drained > kDrainBytesMax) return;
    buffer_.clear();
    stream_.async_read_some(buffer_.prepare(16 << 10),
                            [self = shared_from_this(), drained](error_code error, size_t n) {
                              if (!error) self->drain(drained + n);
                            });
  }

  Stream stream_;
  const HttpSettings& settings_;
  const HttpHandler& handler_;
  const std::weak_ptr<asio::io_context> io_;
  asio::steady_timer patience_;
  size_t& connections_;
  beast::flat_buffer buffer_;
  std::optional<http::request_parser<http::string_body>> parser_;
  http::response<http::empty_body> continue_;
  Response response_;
  uint64_t requests_ = 0;
  bool waiting_ = false;
  bool keep_alive_ = false;
};

tl::unexpected<Error> listen_error(const std::string& where, const error_code& error) {
  const Errc code = error == asio::error::address_in_use  ? Errc::kBusy
                    : error == asio::error::access_denied ? Errc::kPermission
                                                          : Errc::kIo;
  return fail(code, "API: cannot listen on " + where + ": " + error.message());
}

template <class Acceptor, class Endpoint>
error_code listen_on(Acceptor& acceptor, const Endpoint& endpoint) {
  error_code error;
  acceptor.open(endpoint.protocol(), error);
  if (!error) acceptor.set_option(asio::socket_base::reuse_address(true), error);
  if (!error) acceptor.bind(endpoint, error);
  if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
  return error;
}

// Removes a socket that a daemon which was killed has left. Error kBusy if one answers on it.
Result<void> remove_stale_socket(asio::io_context& io, const std::filesystem::path& path) {
  struct stat info;
  if (::lstat(path.c_str(), &info) != 0) return {};
  if (!S_ISSOCK(info.st_mode)) {
    return fail(Errc::kExists, "API: " + path.string() + " is there and is not a socket");
  }
  local::socket probe(io);
  error_code error;
  probe.connect(local::endpoint(path.string()), error);
  if (!error) return fail(Errc::kBusy, "API: another daemon answers on " + path.string());
  ::unlink(path.c_str());
  return {};
}

}  // namespace

Result<void> HttpServer::Core::listen_tcp() {
  error_code error;
  const auto address = asio::ip::make_address(settings.host, error);
  const std::string where = settings.host + ":" + std::to_string(settings.port);
  if (error) return listen_error(where, error);
  if (!address.is_loopback()) {
    return fail(Errc::kInvalid, "API: " + where + " is not a loopback address");
  }
  error = listen_on(tcp_acceptor, tcp::endpoint(address, settings.port));
  if (error) return listen_error(where, error);
  accept(tcp_acceptor);
  return {};
}

Result<void> HttpServer::Core::listen_unix() {
  const std::filesystem::path& path = settings.unix_socket;
  if (path.empty()) return {};
  if (path.native().size() >= sizeof(sockaddr_un{}.sun_path)) {
    return fail(Errc::kInvalid, "API: " + path.string() + " is too long for a socket");
  }
  if (Result<void> removed = remove_stale_socket(io, path); !removed) return removed;
  // The mode must hold from the first moment, so it comes from the mask and not from a later chmod.
  const mode_t mask = ::umask(0117);
  const error_code error = listen_on(unix_acceptor, local::endpoint(path.string()));
  ::umask(mask);
  if (error) return listen_error(path.string(), error);
  owns_unix_socket = true;
  accept(unix_acceptor);
  return {};
}

template <class Acceptor>
void HttpServer::Core::accept(Acceptor& acceptor) {
  acceptor.async_accept([this, &acceptor](error_code error, auto socket) {
    if (error == asio::error::operation_aborted) return;
    if (!error) {
      take(Socket(std::move(socket)));
      return accept(acceptor);
    }
    retry.expires_after(kAcceptRetry);
    retry.async_wait([this, &acceptor](error_code stopped) {
      if (!stopped) accept(acceptor);
    });
  });
}

void HttpServer::Core::take(Socket socket) {
  if (connections >= settings.connections_max) {
    // One attempt without waiting, so that a flood of connections costs no memory.
    const std::string body = problem_body(503, "too_many_connections", "try again in a second");
    const std::string text =
        "HTTP/1.1 503 Service Unavailable\r\nContent-Type: application/problem+json\r\n"
        "Retry-After: 1\r\nConnection: close\r\nContent-Length: " +
        std::to_string(body.size()) + "\r\n\r\n" + body;
    error_code ignored;
    socket.non_blocking(true, ignored);
    socket.write_some(asio::buffer(text), ignored);
    return;
  }
  // Or pipelined answers would wait for delayed acknowledgements, 40 ms each. Fails on unix
  // sockets, which need it not.
  error_code not_tcp;
  socket.set_option(tcp::no_delay(true), not_tcp);
  // The alias keeps no core alive: a session that owned its server could never end.
  const std::weak_ptr<asio::io_context> weak_io(
      std::shared_ptr<asio::io_context>(shared_from_this(), &io));
  std::make_shared<Session>(std::move(socket), settings, handler, weak_io, connections)->read();
}

void HttpServer::Core::stop() {
  io.stop();
  if (thread.joinable()) thread.join();
  error_code ignored;
  tcp_acceptor.close(ignored);
  unix_acceptor.close(ignored);
  if (owns_unix_socket) ::unlink(settings.unix_socket.c_str());
}

Result<std::unique_ptr<HttpServer>> HttpServer::start(const HttpSettings& settings,
                                                      HttpHandler handler) {
  auto core = std::make_shared<Core>(settings, std::move(handler));
  for (const Result<void>& listening : {core->listen_tcp(), core->listen_unix()}) {
    if (!listening) return tl::unexpected(listening.error());
  }
  core->thread = std::thread([raw = core.get()] { raw->io.run(); });
  return std::unique_ptr<HttpServer>(new HttpServer(std::move(core)));
}

HttpServer::HttpServer(std::shared_ptr<Core> core) : core_(std::move(core)) {}

HttpServer::~HttpServer() {
  core_->stop();
}

uint16_t HttpServer::port() const {
  error_code ignored;
  return core_->tcp_acceptor.local_endpoint(ignored).port();
}

void HttpServer::post(std::function<void()> work) {
  asio::post(core_->io, std::move(work));
}

}  // namespace jiexu
