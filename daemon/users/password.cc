#include "daemon/users/password.h"

#include <sodium.h>

#include <algorithm>

#include "daemon/base/check.h"
#include "daemon/base/text.h"
#include "daemon/trust/suite.h"

namespace jiexu {
namespace {

constexpr unsigned long long kRounds = 2;
constexpr size_t kMemoryBytes = size_t{19} << 20;
constexpr std::string_view kPrefix = "$argon2id$";
// No 0, 1, l, o: 32 characters, 5 bits each.
constexpr std::string_view kReadable = "abcdefghijkmnpqrstuvwxyz23456789";
constexpr size_t kOneTimeCharacters = 16;
constexpr size_t kGroup = 4;

bool is_plain(char c) {
  return static_cast<uint8_t>(c) >= 0x20 && c != 0x7F;
}

size_t characters_of(std::string_view text) {
  return static_cast<size_t>(
      std::ranges::count_if(text, [](char c) { return (static_cast<uint8_t>(c) & 0xC0) != 0x80; }));
}

}  // namespace

std::string hash_password(std::string_view password) {
  char out[crypto_pwhash_argon2id_STRBYTES];
  const int failed =
      crypto_pwhash_argon2id_str(out, password.data(), password.size(), kRounds, kMemoryBytes);
  CHECK(failed == 0);
  return out;
}

bool is_password(const std::string& hashed, std::string_view password) {
  return crypto_pwhash_argon2id_str_verify(hashed.c_str(), password.data(), password.size()) == 0;
}

void spend_time_of_password(std::string_view password) {
  static const std::string kNobodys = hash_password("nobody's");
  is_password(kNobodys, password);
}

bool is_password_hash(std::string_view text) {
  return text.starts_with(kPrefix) && text.size() < crypto_pwhash_argon2id_STRBYTES &&
         std::ranges::all_of(text, [](char c) { return is_plain(c) && c != '"' && c != '\\'; }) &&
         crypto_pwhash_argon2id_str_needs_rehash(std::string(text).c_str(), kRounds,
                                                 kMemoryBytes) != -1;
}

std::optional<std::string_view> wrong_with_password(std::string_view password,
                                                    std::string_view user) {
  if (characters_of(password) < kPasswordCharactersMin) {
    return "a password has at least 10 characters";
  }
  if (password.size() > kPasswordBytesMax) return "a password has at most 128 bytes";
  if (!is_utf8(password) || !std::ranges::all_of(password, is_plain)) {
    return "a password is text in one line";
  }
  const bool one_letter = std::ranges::all_of(password, [&](char c) { return c == password[0]; });
  if (one_letter || password.find(user) != password.npos) {
    return "a password is not one letter again and again, and does not hold the user's name";
  }
  return std::nullopt;
}

std::string one_time_password() {
  std::string out;
  for (const char c : random_bytes(kOneTimeCharacters)) {
    if (out.size() % (kGroup + 1) == kGroup) out += '-';
    out += kReadable[static_cast<uint8_t>(c) % kReadable.size()];
  }
  return out;
}

}  // namespace jiexu
