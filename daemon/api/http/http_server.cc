#include "daemon/api/http/http_server.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <future>
#include <set>
#include <thread>

#include "daemon/api/http/http_answer.h"
#include "daemon/api/http/http_session.h"
#include "daemon/api/http/http_streaming.h"

namespace jiexu {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using tcp = asio::ip::tcp;
using local = asio::local::stream_protocol;
using Socket = HttpSocket;

constexpr std::chrono::seconds kAcceptRetry{1};         // when out of descriptors
constexpr std::chrono::milliseconds kEndPatience{500};  // with streams, when the server ends
constexpr std::chrono::milliseconds kEndLook{5};

}  // namespace

struct HttpServer::Core : std::enable_shared_from_this<HttpServer::Core> {
  Core(const HttpSettings& s, HttpHandler h, HttpKnows k)
      : shared{s,
               std::move(h),
               std::move(k),
               HostNames(s.hosts),
               HttpConnections(HttpConnections::Bounds{s.strangers_max, s.connections_max,
                                                       s.connections_of_user_max}),
               HttpWorkers(s.workers)} {}

  Result<void> listen_tcp();
  Result<void> listen_unix();
  template <class Acceptor>
  void accept(Acceptor& acceptor);
  void take(Socket socket);
  void end_streams();
  void stop();

  HttpShared shared;  // before `io`, whose end ends the last sessions
  const HttpSettings& settings = shared.settings;
  asio::io_context io{1};
  tcp::acceptor tcp_acceptor{io};
  local::acceptor unix_acceptor{io};
  asio::steady_timer retry{io};
  bool owns_unix_socket = false;
  std::thread thread;
};

namespace {

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
  if (!shared.connections.admits_stranger()) {
    // One attempt without waiting, so that a flood of connections costs no memory.
    const std::string body =
        http_problem(503, "too_many_connections", "all are at work; try again");
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
  begin_session(std::move(socket), shared, weak_io);
}

// Streams say that they end, so that their clients do not take it for a failure. Who does not read
// that soon is not waited for.
void HttpServer::Core::end_streams() {
  std::promise<void> ended;
  const std::function<void()> look = [&] {
    if (shared.streams.empty()) return ended.set_value();
    retry.expires_after(kEndLook);
    retry.async_wait([&](error_code) { look(); });
  };
  asio::post(io, [&] {
    error_code ignored;
    tcp_acceptor.cancel(ignored);
    unix_acceptor.cancel(ignored);
    const std::set<HttpStreaming*> all = shared.streams;
    for (HttpStreaming* stream : all) stream->end();
    look();
  });
  (void)ended.get_future().wait_for(kEndPatience);
  io.stop();
  if (thread.joinable()) thread.join();
}

void HttpServer::Core::stop() {
  end_streams();
  shared.workers.stop();
  error_code ignored;
  tcp_acceptor.close(ignored);
  unix_acceptor.close(ignored);
  if (owns_unix_socket) ::unlink(settings.unix_socket.c_str());
}

Result<std::unique_ptr<HttpServer>> HttpServer::start(const HttpSettings& settings,
                                                      HttpHandler handler, HttpKnows knows) {
  auto core = std::make_shared<Core>(settings, std::move(handler), std::move(knows));
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

}  // namespace jiexu
