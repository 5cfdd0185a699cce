#include "daemon/base/check.h"
#include "storage/store.h"

namespace jiexu {

void Batch::put(Family family, std::string_view key, std::string_view value) {
  entries_.push_back({family, false, buffer_.size(), key.size(), value.size()});
  buffer_.append(key);
  buffer_.append(value);
}

void Batch::remove(Family family, std::string_view key) {
  entries_.push_back({family, true, buffer_.size(), key.size(), 0});
  buffer_.append(key);
}

Batch::Op Batch::op(size_t index) const {
  CHECK(index < entries_.size());
  const Entry& entry = entries_[index];
  const std::string_view all = buffer_;
  return {entry.family, entry.remove, all.substr(entry.key_at, entry.key_size),
          all.substr(entry.key_at + entry.key_size, entry.value_size)};
}

void Batch::clear() {
  buffer_.clear();
  entries_.clear();
  witnessed_ = false;
}

}  // namespace jiexu
