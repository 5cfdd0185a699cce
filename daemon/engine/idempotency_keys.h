// Acts that are done once although they are asked for twice: whoever has not heard the answer asks
// again under the same key, and is told what he would have been told.
//
// A key is one user's. It is written in the commit of the act itself, so that there is never one
// without the other: after a crash, a restart or a restored backup the store has both or neither. A
// refused act leaves its key free, for it changed nothing; so does an act that had nothing to do.
// Keys are kept for a day; a user has a bounded number of them.
//
// Owned by the engine's thread. Errors: as Transaction.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "daemon/base/ids.h"
#include "daemon/base/limits.h"
#include "daemon/base/result.h"
#include "daemon/base/time.h"
#include "daemon/cases/refusal.h"
#include "daemon/engine/command.h"
#include "daemon/engine/transaction.h"
#include "jiexu/v1/record.pb.h"

namespace jiexu {

// What is kept under the key, nullopt: nothing.
Result<std::optional<v1::IdempotencyRecord>> read_idempotency(const Records& records,
                                                              const IdempotencyKey& key);

class IdempotencyKeys {
 public:
  static constexpr int64_t kKeptMs = 24 * 3600 * 1000;

  // `tx` must outlive this object. `keys_max`: of one user.
  explicit IdempotencyKeys(Transaction& tx, uint64_t keys_max = limits::kIdempotencyKeysMax)
      : tx_(tx), keys_max_(keys_max) {}

  // What was answered when the act was done before. nullopt: it was not, and may be done now.
  // Refused: the key stands for another request, or the user has too many keys.
  Result<std::optional<Answered<std::string>>> find(const IdempotencyKey& key) const;
  // The act was done, in the open commit. REQUIRES: find() had nothing.
  Result<void> keep(const IdempotencyKey& key, std::string reply, Instant now);

  // Keys older than a day are forgotten, so many at once.
  int64_t wait_ms(Instant now) const;
  Result<bool> forget_old(Instant now);

 private:
  Result<uint64_t> count(const Digest& user) const;
  void set_count(const Digest& user, uint64_t count);
  Result<void> forget(const layout::IdempotencyAge& age, std::string_view user);

  Transaction& tx_;
  uint64_t keys_max_;
  Instant forget_next_;  // what is kept is looked through at the start
};

}  // namespace jiexu
