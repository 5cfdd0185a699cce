// A keep-alive connection to a local daemon's API, with no more between the clock and the socket
// than must be. Ends the program if the daemon does not answer: a measurement without it is none.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace jiexu::bench {

class HttpConnection {
 public:
  HttpConnection(uint16_t port, std::string token);
  ~HttpConnection();
  HttpConnection(const HttpConnection&) = delete;
  HttpConnection& operator=(const HttpConnection&) = delete;

  // The body of the answer; its status goes to `status`.
  std::string ask(std::string_view method, std::string_view target, std::string_view content_type,
                  std::string_view body, int* status = nullptr);

 private:
  int fd_;
  std::string token_;
  std::string in_;
};

// Whether somebody listens on the port and says it is ready.
bool is_ready(uint16_t port);

}  // namespace jiexu::bench
