// What a request and its answer are, for the server and for those who treat them. Plain data.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
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
  std::string accept = {};
  std::string if_match = {};
  std::string if_none_match = {};
  std::string last_event_id = {};
  std::string accept_encoding = {};
  std::string origin =
      {};  // of the page that asks; the server has refused a foreign one that writes
  std::string cookie = {};
  std::string session_key = {};                     // X-Jiexu-Key
  std::optional<uint32_t> peer_uid = std::nullopt;  // of who asks on the unix socket
  std::string peer_address = {};                    // of who asks by TCP; of IPv6 its network, /64
  std::string id = {};  // the client's own or a new one; the answer carries it
  // Does `work` when others have had their turn; null: nobody waits.
  std::function<void(std::function<void()> work)> later = nullptr;
};

// The body of an answer that has no end of its own, such as events as they come.
class HttpStream {
 public:
  struct Piece {
    std::string bytes;                  // empty: there is nothing to say now
    bool last = false;                  // the stream is over behind it
    std::chrono::milliseconds wait{0};  // nothing to say: ask again then, woken or not
  };

  virtual ~HttpStream() = default;
  // What there is to say, of bounded size. On a worker, one call after another; must not block.
  virtual Piece next() = 0;
  // Calls `wake` once there is something behind the last piece; at once if there is. From any
  // thread; must not block.
  virtual void wait(std::function<void()> wake) = 0;
  // What is said when the server ends.
  virtual std::string last_words() = 0;
};

struct HttpResponse {
  int status = 200;
  std::string content_type = "application/json";
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;
  // If set, the body is `size` bytes in pieces, which this gives, one call after another: an empty
  // one behind the last; nullopt: it cannot go on, and the connection ends before the body does.
  std::function<std::optional<std::string>()> pieces = nullptr;
  uint64_t size = 0;
  // If set, this is the body.
  std::shared_ptr<HttpStream> stream = nullptr;
};

// Call once, from any thread. `make` is run on a worker, also if the client has gone meanwhile, so
// that what it remembers is remembered; only if the server has gone nothing happens.
using HttpRespond = std::function<void(std::function<HttpResponse()> make)>;
using HttpHandler = std::function<void(HttpRequest, HttpRespond)>;
// The name of the user whose request it is, of which all but the body is there; empty: nobody's.
using HttpKnows = std::function<std::string(const HttpRequest& request)>;

}  // namespace jiexu
