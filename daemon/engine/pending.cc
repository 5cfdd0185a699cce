#include "daemon/engine/pending.h"

#include "daemon/base/check.h"

namespace jiexu {
namespace {

std::string index_key(Family family, std::string_view key) {
  std::string out;
  out.reserve(key.size() + 1);
  out.push_back(static_cast<char>(family));
  out.append(key);
  return out;
}

}  // namespace

void PendingBatch::index_last(Family family, std::string_view key) {
  CHECK(!batch_.empty());
  index_[index_key(family, key)] = batch_.size() - 1;
}

std::optional<Batch::Op> PendingBatch::find(Family family, std::string_view key) const {
  if (index_.empty()) return std::nullopt;
  const auto it = index_.find(index_key(family, key));
  if (it == index_.end()) return std::nullopt;
  return batch_.op(it->second);
}

void PendingBatch::clear() {
  batch_.clear();
  index_.clear();
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
