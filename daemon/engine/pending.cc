#include "daemon/engine/pending.h"

#include <algorithm>

#include "daemon/base/check.h"

namespace jiexu {
namespace {

constexpr size_t kSlotsMin = 1024;

}  // namespace

size_t PendingBatch::slot_of(Family family, std::string_view key) const {
  const size_t mask = slots_.size() - 1;
  const size_t hash = std::hash<std::string_view>()(key) + static_cast<size_t>(family);
  for (size_t slot = hash & mask;; slot = (slot + 1) & mask) {
    if (slots_[slot] == 0) return slot;
    const Batch::Op op = batch_.op(slots_[slot] - 1);
    if (op.family == family && op.key == key) return slot;
  }
}

void PendingBatch::grow() {
  const std::vector<uint32_t> old = std::move(slots_);
  slots_.assign(std::max(kSlotsMin, old.size() * 2), 0);
  for (const uint32_t place : old) {
    if (place == 0) continue;
    const Batch::Op op = batch_.op(place - 1);
    slots_[slot_of(op.family, op.key)] = place;
  }
}

void PendingBatch::index_last(Family family, std::string_view key) {
  CHECK(!batch_.empty());
  if (2 * used_ >= slots_.size()) grow();
  uint32_t& slot = slots_[slot_of(family, key)];
  if (slot == 0) ++used_;
  slot = static_cast<uint32_t>(batch_.size());
}

std::optional<Batch::Op> PendingBatch::find(Family family, std::string_view key) const {
  if (used_ == 0) return std::nullopt;
  const uint32_t place = slots_[slot_of(family, key)];
  if (place == 0) return std::nullopt;
  return batch_.op(place - 1);
}

void PendingBatch::clear() {
  batch_.clear();
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
