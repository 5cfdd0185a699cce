#include "storage/memory/memory_store.h"

#include <atomic>

#include "daemon/base/bytes.h"
#include "daemon/base/check.h"
#include "storage/layout.h"

namespace jiexu {

// A fixed view: holds the maps as they were when it was made.
class MemoryStore::View final : public Reader {
 public:
  explicit View(Maps maps) : maps_(std::move(maps)) {}

  Result<std::optional<std::string>> get(Family family, std::string_view key) const override {
    const Map& map = *maps_[static_cast<size_t>(family)];
    const auto found = map.find(key);
    if (found == map.end()) return std::nullopt;
    return found->second;
  }

  Result<void> scan(Family family, std::string_view lower, std::string_view upper,
                    const Visitor& visit) const override {
    if (lower >= upper) return {};
    const Map& map = *maps_[static_cast<size_t>(family)];
    const auto end = map.lower_bound(upper);
    for (auto it = map.lower_bound(lower); it != end; ++it) {
      if (!visit(it->first, it->second)) break;
    }
    return {};
  }

  Result<void> scan_back(Family family, std::string_view lower, std::string_view upper,
                         const Visitor& visit) const override {
    if (lower >= upper) return {};
    const Map& map = *maps_[static_cast<size_t>(family)];
    const auto first = map.lower_bound(lower);
    for (auto it = map.lower_bound(upper); it != first;) {
      --it;
      if (!visit(it->first, it->second)) break;
    }
    return {};
  }

 private:
  Maps maps_;
};

MemoryStore::MemoryStore() {
  for (auto& map : maps_) map = std::make_shared<Map>();
}

MemoryStore::View MemoryStore::view() const {
  const std::lock_guard lock(mutex_);
  return View(maps_);
}

Result<std::optional<std::string>> MemoryStore::get(Family family, std::string_view key) const {
  const std::lock_guard lock(mutex_);
  const Map& map = *maps_[static_cast<size_t>(family)];
  const auto found = map.find(key);
  if (found == map.end()) return std::nullopt;
  return found->second;
}

// Scans run on a view, without the lock, so that a visitor may read and commit.
Result<void> MemoryStore::scan(Family family, std::string_view lower, std::string_view upper,
                               const Visitor& visit) const {
  return view().scan(family, lower, upper, visit);
}

Result<void> MemoryStore::scan_back(Family family, std::string_view lower, std::string_view upper,
                                    const Visitor& visit) const {
  return view().scan_back(family, lower, upper, visit);
}

Result<void> MemoryStore::commit(const Batch& batch) {
  if (failed_) return fail(Errc::kIo, "the store stopped at an earlier failed commit");
  const CommitFault fault = fault_hook_ ? fault_hook_(batch) : CommitFault::kNone;
  if (fault != CommitFault::kLost) apply(batch);
  if (fault == CommitFault::kNone) return {};
  failed_ = true;
  return fail(Errc::kIo, "simulated failure of a commit");
}

void MemoryStore::apply(const Batch& batch) {
  const std::lock_guard lock(mutex_);
  for (size_t i = 0; i < batch.size(); ++i) {
    const Batch::Op op = batch.op(i);
    CHECK(op.family != Family::kMeta || op.key != layout::kLsnKey);
    Map& map = writable(op.family);
    const auto at = map.lower_bound(op.key);
    const bool there = at != map.end() && at->first == op.key;
    if (op.remove) {
      if (there) map.erase(at);
    } else if (there) {
      at->second = op.value;
    } else {
      map.emplace_hint(at, op.key, op.value);
    }
  }
  std::string lsn;
  append_u64(lsn, ++lsn_);
  writable(Family::kMeta).insert_or_assign(std::string(layout::kLsnKey), std::move(lsn));
}

MemoryStore::Map& MemoryStore::writable(Family family) {
  auto& map = maps_[static_cast<size_t>(family)];
  if (map.use_count() > 1) map = std::make_shared<Map>(*map);
  // Reads through a view that another thread has just dropped come before our writes.
  std::atomic_thread_fence(std::memory_order_acquire);
  return *map;
}

Lsn MemoryStore::lsn() const {
  const std::lock_guard lock(mutex_);
  return lsn_;
}

std::unique_ptr<Snapshot> MemoryStore::snapshot() const {
  return std::make_unique<View>(view());
}

void MemoryStore::reopen() {
  failed_ = false;
  recovery_.lsn = lsn();
  if (recovery_.watermark) recovery_.watermark = lsn();
}

Result<void> MemoryStore::accept_loss() {
  recovery_.watermark = lsn();
  recovery_.complete = true;
  return {};
}

Result<void> MemoryStore::checkpoint(const std::filesystem::path& dir) {
  std::shared_ptr<MemoryStore> copy = clone();
  copy->recovery_ = {.lsn = copy->lsn_, .watermark = std::nullopt, .complete = false};
  const std::lock_guard lock(mutex_);
  if (!checkpoints_.emplace(dir, std::move(copy)).second) {
    return fail(Errc::kExists, "a checkpoint is in " + dir.string());
  }
  return {};
}

Result<std::unique_ptr<MemoryStore>> MemoryStore::open_checkpoint(
    const std::filesystem::path& dir) const {
  const std::lock_guard lock(mutex_);
  const auto found = checkpoints_.find(dir);
  if (found == checkpoints_.end()) {
    return fail(Errc::kNotFound, "there is no checkpoint in " + dir.string());
  }
  auto store = found->second->clone();
  store->recovery_ = found->second->recovery_;
  return store;
}

std::unique_ptr<MemoryStore> MemoryStore::clone() const {
  auto copy = std::make_unique<MemoryStore>();
  const std::lock_guard lock(mutex_);
  copy->maps_ = maps_;
  copy->lsn_ = lsn_;
  return copy;
}

}  // namespace jiexu
