#include "storage/key.h"

#include <algorithm>

#include "daemon/base/check.h"

namespace jiexu {

Key& Key::add(std::string_view bytes) {
  CHECK(size_ + bytes.size() <= kSizeMax);
  std::ranges::copy(bytes, bytes_.begin() + size_);
  size_ = static_cast<uint8_t>(size_ + bytes.size());
  return *this;
}

Key& Key::number(uint64_t v, size_t bytes) {
  CHECK(size_ + bytes <= kSizeMax);
  for (size_t shift = 8 * bytes; shift > 0; shift -= 8) {
    bytes_[size_++] = static_cast<char>(v >> (shift - 8));
  }
  return *this;
}

}  // namespace jiexu
