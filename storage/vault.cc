#include "storage/vault.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/rand.h>

#include <algorithm>
#include <new>

#include "daemon/base/bytes.h"
#include "daemon/base/check.h"
#include "storage/layout.h"

namespace jiexu {

namespace {

constexpr uint8_t kVersion = 1;
constexpr size_t kNonceAt = 1 + 4;
constexpr size_t kTextAt = kNonceAt + 12;
constexpr size_t kTagSize = 16;
constexpr size_t kPlaintextMax = 1 << 30;

// What checks of keys are made over. No document of a person begins like this (person_hash).
constexpr std::string_view kVaultKeyText = "jiexu vault key";
constexpr std::string_view kPersonKeyText = "jiexu person key";

uint8_t* bytes(char* p) {
  return reinterpret_cast<uint8_t*>(p);
}
const uint8_t* bytes(const char* p) {
  return reinterpret_cast<const uint8_t*>(p);
}

struct ContextFree {
  void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};

// An OpenSSL context with its key schedule, kept per thread: setting a key costs as much as
// sealing a small record. The serial and id say whose key it holds.
struct KeyedContext {
  std::unique_ptr<EVP_CIPHER_CTX, ContextFree> context;
  uint64_t serial = 0;
  uint32_t key_id = 0;
};

std::atomic<uint64_t> next_serial{1};

using InitFunction = int (*)(EVP_CIPHER_CTX*, const EVP_CIPHER*, const unsigned char*,
                             const unsigned char*, const OSSL_PARAM*);

// Readies `slot` for one value under `entry` and `nonce`.
EVP_CIPHER_CTX* ready(KeyedContext& slot, InitFunction init, const EVP_CIPHER* cipher,
                      uint64_t serial, const VaultKeys::Entry& entry, const uint8_t* nonce) {
  if (slot.serial == serial && slot.key_id == entry.id) {
    CHECK(init(slot.context.get(), nullptr, nullptr, nonce, nullptr) == 1);
    return slot.context.get();
  }
  slot.context.reset(EVP_CIPHER_CTX_new());
  if (slot.context == nullptr) throw std::bad_alloc();
  CHECK(init(slot.context.get(), cipher, entry.key.data(), nonce, nullptr) == 1);
  slot.serial = serial;
  slot.key_id = entry.id;
  return slot.context.get();
}

using UpdateFunction = int (*)(EVP_CIPHER_CTX*, unsigned char*, int*, const unsigned char*, int);

// The associated data: the family's number and the record's key.
void bind(EVP_CIPHER_CTX* context, UpdateFunction update, Family family, std::string_view key) {
  std::array<uint8_t, 1 + Key::kSizeMax> data;
  CHECK(key.size() <= Key::kSizeMax);
  data[0] = static_cast<uint8_t>(family);
  std::ranges::copy(key, data.begin() + 1);
  int n = 0;
  CHECK(update(context, nullptr, &n, data.data(), static_cast<int>(1 + key.size())) == 1);
}

struct MacContextFree {
  void operator()(EVP_MAC_CTX* context) const { EVP_MAC_CTX_free(context); }
};
using MacContext = std::unique_ptr<EVP_MAC_CTX, MacContextFree>;

// HMAC-SHA-256, ready for data.
MacContext keyed(EVP_MAC* mac, const SecretKey& key) {
  MacContext context(EVP_MAC_CTX_new(mac));
  char digest[] = "SHA256";
  const OSSL_PARAM how[] = {OSSL_PARAM_construct_utf8_string("digest", digest, 0),
                            OSSL_PARAM_construct_end()};
  if (context == nullptr) throw std::bad_alloc();
  CHECK(EVP_MAC_init(context.get(), key.data(), key.size(), how) == 1);
  return context;
}

KeyCheck check_of(EVP_MAC* mac, const SecretKey& key, std::string_view text) {
  const MacContext context = keyed(mac, key);
  std::array<uint8_t, 32> whole;
  size_t size = 0;
  CHECK(EVP_MAC_update(context.get(), bytes(text.data()), text.size()) == 1);
  CHECK(EVP_MAC_final(context.get(), whole.data(), &size, whole.size()) == 1);
  KeyCheck check;
  std::copy_n(whole.begin(), check.size(), check.begin());
  return check;
}

Result<void> validate(const VaultKeys& keys) {
  const auto has_id = [](uint32_t id) {
    return [id](const VaultKeys::Entry& entry) { return entry.id == id; };
  };
  for (const auto& entry : keys.ring) {
    if (std::ranges::count_if(keys.ring, has_id(entry.id)) > 1) {
      return fail(Errc::kInvalid,
                  "key ring of the store: id " + std::to_string(entry.id) + " is there twice");
    }
  }
  if (std::ranges::none_of(keys.ring, has_id(keys.current))) {
    return fail(Errc::kInvalid, "key ring of the store: the current key " +
                                    std::to_string(keys.current) + " is not in it");
  }
  if (keys.person_key == SecretKey{}) {
    return fail(Errc::kInvalid, "key ring of the store: the person key is missing");
  }
  return {};
}

}  // namespace

Result<VaultKeys> vault_keys(const std::map<uint32_t, std::string>& ring, std::string_view person) {
  VaultKeys keys;
  for (const auto& [id, raw] : ring) {
    const auto key = to_array<32>(raw);
    if (!key) return fail(Errc::kInvalid, "vault.keys: a key does not have 32 bytes");
    keys.ring.push_back({id, *key});
    keys.current = id;
  }
  const auto person_key = to_array<32>(person);
  if (!person_key) return fail(Errc::kInvalid, "person.key does not have 32 bytes");
  keys.person_key = *person_key;
  return keys;
}

void system_random(std::span<uint8_t> out) {
  CHECK(RAND_bytes(out.data(), static_cast<int>(out.size())) == 1);
}

NonceSequence::NonceSequence(RandomSource random, uint32_t first)
    : random_(std::move(random)), counter_(first) {
  random_(std::span(prefix_).first<8>());
}

Nonce NonceSequence::next() {
  const std::lock_guard lock(mutex_);
  Nonce nonce = prefix_;
  for (size_t i = 0; i < 4; ++i) nonce[8 + i] = static_cast<uint8_t>(counter_ >> (24 - 8 * i));
  if (++counter_ == 0) random_(std::span(prefix_).first<8>());
  return nonce;
}

struct Vault::Impl {
  struct CipherFree {
    void operator()(EVP_CIPHER* cipher) const { EVP_CIPHER_free(cipher); }
  };
  struct MacFree {
    void operator()(EVP_MAC* mac) const { EVP_MAC_free(mac); }
  };
  std::unique_ptr<EVP_CIPHER, CipherFree> cipher;
  std::unique_ptr<EVP_MAC, MacFree> mac;
  MacContext person;  // HMAC with the person key set, to be copied
};

Result<std::unique_ptr<Vault>> Vault::create(VaultKeys keys, RandomSource random) {
  TRY_DO(validate(keys));
  auto impl = std::make_unique<Impl>();
  impl->cipher.reset(EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr));
  if (!impl->cipher) return fail(Errc::kUnsupported, "OpenSSL offers no AES-256-GCM");
  impl->mac.reset(EVP_MAC_fetch(nullptr, "HMAC", nullptr));
  if (!impl->mac) return fail(Errc::kUnsupported, "OpenSSL offers no HMAC");
  impl->person = keyed(impl->mac.get(), keys.person_key);
  return std::unique_ptr<Vault>(new Vault(std::move(keys), std::move(impl), std::move(random)));
}

