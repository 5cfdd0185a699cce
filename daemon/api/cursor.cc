#include "daemon/api/cursor.h"

#include <sodium.h>

#include <array>

namespace jiexu {
namespace {

constexpr int kVariant = sodium_base64_VARIANT_URLSAFE_NO_PADDING;
// The first byte says how the rest is to be read: the place's sum, and the place.
constexpr char kSummed = 1;
constexpr size_t kHeadSize = 1 + crypto_shorthash_BYTES;

// Finds what was changed or made up. Not secret: it keeps nobody out, who may see the list anyway.
std::string sum_of(std::string_view place) {
  constexpr std::array<unsigned char, crypto_shorthash_KEYBYTES> kKey{};
  std::string sum(crypto_shorthash_BYTES, '\0');
  crypto_shorthash(reinterpret_cast<unsigned char*>(sum.data()),
                   reinterpret_cast<const unsigned char*>(place.data()), place.size(), kKey.data());
  return sum;
}

}  // namespace

std::string cursor_text(std::string_view place) {
  if (place.empty()) return "";
  const std::string held = kSummed + sum_of(place) + std::string(place);
  std::string out(sodium_base64_ENCODED_LEN(held.size(), kVariant), '\0');
  sodium_bin2base64(out.data(), out.size(), reinterpret_cast<const unsigned char*>(held.data()),
                    held.size(), kVariant);
  out.pop_back();  // the 0 behind it
  return out;
}

std::optional<std::string> place_in(std::string_view cursor) {
  if (cursor.empty()) return "";
  std::string out(cursor.size(), '\0');
  size_t size = 0;
  const char* end = nullptr;
  const int failed =
      sodium_base642bin(reinterpret_cast<unsigned char*>(out.data()), out.size(), cursor.data(),
                        cursor.size(), nullptr, &size, &end, kVariant);
  const bool whole = failed == 0 && end == cursor.data() + cursor.size();
  if (!whole || size <= kHeadSize || out[0] != kSummed) return std::nullopt;
  std::string place = out.substr(kHeadSize, size - kHeadSize);
  const bool ours = out.compare(1, kHeadSize - 1, sum_of(place)) == 0;
  return ours ? std::optional(std::move(place)) : std::nullopt;
}

}  // namespace jiexu
