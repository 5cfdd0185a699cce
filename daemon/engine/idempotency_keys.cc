#include "daemon/engine/idempotency_keys.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "daemon/base/bytes.h"
#include "storage/layout.h"

namespace jiexu {
namespace {

constexpr size_t kForgottenAtOnce = 500;
// Then what was forgotten is durable, and is not scanned again.
constexpr int64_t kForgetPauseMs = 1000;

}  // namespace

Result<std::optional<v1::IdempotencyRecord>> read_idempotency(const Records& records,
                                                              const IdempotencyKey& key) {
  return records.get_message<v1::IdempotencyRecord>(layout::idempotency_key(key.act));
}

Result<std::optional<Answered<std::string>>> IdempotencyKeys::find(
    const IdempotencyKey& key) const {
  using Found = std::optional<Answered<std::string>>;
  TRY(auto record, read_idempotency(tx_.records(), key));
  if (!record) {
    TRY(const uint64_t kept, count(key.user));
    return kept < keys_max_ ? Found() : Found(refuse(Refusal::kIdempotencyTooMany));
  }
  if (record->request() != view(key.request)) return Found(refuse(Refusal::kIdempotencyReused));
  return Found(std::move(*record->mutable_reply()));
}

Result<void> IdempotencyKeys::keep(const IdempotencyKey& key, std::string reply, Instant now) {
  v1::IdempotencyRecord record;
  record.set_request(std::string(view(key.request)));
  record.set_done_at_ms(now.ms);
  record.set_reply(std::move(reply));
  TRY(const uint64_t kept, count(key.user));
  tx_.put_message(layout::idempotency_key(key.act), record);
  tx_.put(layout::idempotency_age_key(now, key.act), view(key.user));
  set_count(key.user, kept + 1);
  forget_next_ = std::min(forget_next_, now.plus_ms(kKeptMs));
  return {};
}

// --- forgetting ---

int64_t IdempotencyKeys::wait_ms(Instant now) const {
  return forget_next_.ms == INT64_MAX ? INT64_MAX : forget_next_.ms - now.ms;
}

Result<bool> IdempotencyKeys::forget_old(Instant now) {
  struct Old {
    layout::IdempotencyAge age;
    std::string user;
  };
  std::vector<Old> old;
  std::optional<Instant> next;
  Result<void> readable;
  const std::string_view ages = layout::kIdempotencyAges;
  TRY_DO(tx_.scan(Family::kIndex, ages, layout::prefix_end(ages),
                  [&](std::string_view key, std::string_view user) {
                    auto age = layout::parse_idempotency_age_key(key);
                    if (!age) {
                      readable = tl::unexpected(age.error());
                      return false;
                    }
                    next = age->done.plus_ms(kKeptMs);
                    if (*next > now || old.size() == kForgottenAtOnce) return false;
                    old.push_back({*age, std::string(user)});
                    next.reset();
                    return true;
                  }));
  TRY_DO(readable);
  for (const Old& one : old) TRY_DO(forget(one.age, one.user));
  forget_next_ = std::max(next.value_or(Instant{INT64_MAX}), now.plus_ms(kForgetPauseMs));
  return !old.empty();
}

// What was forgotten a moment ago is still scanned until that is durable; it counts once.
Result<void> IdempotencyKeys::forget(const layout::IdempotencyAge& age, std::string_view user) {
  tx_.remove(layout::idempotency_age_key(age.done, age.act));
  const RecordKey key = layout::idempotency_key(age.act);
  const auto record = tx_.get_message<v1::IdempotencyRecord>(key);
  if (!record && record.error().code != Errc::kCorrupt) return tl::unexpected(record.error());
  const auto whose = to_array<kDigestSize>(user);
  // One that cannot be read is not worth the daemon: it goes when its day is over.
  const bool gone = record && (!*record || (*record)->done_at_ms() != age.done.ms);
  if (gone || !whose) return {};
  tx_.remove(key);
  TRY(const uint64_t kept, count(*whose));
  set_count(*whose, kept - std::min<uint64_t>(kept, 1));
  return {};
}

// --- how many ---

Result<uint64_t> IdempotencyKeys::count(const Digest& user) const {
  TRY(const auto bytes, tx_.get(layout::idempotency_count_key(user)));
  if (!bytes) return 0;
  if (bytes->size() != sizeof(uint64_t)) {
    return fail(Errc::kCorrupt, "the number of a user's idempotency keys is unreadable");
  }
  return read_u64(*bytes);
}

void IdempotencyKeys::set_count(const Digest& user, uint64_t count) {
  const RecordKey key = layout::idempotency_count_key(user);
  if (count == 0) return tx_.remove(key);
  std::string bytes;
  append_u64(bytes, count);
  tx_.put(key, bytes);
}

}  // namespace jiexu
