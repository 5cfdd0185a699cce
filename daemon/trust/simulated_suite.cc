#include "daemon/trust/simulated_suite.h"

#include "daemon/base/bytes.h"
#include "daemon/trust/suite_factory.h"

namespace jiexu {
namespace {

constexpr size_t kSimulatedKeySize = 32;

std::string simulated_signature(const PublicKey& key, std::string_view message) {
  return std::string(view(sha256({"jiexu simulated signature", key.bytes, message})));
}

class SimulatedSigner final : public Signer {
 public:
  explicit SimulatedSigner(std::string_view private_key)
      : key_{SuiteId::kSimulated, std::string(view(sha256({"jiexu simulated key", private_key})))} {
  }
  const PublicKey& public_key() const override { return key_; }
  std::string sign(std::string_view message) const override {
    return simulated_signature(key_, message);
  }

 private:
  const PublicKey key_;
};

class SimulatedVerifier final : public Verifier {
 public:
  explicit SimulatedVerifier(PublicKey key) : key_(std::move(key)) {}
  bool verify(std::string_view message, std::string_view signature) const override {
    return simulated_signature(key_, message) == signature;
  }

 private:
  const PublicKey key_;
};

Result<std::unique_ptr<Signer>> make_simulated_signer(std::string_view private_key) {
  if (private_key.size() != kSimulatedKeySize) {
    return fail(Errc::kInvalid, "a simulated private key has 32 bytes");
  }
  return std::make_unique<SimulatedSigner>(private_key);
}

Result<std::shared_ptr<const Verifier>> make_simulated_verifier(const PublicKey& key) {
  if (key.bytes.size() != kSimulatedKeySize) {
    return fail(Errc::kInvalid, "a simulated public key has 32 bytes");
  }
  return std::make_shared<const SimulatedVerifier>(key);
}

}  // namespace

void enable_simulated_suite() {
  install_simulated_suite({&make_simulated_signer, &make_simulated_verifier});
}

}  // namespace jiexu
