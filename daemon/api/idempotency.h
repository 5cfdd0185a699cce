// A request that is repeated after a lost answer, under the same Idempotency-Key, is not done
// twice. What was done and answered stands in the store (engine/idempotency_keys.h); here are the
// requests that are being worked on, so that a repeat waits for the answer to the first.
//
// A key belongs to one user and to one method, target and body.
//
// From any thread.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/api/http/http_message.h"
#include "daemon/base/idempotency_key.h"
#include "daemon/base/ids.h"

namespace jiexu {

IdempotencyKey idempotency_key_of(const std::string& user, const HttpRequest& request);

// An answer as it is kept under a key; nullopt: it is a refusal, and is not. Too large a body is
// left out: whoever asks again is told so.
std::optional<std::string> keep_response(const HttpResponse& response);
// What was kept.
HttpResponse kept_response(std::string_view kept);
// A key stands for one request.
HttpResponse key_reused();

class Idempotency {
 public:
  // Returns what the handler is to answer through. nullopt: the same request is being worked on,
  // and `respond` gets its answer too; or another one is, and `respond` was told. This object must
  // outlive what is returned.
  std::optional<HttpRespond> begin(const IdempotencyKey& key, const HttpRespond& respond);

 private:
  struct Entry {
    Digest request{};
    std::vector<HttpRespond> waiting;  // repeats that came meanwhile
  };

  void finish(const Digest& act, const HttpResponse& answer);

  std::mutex mutex_;
  std::map<Digest, Entry> entries_;  // no more than connections
};

}  // namespace jiexu
