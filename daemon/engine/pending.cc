#include "daemon/engine/pending.h"

#include <algorithm>

#include "daemon/base/check.h"

namespace jiexu {
namespace {

constexpr size_t kSlotsMin = 1024;

uint32_t tag_of(size_t hash) {
  return static_cast<uint32_t>(hash >> 32);
}

}  // namespace

size_t PendingBatch::hash_of(Family family, std::string_view key) {
  return std::hash<std::string_view>()(key) + static_cast<size_t>(family);
}

size_t PendingBatch::slot_of(size_t hash, Family family, std::string_view key) const {
  const size_t mask = slots_.size() - 1;
  for (size_t at = hash & mask;; at = (at + 1) & mask) {
    const Slot& slot = slots_[at];
    if (slot.place == 0) return at;
    if (slot.tag != tag_of(hash)) continue;
    const Batch::Op op = batch_.op(slot.place - 1);
    if (op.family == family && op.key == key) return at;
  }
}

void PendingBatch::grow() {
  const std::vector<Slot> old = std::move(slots_);
  slots_.assign(std::max(kSlotsMin, old.size() * 2), Slot());
  for (const Slot& slot : old) {
    if (slot.place == 0) continue;
    const Batch::Op op = batch_.op(slot.place - 1);
    slots_[slot_of(hash_of(op.family, op.key), op.family, op.key)] = slot;
  }
}

void PendingBatch::index_last(Family family, std::string_view key) {
  CHECK(!batch_.empty());
  if (2 * used_ >= slots_.size()) grow();
  const size_t hash = hash_of(family, key);
  Slot& slot = slots_[slot_of(hash, family, key)];
  if (slot.place == 0) ++used_;
  slot = {tag_of(hash), static_cast<uint32_t>(batch_.size())};
}

std::optional<Batch::Op> PendingBatch::find(Family family, std::string_view key) const {
  if (used_ == 0) return std::nullopt;
  const Slot& slot = slots_[slot_of(hash_of(family, key), family, key)];
  if (slot.place == 0) return std::nullopt;
  return batch_.op(slot.place - 1);
}

void PendingBatch::clear() {
  batch_.clear();
  if (used_ > 0) std::ranges::fill(slots_, Slot());
  used_ = 0;
}

void PendingReader::launch() {
  CHECK(in_flight().batch().empty());
  open_ = 1 - open_;
}

void PendingReader::land() {
  in_flight().clear();
}

Result<std::optional<std::string>> PendingReader::get(Family family, std::string_view key) const {
  for (const size_t generation : {open_, 1 - open_}) {
    const auto op = generations_[generation].find(family, key);
    if (!op) continue;
    if (op->remove) return std::nullopt;
    return std::string(op->value);
  }
  return durable_.get(family, key);
}

Result<void> PendingReader::scan(Family family, std::string_view lower, std::string_view upper,
                                 const Visitor& visit) const {
  return durable_.scan(family, lower, upper, visit);
}

Result<void> PendingReader::scan_back(Family family, std::string_view lower, std::string_view upper,
                                      const Visitor& visit) const {
  return durable_.scan_back(family, lower, upper, visit);
}

}  // namespace jiexu
