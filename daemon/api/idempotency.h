// Answers remembered by the client's Idempotency-Key, so that a request repeated after a lost
// answer is not done twice. A key belongs to one user and to one method, target and body.
//
// Memory only: after a restart of the daemon the rules of the cases themselves must hold, and do (a
// second application for an open case is refused, an action that was done is not allowed again, a
// bank line is known by its digest). The oldest answers are forgotten when the bounds are reached.
//
// Used on the HTTP thread only.
#pragma once

#include <list>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/api/http/http_message.h"
#include "daemon/base/ids.h"
#include "daemon/base/limits.h"

namespace jiexu {

class Idempotency {
 public:
  explicit Idempotency(size_t entries_max = limits::kIdempotencyEntriesMax,
                       size_t bytes_max = limits::kIdempotencyBytesMax)
      : entries_max_(entries_max), bytes_max_(bytes_max) {}

  // Returns what the handler is to answer through, which remembers the answer, unless it is 429 or
  // a 5xx: those say that nothing was decided. nullopt: the request has been here before, and was,
  // or will be, answered through `respond`. This object must outlive what is returned.
  std::optional<HttpRespond> begin(const std::string& user, const HttpRequest& request,
                                   const HttpRespond& respond);

 private:
  struct Entry {
    Digest key;
    Digest request;
    std::optional<HttpResponse> answer;  // nullopt: being worked on
    std::vector<HttpRespond> waiting;    // repeats that came meanwhile
  };

  void finish(const Digest& key, const HttpResponse& answer);
  void shrink();

  const size_t entries_max_;
  const size_t bytes_max_;
  size_t bytes_ = 0;
  std::list<Entry> by_age_;  // oldest first
  std::map<Digest, std::list<Entry>::iterator> by_key_;
};

}  // namespace jiexu
