// A key of the store, built in place: the hot path makes a dozen for each letter, and most are a
// byte or two too long for a string's own room.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace jiexu {

class Key {
 public:
  // No key of storage/layout.h is longer.
  static constexpr size_t kSizeMax = 52;

  Key() = default;
  explicit Key(char kind) { u8(static_cast<uint8_t>(kind)); }
  explicit Key(std::string_view begin) { add(begin); }

  // Each REQUIRES room for it.
  Key& add(std::string_view bytes);
  // Big-endian, so that byte order is number order.
  Key& u8(uint8_t v) { return number(v, 1); }
  Key& u32(uint32_t v) { return number(v, 4); }
  Key& u64(uint64_t v) { return number(v, 8); }

  std::string_view view() const { return {bytes_.data(), size_}; }
  operator std::string_view() const { return view(); }
  std::string str() const { return std::string(view()); }
  friend bool operator==(const Key& a, const Key& b) { return a.view() == b.view(); }
  friend bool operator==(const Key& a, std::string_view b) { return a.view() == b; }
  friend auto operator<=>(const Key& a, const Key& b) { return a.view() <=> b.view(); }
  friend auto operator<=>(const Key& a, std::string_view b) { return a.view() <=> b; }

 private:
  Key& number(uint64_t v, size_t bytes);

  std::array<char, kSizeMax> bytes_;
  uint8_t size_ = 0;
};

}  // namespace jiexu

template <>
struct std::hash<jiexu::Key> {
  size_t operator()(const jiexu::Key& key) const { return std::hash<std::string_view>()(key); }
};
