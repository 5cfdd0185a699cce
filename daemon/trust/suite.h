// Signature suites. A suite is a signature algorithm together with its hash; today Ed25519 with
// SHA-256. SM2 with SM3 can join as a second one: everything outside this folder knows keys only by
// KeyId, and a KeyId names the suite as well.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "daemon/base/ids.h"
#include "daemon/base/result.h"

namespace jiexu {

// Numbers are in directory files and in key ids and are never reused. 255 is the simulator's.
enum class SuiteId : uint8_t { kEd25519 = 1, kSimulated = 255 };

// First 8 bytes of SHA-256(suite number u8 ‖ public key). Travels in every Batch and Receipt.
using KeyId = std::array<uint8_t, 8>;

struct PublicKey {
  SuiteId suite = SuiteId::kEd25519;
  std::string bytes;

  bool operator==(const PublicKey&) const = default;
};

KeyId key_id(const PublicKey& key);

// Holds a private key. Thread-safe.
class Signer {
 public:
  virtual ~Signer() = default;
  virtual const PublicKey& public_key() const = 0;
  // Signs exactly these bytes. Cannot fail for a valid key; an OpenSSL failure is a CHECK.
  virtual std::string sign(std::string_view message) const = 0;
};

// Holds a public key in the form in which verifying is fast. Thread-safe.
class Verifier {
 public:
  virtual ~Verifier() = default;
  virtual bool verify(std::string_view message, std::string_view signature) const = 0;
};

// Errors: kInvalid (wrong length for the suite), kUnsupported (unknown suite).
Result<std::unique_ptr<Signer>> make_signer(SuiteId suite, std::string_view private_key);
Result<std::shared_ptr<const Verifier>> make_verifier(const PublicKey& key);

// A new random private key of the suite.
std::string generate_private_key(SuiteId suite);

// SHA-256 of one piece, and of the concatenation of several.
Digest sha256(std::string_view bytes);
Digest sha256(std::initializer_list<std::string_view> pieces);

// Fills with bytes from the system's generator.
std::string random_bytes(size_t count);

}  // namespace jiexu
