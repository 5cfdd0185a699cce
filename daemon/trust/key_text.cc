#include "daemon/trust/key_text.h"

#include "daemon/base/bytes.h"
#include "daemon/base/check.h"

namespace jiexu {
namespace {

constexpr std::string_view kZ85Alphabet =
    "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#";
static_assert(kZ85Alphabet.size() == 85);

constexpr std::string_view kEd25519Name = "ed25519";

// nullopt if a character is not of the alphabet or the five stand for more than 32 bits.
std::optional<uint32_t> z85_group(std::string_view five) {
  uint64_t value = 0;
  for (char c : five) {
    const size_t digit = kZ85Alphabet.find(c);
    if (digit == std::string_view::npos) return std::nullopt;
    value = value * 85 + digit;
  }
  if (value > UINT32_MAX) return std::nullopt;
  return static_cast<uint32_t>(value);
}

}  // namespace

std::string to_z85(std::string_view bytes) {
  CHECK(bytes.size() % 4 == 0);
  std::string out;
  for (size_t i = 0; i < bytes.size(); i += 4) {
    uint32_t value = read_u32(bytes.substr(i));
    char five[5];
    for (size_t k = 5; k-- > 0; value /= 85) five[k] = kZ85Alphabet[value % 85];
    out.append(five, 5);
  }
  return out;
}

std::optional<std::string> from_z85(std::string_view text) {
  if (text.size() % 5 != 0) return std::nullopt;
  std::string out;
  for (size_t i = 0; i < text.size(); i += 5) {
    const std::optional<uint32_t> value = z85_group(text.substr(i, 5));
    if (!value) return std::nullopt;
    append_u32(out, *value);
  }
  return out;
}

Result<SuiteKeyText> parse_suite_key(std::string_view text) {
  const size_t colon = text.find(':');
  if (colon == std::string_view::npos) {
    return fail(Errc::kInvalid, "is not of the form \"ed25519:<hex>\"");
  }
  if (text.substr(0, colon) != kEd25519Name) {
    return fail(Errc::kUnsupported, "names an unknown signature suite; known is ed25519");
  }
  std::optional<std::string> bytes = from_hex(text.substr(colon + 1));
  if (!bytes) return fail(Errc::kInvalid, "is not hex after the colon");
  return SuiteKeyText{SuiteId::kEd25519, std::move(*bytes)};
}

std::string suite_key_text(SuiteId suite, std::string_view bytes) {
  CHECK(suite == SuiteId::kEd25519);
  return std::string(kEd25519Name) + ":" + to_hex(bytes);
}

}  // namespace jiexu
