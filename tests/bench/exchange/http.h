// A keep-alive connection to a local daemon's API, with no more between the clock and the socket
// than must be.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace jiexu::bench {

class HttpConnection {
 public:
  // Ends the program if nobody listens.
  HttpConnection(uint16_t port, std::string token);
  ~HttpConnection();
  HttpConnection(const HttpConnection&) = delete;
  HttpConnection& operator=(const HttpConnection&) = delete;

  // Null if nobody listens.
  static std::unique_ptr<HttpConnection> connect(uint16_t port, std::string token);

  // The body of the answer; its status goes to `status`. nullopt if the daemon goes away; the
  // connection is of no use then.
  std::optional<std::string> try_ask(std::string_view method, std::string_view target,
                                     std::string_view content_type, std::string_view body,
                                     int* status = nullptr);
  // The same, but ends the program if the daemon goes away: a measurement without it is none.
  std::string ask(std::string_view method, std::string_view target, std::string_view content_type,
                  std::string_view body, int* status = nullptr);

 private:
  HttpConnection(int fd, std::string token) : fd_(fd), token_(std::move(token)) {}

  int fd_;
  std::string token_;
  std::string in_;
};

// Whether somebody listens on the port and says it is ready.
bool is_ready(uint16_t port);

}  // namespace jiexu::bench
