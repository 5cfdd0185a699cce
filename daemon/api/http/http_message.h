// What a request and its answer are, for the server and for those who treat them. Plain data.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace jiexu {

// The body of a request, which its handler reads.
class HttpBody {
 public:
  virtual ~HttpBody() = default;
  // As Content-Length says; nullopt: it does not.
  virtual std::optional<uint64_t> size() const = 0;
  // Gives the next `bytes` of it, fewer only at its end; nullopt: the client has gone. From any
  // thread, one call after another; `take` runs on the server's thread.
  using Take = std::function<void(std::optional<std::string> piece)>;
  virtual void read(size_t bytes, Take take) = 0;
};

struct HttpRequest {
  std::string method;         // as sent, such as "GET"
  std::string target;         // path and query, still percent-encoded
  std::string authorization;  // header values, empty if absent
  std::string idempotency_key;
  std::string body;
  std::string content_type = {};               // as sent, empty if absent
  std::shared_ptr<HttpBody> stream = nullptr;  // of a PUT, whose `body` is empty
  std::string accept_language = {};            // as sent, empty if absent
};

struct HttpResponse {
  int status = 200;
  std::string content_type = "application/json";
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;
  // If set, the body is `size` bytes in pieces, which this gives on the server's thread: an empty
  // one behind the last; nullopt: it cannot go on, and the connection ends before the body does.
  std::function<std::optional<std::string>()> pieces = nullptr;
  uint64_t size = 0;
};

// Call once. `make` is run also if the client has gone meanwhile, so that what it remembers is
// remembered; only if the server has gone nothing happens.
using HttpRespond = std::function<void(std::function<HttpResponse()> make)>;
using HttpHandler = std::function<void(HttpRequest, HttpRespond)>;

}  // namespace jiexu
