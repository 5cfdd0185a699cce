// Seals values at rest, so that a stolen disk or backup shows no person (AES-256-GCM, NIST SP
// 800-38D, through OpenSSL). A sealed value is
//
//   version u8 = 1 | key id u32 | nonce 12 | ciphertext | tag 16
//
// with the family's number and the record's key as associated data: a value moved to another key,
// or changed in any byte, does not open.
//
// Nonces. A pair (key, nonce) must never be used twice, also not after a backup was restored, when
// a stored counter would run backwards. Hence: 64 random bits drawn when the process starts, then
// a 32-bit counter; new random bits when it wraps. With 2^20 starts under one key, the chance that
// two ever drew the same bits is below 2^-24.
//
// Rotation. Values are sealed under the current key and opened under the one they name. An old key
// stays in the ring as long as values name it.
//
// What it does not do: load or store keys, or hide sizes, keys of records and access patterns.
// Threads: all methods may be called from any thread.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/base/ids.h"
#include "daemon/base/result.h"
#include "storage/store.h"

namespace jiexu {

using SecretKey = std::array<uint8_t, 32>;
using Nonce = std::array<uint8_t, 12>;

// Fills the span with random bytes. The simulator brings its own, seeded.
using RandomSource = std::function<void(std::span<uint8_t>)>;

// The system's generator. Without one nothing may be sealed: a failure ends the process.
void system_random(std::span<uint8_t> out);

struct VaultKeys {
  struct Entry {
    uint32_t id;
    SecretKey key;
  };
  std::vector<Entry> ring;
  uint32_t current = 0;    // id of the key that seals
  SecretKey person_key{};  // of person_hash; never rotated, or people would not be found any more
};

// Keys as files hold them: raw bytes by id, of which the highest seals. Error kInvalid: a key does
// not have 32 bytes.
Result<VaultKeys> vault_keys(const std::map<uint32_t, std::string>& ring, std::string_view person);

// By which a key is known again, and nothing else is learnt of it: the first 16 bytes of
// HMAC-SHA-256 under the key over a text that is used for nothing else.
using KeyCheck = std::array<uint8_t, 16>;

// The nonces of one process, each once.
class NonceSequence {
 public:
  // `first`: where the counter begins.
  explicit NonceSequence(RandomSource random, uint32_t first = 0);
  Nonce next();

 private:
  std::mutex mutex_;
  RandomSource random_;
  Nonce prefix_;  // 8 random bytes; the counter is written behind them
  uint32_t counter_;
};

class Vault {
 public:
  static constexpr size_t kOverhead = 1 + 4 + 12 + 16;

  // Errors: kInvalid (the current key is not in the ring, an id twice, no person key), kUnsupported
  // (this OpenSSL does not offer AES-256-GCM).
  static Result<std::unique_ptr<Vault>> create(VaultKeys keys, RandomSource random = system_random);
  ~Vault();
  Vault(const Vault&) = delete;
  Vault& operator=(const Vault&) = delete;

  // Replaces `out` by the sealed value. REQUIRES: plaintext below 1 GiB and not inside `out`.
  void seal(Family family, std::string_view key, std::string_view plaintext,
            std::string& out) const;

  // Errors: kCorrupt (changed, cut, or sealed for another record), kNotFound (sealed under a key
  // that is not in the ring), kUnsupported (a later version of the format).
  Result<std::string> open(Family family, std::string_view key, std::string_view sealed) const;

  // Under what a person is found: the first 16 bytes of HMAC-SHA-256 over the document's type and
  // number, normalised by the caller.
  PersonHash person_hash(std::string_view document) const;

  // The id of the key that seals, and of all keys.
  uint32_t current_id() const { return keys_.current; }
  std::vector<uint32_t> ids() const;
  // REQUIRES: the key is in the ring.
  KeyCheck check_of_key(uint32_t id) const;
  KeyCheck check_of_person_key() const;
  // The id of the key under which a value is sealed; nullopt if it is no sealed value.
  static std::optional<uint32_t> key_of(std::string_view sealed);

 private:
  struct Impl;
  Vault(VaultKeys keys, std::unique_ptr<Impl> impl, RandomSource random);
  const VaultKeys::Entry* find(uint32_t id) const;

  const uint64_t serial_;  // tells vaults apart in the per-thread contexts
  VaultKeys keys_;
  const VaultKeys::Entry* current_;
  std::unique_ptr<Impl> impl_;
  mutable NonceSequence nonces_;
};

}  // namespace jiexu
