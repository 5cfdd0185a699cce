#include "daemon/trust/suite.h"

#include <openssl/evp.h>
#include <openssl/rand.h>
#include <sodium.h>

#include <array>
#include <new>

#include "daemon/base/bytes.h"
#include "daemon/base/check.h"
#include "daemon/trust/suite_factory.h"

namespace jiexu {
namespace {

struct FreeMdCtx {
  void operator()(EVP_MD_CTX* ctx) const { EVP_MD_CTX_free(ctx); }
};
using MdCtx = std::unique_ptr<EVP_MD_CTX, FreeMdCtx>;

const uint8_t* bytes(std::string_view in) {
  return reinterpret_cast<const uint8_t*>(in.data());
}

uint8_t* out(std::string& bytes) {
  return reinterpret_cast<uint8_t*>(bytes.data());
}

MdCtx new_ctx() {
  MdCtx ctx(EVP_MD_CTX_new());
  if (ctx == nullptr) throw std::bad_alloc();
  return ctx;
}

// A SHA-256 context of this thread, ready for data. Fetching the algorithm and allocating a context
// each cost more than hashing a small message, hence once per process and once per thread.
EVP_MD_CTX* sha256_ctx() {
  static EVP_MD* const algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  CHECK(algorithm != nullptr);
  thread_local const MdCtx ctx = new_ctx();
  CHECK(EVP_DigestInit_ex2(ctx.get(), algorithm, nullptr) == 1);
  return ctx.get();
}

Digest finish(EVP_MD_CTX* ctx) {
  Digest digest;
  CHECK(EVP_DigestFinal_ex(ctx, digest.data(), nullptr) == 1);
  return digest;
}

// RFC 8032, section 5.1.6; the hash inside is the algorithm's own (SHA-512). By libsodium, which
// signs and verifies in half of OpenSSL's time: a letter that comes alone waits for three of these.
class Ed25519Signer final : public Signer {
 public:
  explicit Ed25519Signer(std::string_view seed)
      : public_key_{SuiteId::kEd25519, std::string(crypto_sign_PUBLICKEYBYTES, '\0')} {
    CHECK(crypto_sign_seed_keypair(out(public_key_.bytes), secret_.data(), bytes(seed)) == 0);
  }
  ~Ed25519Signer() override { sodium_memzero(secret_.data(), secret_.size()); }

  const PublicKey& public_key() const override { return public_key_; }

  std::string sign(std::string_view message) const override {
    std::string signature(crypto_sign_BYTES, '\0');
    CHECK(crypto_sign_detached(out(signature), nullptr, bytes(message), message.size(),
                               secret_.data()) == 0);
    return signature;
  }

 private:
  std::array<uint8_t, crypto_sign_SECRETKEYBYTES> secret_{};
  PublicKey public_key_;
};

class Ed25519Verifier final : public Verifier {
 public:
  explicit Ed25519Verifier(std::string key) : key_(std::move(key)) {}

  bool verify(std::string_view message, std::string_view signature) const override {
    return signature.size() == crypto_sign_BYTES &&
           crypto_sign_verify_detached(bytes(signature), bytes(message), message.size(),
                                       bytes(key_)) == 0;
  }

 private:
  const std::string key_;
};

void start_sodium() {
  static const int started = sodium_init();
  CHECK(started >= 0);
}

Result<std::unique_ptr<Signer>> make_ed25519_signer(std::string_view private_key) {
  if (private_key.size() != crypto_sign_SEEDBYTES) {
    return fail(Errc::kInvalid, "an Ed25519 private key has 32 bytes");
  }
  start_sodium();
  return std::make_unique<Ed25519Signer>(private_key);
}

Result<std::shared_ptr<const Verifier>> make_ed25519_verifier(const PublicKey& public_key) {
  if (public_key.bytes.size() != crypto_sign_PUBLICKEYBYTES) {
    return fail(Errc::kInvalid, "an Ed25519 public key has 32 bytes");
  }
  start_sodium();
  return std::make_shared<const Ed25519Verifier>(public_key.bytes);
}

constexpr SuiteFactory kEd25519Factory{&make_ed25519_signer, &make_ed25519_verifier};
SuiteFactory simulated_factory{nullptr, nullptr};

const SuiteFactory* find_factory(SuiteId suite) {
  if (suite == SuiteId::kEd25519) return &kEd25519Factory;
  if (suite == SuiteId::kSimulated && simulated_factory.signer) return &simulated_factory;
  return nullptr;
}

tl::unexpected<Error> unknown_suite(SuiteId suite) {
  return fail(Errc::kUnsupported,
              "signature suite " + std::to_string(static_cast<int>(suite)) + " is unknown here");
}

}  // namespace

void install_simulated_suite(const SuiteFactory& factory) {
  simulated_factory = factory;
}

KeyId key_id(const PublicKey& key) {
  const char suite = static_cast<char>(key.suite);
  const Digest digest = sha256({std::string_view(&suite, 1), key.bytes});
  KeyId id;
  std::copy_n(digest.begin(), id.size(), id.begin());
  return id;
}

Result<std::unique_ptr<Signer>> make_signer(SuiteId suite, std::string_view private_key) {
  const SuiteFactory* factory = find_factory(suite);
  if (!factory) return unknown_suite(suite);
  return factory->signer(private_key);
}

Result<std::shared_ptr<const Verifier>> make_verifier(const PublicKey& key) {
  const SuiteFactory* factory = find_factory(key.suite);
  if (!factory) return unknown_suite(key.suite);
  return factory->verifier(key);
}

std::string generate_private_key(SuiteId suite) {
  CHECK(suite == SuiteId::kEd25519);
  return random_bytes(crypto_sign_SEEDBYTES);
}

Digest sha256(std::string_view in) {
  EVP_MD_CTX* ctx = sha256_ctx();
  CHECK(EVP_DigestUpdate(ctx, in.data(), in.size()) == 1);
  return finish(ctx);
}

Digest sha256(std::initializer_list<std::string_view> pieces) {
  EVP_MD_CTX* ctx = sha256_ctx();
  for (std::string_view piece : pieces) {
    CHECK(EVP_DigestUpdate(ctx, piece.data(), piece.size()) == 1);
  }
  return finish(ctx);
}

std::string random_bytes(size_t count) {
  std::string out(count, '\0');
  CHECK(RAND_priv_bytes(reinterpret_cast<uint8_t*>(out.data()), static_cast<int>(count)) == 1);
  return out;
}

}  // namespace jiexu
