// The HTTP server: Boost.Beast on one thread, loopback TCP and optionally a unix socket. It knows
// nothing of routes; it reads requests within limits, hands them to one handler, and writes
// answers.
//
// Threads: start() makes the one thread. The handler runs on it and must not block. An answer may
// be given at once or later and from any thread; `make` then runs on the server's thread, so that
// building JSON costs the caller nothing.
//
// Bounds: header, body, connections, and one idle time for each wait (a whole request, a whole
// answer, the handler), so that slow readers and writers cost one connection for that long and no
// more. Requests on one connection are answered in order, one at a time. Large bodies travel in
// pieces both ways: that of a PUT is read by its handler, a large answer gives its pieces one after
// another.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "daemon/api/http/http_message.h"
#include "daemon/base/limits.h"
#include "daemon/base/result.h"

namespace jiexu {

struct HttpSettings {
  std::string host = "127.0.0.1";
  uint16_t port = 0;                  // 0: any free one; see HttpServer::port()
  std::filesystem::path unix_socket;  // empty: none. Made with mode 0660.
  size_t header_bytes_max = limits::kHttpHeaderBytesMax;
  size_t body_bytes_max = limits::kHttpBodyBytesMax;
  size_t connections_max = limits::kHttpConnectionsMax;
  std::chrono::milliseconds idle{limits::kHttpIdleSeconds * 1000};
};

class HttpServer {
 public:
  // Listens and starts the thread. Errors: kBusy (address in use), kPermission, kIo.
  static Result<std::unique_ptr<HttpServer>> start(const HttpSettings& settings,
                                                   HttpHandler handler);
  // Closes every connection, joins the thread, removes the unix socket.
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  uint16_t port() const;
  // Runs `work` on the server's thread, where handlers run.
  void post(std::function<void()> work);

 private:
  struct Core;
  explicit HttpServer(std::shared_ptr<Core> core);
  std::shared_ptr<Core> core_;
};

}  // namespace jiexu
