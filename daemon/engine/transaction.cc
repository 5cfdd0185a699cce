#include "daemon/engine/transaction.h"

#include <algorithm>

#include "daemon/base/check.h"

namespace jiexu {
namespace {

constexpr size_t kSlotsMin = 1024;
constexpr unsigned kPlaceBits = 24;
constexpr uint32_t kPlaceMax = (1U << kPlaceBits) - 1;

// Bits of the hash that do not choose the slot.
uint32_t tag_of(size_t hash) {
  return static_cast<uint32_t>(hash >> 32) >> kPlaceBits;
}

size_t hash_of(Family family, std::string_view key) {
  return std::hash<std::string_view>()(key) + static_cast<size_t>(family);
}

}  // namespace

// --- pending writes ---

Batch::Op Transaction::Generation::op_in(uint32_t slot) const {
  return batch.op((slot & kPlaceMax) - 1);
}

size_t Transaction::Generation::slot_of(size_t hash, Family family, std::string_view key) const {
  const size_t mask = slots.size() - 1;
  for (size_t at = hash & mask;; at = (at + 1) & mask) {
    const uint32_t slot = slots[at];
    if (slot == 0) return at;
    if (slot >> kPlaceBits != tag_of(hash)) continue;
    const Batch::Op op = op_in(slot);
    if (op.family == family && op.key == key) return at;
  }
}

void Transaction::Generation::grow() {
  const std::vector<uint32_t> old = std::move(slots);
  slots.assign(std::max(kSlotsMin, old.size() * 2), 0);
  for (const uint32_t slot : old) {
    if (slot == 0) continue;
    const Batch::Op op = op_in(slot);
    slots[slot_of(hash_of(op.family, op.key), op.family, op.key)] = slot;
  }
}

void Transaction::Generation::index_last(Family family, std::string_view key) {
  CHECK(!batch.empty() && batch.size() <= kPlaceMax);
  if (4 * used >= 3 * slots.size()) grow();
  const size_t hash = hash_of(family, key);
  uint32_t& slot = slots[slot_of(hash, family, key)];
  if (slot == 0) ++used;
  slot = tag_of(hash) << kPlaceBits | static_cast<uint32_t>(batch.size());
}

std::optional<Batch::Op> Transaction::Generation::find(Family family, std::string_view key) const {
  if (used == 0) return std::nullopt;
  const uint32_t slot = slots[slot_of(hash_of(family, key), family, key)];
  if (slot == 0) return std::nullopt;
  return op_in(slot);
}

void Transaction::Generation::clear() {
  batch.clear();
  if (8 * used < slots.size() && slots.size() > kSlotsMin) slots.resize(slots.size() / 2);
  if (used > 0) std::ranges::fill(slots, 0);
  used = 0;
}

Result<std::optional<std::string>> Transaction::Pending::get(Family family,
                                                             std::string_view key) const {
  const size_t open = tx_.open_;
  for (const size_t generation : {open, 1 - open}) {
    const auto op = tx_.generations_[generation].find(family, key);
    if (!op) continue;
    if (op->remove) return std::nullopt;
    return std::string(op->value);
  }
  return tx_.store_.get(family, key);
}

Result<void> Transaction::Pending::scan(Family family, std::string_view lower,
                                        std::string_view upper, const Visitor& visit) const {
  return tx_.store_.scan(family, lower, upper, visit);
}

Result<void> Transaction::Pending::scan_back(Family family, std::string_view lower,
                                             std::string_view upper, const Visitor& visit) const {
  return tx_.store_.scan_back(family, lower, upper, visit);
}

// --- the open commit ---

Transaction::Transaction(const Reader& store, const Vault& vault)
    : pending_(*this), store_(store), records_(pending_, vault), durable_(store, vault) {}

void Transaction::wrote(const RecordKey& key) {
  const layout::KindRow& row = layout::row_of(key.kind());
  if (row.findable) generations_[open_].index_last(row.family, key);
}

void Transaction::put(const RecordKey& key, std::string_view plain) {
  records_.put(generations_[open_].batch, key, plain);
  wrote(key);
}

void Transaction::remove(const RecordKey& key) {
  generations_[open_].batch.remove(layout::row_of(key.kind()).family, key);
  wrote(key);
}

void Transaction::launch() {
  CHECK(in_flight().empty());
  CHECK(queued_ == 0);
  open_ = 1 - open_;
  changes_in_commit_ = 0;
}

void Transaction::land() {
  generations_[1 - open_].clear();
}

// --- changes ---

CaseChanged& Transaction::queue_change() {
  if (queued_ == changes_.size()) changes_.emplace_back();
  CaseChanged& change = changes_[queued_++];
  change.order = changes_in_commit_++;
  change.depth = telling_ != nullptr ? telling_->depth + 1 : 0;
  change.made_by = nullptr;
  return change;
}

const CaseChanged& Transaction::last_change() const {
  CHECK(queued_ > 0);
  return changes_[queued_ - 1];
}

Result<void> Transaction::end_step() {
  CHECK(telling_ == nullptr);
  for (; told_ < queued_; ++told_) {
    CaseChanged& change = changes_[told_];
    telling_ = &change;
    auto done = tell(change);
    telling_ = nullptr;
    if (!done) return done;
    change.after.reset();
  }
  queued_ = told_ = 0;
  return {};
}

Result<void> Transaction::tell(const CaseChanged& change) {
  if (change.depth > kDepthMax) {
    return fail(Errc::kInvalid,
                "changes of cases lead to one another without end, of late in case " +
                    change.after->id.str() + "; this is a fault of the program");
  }
  for (CaseListener* listener : listeners_) {
    if (listener == change.made_by) continue;
    TRY_DO(listener->case_changed(change));
  }
  return {};
}

}  // namespace jiexu
