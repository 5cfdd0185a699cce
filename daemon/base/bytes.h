// Byte helpers: big-endian integers for keys (so that byte order is number order), hex, fixed
// arrays.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

namespace jiexu {

inline std::string_view view(const char* data, size_t size) {
  return {data, size};
}

template <size_t N>
std::string_view view(const std::array<uint8_t, N>& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), N};
}

inline void append_u8(std::string& out, uint8_t v) {
  out.push_back(static_cast<char>(v));
}

inline void append_u32(std::string& out, uint32_t v) {
  for (int shift = 24; shift >= 0; shift -= 8) out.push_back(static_cast<char>(v >> shift));
}

inline void append_u64(std::string& out, uint64_t v) {
  for (int shift = 56; shift >= 0; shift -= 8) out.push_back(static_cast<char>(v >> shift));
}

// REQUIRES: in.size() >= 4.
inline uint32_t read_u32(std::string_view in) {
  uint32_t v = 0;
  for (size_t i = 0; i < 4; ++i) v = v << 8 | static_cast<uint8_t>(in[i]);
  return v;
}

// REQUIRES: in.size() >= 8.
inline uint64_t read_u64(std::string_view in) {
  uint64_t v = 0;
  for (size_t i = 0; i < 8; ++i) v = v << 8 | static_cast<uint8_t>(in[i]);
  return v;
}

// Copies exactly N bytes; nullopt if `in` has another size.
template <size_t N>
std::optional<std::array<uint8_t, N>> to_array(std::string_view in) {
  if (in.size() != N) return std::nullopt;
  std::array<uint8_t, N> out;
  std::memcpy(out.data(), in.data(), N);
  return out;
}

// Lower-case hex, two characters a byte.
std::string to_hex(std::string_view bytes);
void append_hex(std::string_view bytes, std::string& out);

// The inverse of to_hex, upper case accepted; nullopt on an odd length or another character.
std::optional<std::string> from_hex(std::string_view hex);

}  // namespace jiexu
