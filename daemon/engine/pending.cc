#include "daemon/engine/pending.h"

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

}  // namespace

size_t PendingBatch::hash_of(Family family, std::string_view key) {
  return std::hash<std::string_view>()(key) + static_cast<size_t>(family);
}

Batch::Op PendingBatch::op_in(uint32_t slot) const {
  return batch_.op((slot & kPlaceMax) - 1);
}

size_t PendingBatch::slot_of(size_t hash, Family family, std::string_view key) const {
  const size_t mask = slots_.size() - 1;
  for (size_t at = hash & mask;; at = (at + 1) & mask) {
    const uint32_t slot = slots_[at];
    if (slot == 0) return at;
    if (slot >> kPlaceBits != tag_of(hash)) continue;
    const Batch::Op op = op_in(slot);
    if (op.family == family && op.key == key) return at;
  }
}

void PendingBatch::grow() {
  const std::vector<uint32_t> old = std::move(slots_);
  slots_.assign(std::max(kSlotsMin, old.size() * 2), 0);
  for (const uint32_t slot : old) {
    if (slot == 0) continue;
    const Batch::Op op = op_in(slot);
    slots_[slot_of(hash_of(op.family, op.key), op.family, op.key)] = slot;
  }
}

void PendingBatch::index_last(Family family, std::string_view key) {
  CHECK(!batch_.empty() && batch_.size() <= kPlaceMax);
  if (4 * used_ >= 3 * slots_.size()) grow();
  const size_t hash = hash_of(family, key);
  uint32_t& slot = slots_[slot_of(hash, family, key)];
  if (slot == 0) ++used_;
  slot = tag_of(hash) << kPlaceBits | static_cast<uint32_t>(batch_.size());
}

std::optional<Batch::Op> PendingBatch::find(Family family, std::string_view key) const {
  if (used_ == 0) return std::nullopt;
  const uint32_t slot = slots_[slot_of(hash_of(family, key), family, key)];
  if (slot == 0) return std::nullopt;
  return op_in(slot);
}

void PendingBatch::clear() {
  batch_.clear();
  if (8 * used_ < slots_.size() && slots_.size() > kSlotsMin) slots_.resize(slots_.size() / 2);
  if (used_ > 0) std::ranges::fill(slots_, 0);
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
