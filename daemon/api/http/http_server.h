// The HTTP server: Boost.Beast on one thread, loopback TCP and optionally a unix socket; requests
// are treated by a few workers. It knows nothing of routes; it reads requests within limits, hands
// them to one handler, and writes answers.
//
// Threads: start() makes one that reads and writes, and the workers. The handler runs on any of
// them, several at a time, and must not block; what takes long it does in turns (`later` of the
// request). An answer may be given at once or later and from any thread; `make` runs on a worker,
// so that building JSON costs the caller nothing.
//
// Bounds: header, body, connections (http_connections.h), and one idle time for each wait (a whole
// request, a whole answer, the handler), so that slow readers and writers cost one connection for
// that long and no more. Requests on one connection are answered in order, one at a time. Large
// bodies travel in pieces both ways: that of a PUT is read by its handler, a large answer gives its
// pieces one after another.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "daemon/api/http/http_message.h"
#include "daemon/base/limits.h"
#include "daemon/base/result.h"

namespace jiexu {

struct HttpSettings {
  std::string host = "127.0.0.1";
  uint16_t port = 0;                  // 0: any free one; see HttpServer::port()
  std::filesystem::path unix_socket;  // empty: none. Made with mode 0660.
  std::vector<std::string> hosts;     // names besides those of loopback that it is asked for under
  size_t header_bytes_max = limits::kHttpHeaderBytesMax;
  size_t body_bytes_max = limits::kHttpBodyBytesMax;
  size_t connections_max = limits::kHttpConnectionsMax;  // of users
  // Of one user: a proxy keeps some dozens open.
  size_t connections_of_user_max = 128;
  // Connections that have not shown a token: they have only probes to ask for.
  size_t strangers_max = 64;
  // Threads that treat requests, besides the one for what takes long: one may wait for the disk
  // while the other works.
  size_t workers = 2;
  std::chrono::milliseconds idle{limits::kHttpIdleSeconds * 1000};
  std::chrono::milliseconds stranger{5000};  // the idle time of a stranger
};

class HttpServer {
 public:
  // Listens and starts the threads. Errors: kBusy (address in use), kPermission, kIo. Without
  // `knows` whoever asks is a user.
  static Result<std::unique_ptr<HttpServer>> start(const HttpSettings& settings,
                                                   HttpHandler handler, HttpKnows knows = nullptr);
  // Ends streams and closes every connection, joins the threads, removes the unix socket.
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  uint16_t port() const;

 private:
  struct Core;
  explicit HttpServer(std::shared_ptr<Core> core);
  std::shared_ptr<Core> core_;
};

}  // namespace jiexu
