#include "daemon/api/cursor.h"

#include <sodium.h>

namespace jiexu {
namespace {

constexpr int kVariant = sodium_base64_VARIANT_URLSAFE_NO_PADDING;
// The first byte says how the rest is to be read.
constexpr char kPlain = 1;

}  // namespace

std::string cursor_text(std::string_view place) {
  if (place.empty()) return "";
  const std::string held = kPlain + std::string(place);
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
  if (!whole || size < 2 || out[0] != kPlain) return std::nullopt;
  return out.substr(1, size - 1);
}

}  // namespace jiexu