Vault::Vault(VaultKeys keys, std::unique_ptr<Impl> impl, RandomSource random)
    : serial_(next_serial++),
      keys_(std::move(keys)),
      current_(find(keys_.current)),
      impl_(std::move(impl)),
      nonces_(std::move(random)) {}

Vault::~Vault() {
  for (auto& entry : keys_.ring) OPENSSL_cleanse(entry.key.data(), entry.key.size());
  OPENSSL_cleanse(keys_.person_key.data(), keys_.person_key.size());
}

const VaultKeys::Entry* Vault::find(uint32_t id) const {
  for (const auto& entry : keys_.ring) {
    if (entry.id == id) return &entry;
  }
  return nullptr;
}

std::vector<uint32_t> Vault::ids() const {
  std::vector<uint32_t> out;
  for (const auto& entry : keys_.ring) out.push_back(entry.id);
  return out;
}

KeyCheck Vault::check_of_key(uint32_t id) const {
  const VaultKeys::Entry* entry = find(id);
  CHECK(entry != nullptr);
  return check_of(impl_->mac.get(), entry->key, kVaultKeyText);
}

KeyCheck Vault::check_of_person_key() const {
  return check_of(impl_->mac.get(), keys_.person_key, kPersonKeyText);
}

std::optional<uint32_t> Vault::key_of(std::string_view sealed) {
  if (sealed.size() < kOverhead) return std::nullopt;
  return read_u32(sealed.substr(1));
}

void Vault::seal(Family family, std::string_view key, std::string_view plaintext,
                 std::string& out) const {
  CHECK(plaintext.size() <= kPlaintextMax);
  out.clear();
  append_u8(out, kVersion);
  append_u32(out, current_->id);
  const Nonce nonce = nonces_.next();
  out.append(view(nonce));

  thread_local KeyedContext slot;
  EVP_CIPHER_CTX* context =
      ready(slot, EVP_EncryptInit_ex2, impl_->cipher.get(), serial_, *current_, nonce.data());
  bind(context, EVP_EncryptUpdate, family, key);
  const size_t size = plaintext.size() + kOverhead;
  // The second argument is not used: libstdc++ 12 passes the capacity there, not the size.
  out.resize_and_overwrite(size, [&](char* data, size_t) {
    int n = 0;
    CHECK(EVP_EncryptUpdate(context, bytes(data + kTextAt), &n, bytes(plaintext.data()),
                            static_cast<int>(plaintext.size())) == 1);
    CHECK(EVP_EncryptFinal_ex(context, bytes(data + kTextAt) + n, &n) == 1);
    CHECK(EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, kTagSize, data + size - kTagSize) ==
          1);
    return size;
  });
}

Result<std::string> Vault::open(Family family, std::string_view key,
                                std::string_view sealed) const {
  if (sealed.size() < kOverhead || sealed.size() > kPlaintextMax + kOverhead) {
    return fail(Errc::kCorrupt, "sealed value has an impossible size");
  }
  if (static_cast<uint8_t>(sealed[0]) != kVersion) {
    return fail(Errc::kUnsupported, "sealed value has an unknown version");
  }
  const uint32_t id = read_u32(sealed.substr(1));
  const VaultKeys::Entry* entry = find(id);
  if (entry == nullptr) {
    return fail(Errc::kNotFound, "value is sealed under key " + std::to_string(id) +
                                     ", which is not in the key ring");
  }
  thread_local KeyedContext slot;
  EVP_CIPHER_CTX* context = ready(slot, EVP_DecryptInit_ex2, impl_->cipher.get(), serial_, *entry,
                                  bytes(sealed.data() + kNonceAt));
  bind(context, EVP_DecryptUpdate, family, key);
  const std::string_view text = sealed.substr(kTextAt, sealed.size() - kOverhead);
  // OpenSSL takes the expected tag through a pointer to non-const.
  std::array<uint8_t, kTagSize> tag = *to_array<kTagSize>(sealed.substr(sealed.size() - kTagSize));
  bool genuine = false;
  std::string out;
  out.resize_and_overwrite(text.size(), [&](char* data, size_t) {
    int n = 0;
    CHECK(EVP_DecryptUpdate(context, bytes(data), &n, bytes(text.data()),
                            static_cast<int>(text.size())) == 1);
    CHECK(EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, kTagSize, tag.data()) == 1);
    genuine = EVP_DecryptFinal_ex(context, bytes(data) + n, &n) == 1;
    return text.size();
  });
  if (!genuine) {
    OPENSSL_cleanse(out.data(), out.size());
    return fail(Errc::kCorrupt, "sealed value is damaged or belongs to another record");
  }
  return out;
}

PersonHash Vault::person_hash(std::string_view document) const {
  std::array<uint8_t, 32> mac;
  size_t size = 0;
  // Kept per thread, as sealing contexts are; starting a keyed context anew costs little.
  thread_local uint64_t serial = 0;
  thread_local MacContext context;
  if (serial != serial_) {
    context.reset(EVP_MAC_CTX_dup(impl_->person.get()));
    if (context == nullptr) throw std::bad_alloc();
    serial = serial_;
  }
  CHECK(EVP_MAC_init(context.get(), nullptr, 0, nullptr) == 1);
  CHECK(EVP_MAC_update(context.get(), bytes(document.data()), document.size()) == 1);
  CHECK(EVP_MAC_final(context.get(), mac.data(), &size, mac.size()) == 1);
  PersonHash hash;
  std::copy_n(mac.begin(), hash.size(), hash.begin());
  return hash;
}

}  // namespace jiexu
