#include "storage/vault.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <set>
#include <thread>

#include "daemon/base/bytes.h"

namespace jiexu::vault_test {

namespace {

SecretKey key_of(uint8_t fill) {
  SecretKey key;
  key.fill(fill);
  return key;
}

VaultKeys keys_of(std::vector<uint32_t> ids, uint32_t current) {
  VaultKeys keys{.ring = {}, .current = current, .person_key = key_of(0x77)};
  for (const uint32_t id : ids) keys.ring.push_back({id, key_of(static_cast<uint8_t>(id))});
  return keys;
}

std::unique_ptr<Vault> vault_of(std::vector<uint32_t> ids, uint32_t current) {
  auto vault = Vault::create(keys_of(std::move(ids), current));
  REQUIRE(vault);
  return std::move(*vault);
}

std::string seal(const Vault& vault, std::string_view key, std::string_view plaintext) {
  std::string sealed;
  vault.seal(Family::kCase, key, plaintext, sealed);
  return sealed;
}

Errc open_error(const Vault& vault, Family family, std::string_view key, std::string_view sealed) {
  const auto opened = vault.open(family, key, sealed);
  REQUIRE(!opened);
  return opened.error().code;
}

}  // namespace

TEST_CASE("a sealed value opens to what it was, also empty or large") {
  const auto vault = vault_of({1}, 1);
  for (const size_t size : {0u, 1u, 15u, 16u, 300u, 2u << 20}) {
    const std::string plaintext(size, 'p');
    const std::string sealed = seal(*vault, "k", plaintext);
    CHECK(sealed.size() == size + Vault::kOverhead);
    CHECK((vault->open(Family::kCase, "k", sealed).value() == plaintext));
  }
}

TEST_CASE("a sealed value begins with version and key id and does not show its text") {
  const auto vault = vault_of({1, 0x01020304}, 0x01020304);
  const std::string sealed = seal(*vault, "k", "a text that is long enough to be found");
  CHECK(to_hex(sealed.substr(0, 5)) == "0101020304");
  CHECK(sealed.find("long enough") == std::string::npos);
}

TEST_CASE("a value with any byte changed does not open") {
  const auto vault = vault_of({1}, 1);
  const std::string sealed = seal(*vault, "k", "plaintext of some length");
  for (size_t i = 0; i < sealed.size(); ++i) {
    for (const int bit : {0, 7}) {
      std::string changed = sealed;
      changed[i] = static_cast<char>(changed[i] ^ 1 << bit);
      INFO("byte " << i);
      CHECK(!vault->open(Family::kCase, "k", changed));
    }
  }
}

TEST_CASE("a value cut or extended anywhere does not open") {
  const auto vault = vault_of({1}, 1);
  const std::string sealed = seal(*vault, "k", "plaintext");
  for (size_t size = 0; size < sealed.size(); ++size) {
    CHECK(open_error(*vault, Family::kCase, "k", sealed.substr(0, size)) == Errc::kCorrupt);
  }
  CHECK(open_error(*vault, Family::kCase, "k", sealed + "x") == Errc::kCorrupt);
}

TEST_CASE("a value moved to another key or family does not open") {
  const auto vault = vault_of({1}, 1);
  const std::string sealed = seal(*vault, "key 1", "plaintext");
  CHECK(open_error(*vault, Family::kCase, "key 2", sealed) == Errc::kCorrupt);
  CHECK(open_error(*vault, Family::kCase, "", sealed) == Errc::kCorrupt);
  CHECK(open_error(*vault, Family::kTimeline, "key 1", sealed) == Errc::kCorrupt);
  CHECK(vault->open(Family::kCase, "key 1", sealed) == "plaintext");
}

TEST_CASE("after a rotation new values use the new key and old ones open while theirs is kept") {
  const std::string old_value = seal(*vault_of({1}, 1), "k", "old");
  const auto rotated = vault_of({1, 2}, 2);
  const std::string new_value = seal(*rotated, "k", "new");
  CHECK(rotated->open(Family::kCase, "k", old_value) == "old");
  CHECK(rotated->open(Family::kCase, "k", new_value) == "new");
  CHECK(rotated->open(Family::kCase, "k", old_value) == "old");
  CHECK(open_error(*vault_of({2}, 2), Family::kCase, "k", old_value) == Errc::kNotFound);
}

TEST_CASE("two vaults with other keys under one id do not open each other's values") {
  const auto first = vault_of({1}, 1);
  auto keys = keys_of({1}, 1);
  keys.ring[0].key = key_of(0x99);
  const auto second = Vault::create(std::move(keys)).value();
  const std::string sealed = seal(*first, "k", "plaintext");
  CHECK(open_error(*second, Family::kCase, "k", sealed) == Errc::kCorrupt);
  CHECK(first->open(Family::kCase, "k", sealed) == "plaintext");
  CHECK(second->open(Family::kCase, "k", seal(*second, "k", "other")) == "other");
}

TEST_CASE("a key ring that cannot work is refused") {
  CHECK(Vault::create(keys_of({1, 2}, 3)).error().code == Errc::kInvalid);
  CHECK(Vault::create(keys_of({}, 0)).error().code == Errc::kInvalid);
  CHECK(Vault::create(keys_of({1, 2, 1}, 2)).error().code == Errc::kInvalid);
  VaultKeys no_person_key = keys_of({1}, 1);
  no_person_key.person_key = SecretKey{};
  CHECK(Vault::create(no_person_key).error().code == Errc::kInvalid);
}

TEST_CASE("no nonce comes twice, neither from one vault nor from a second start") {
  std::set<std::string> nonces;
  for (int start = 0; start < 2; ++start) {
    const auto vault = vault_of({1}, 1);
    for (int i = 0; i < 1000; ++i) nonces.insert(seal(*vault, "k", "same").substr(5, 12));
  }
  CHECK(nonces.size() == 2000);
}

TEST_CASE("when the counter wraps, a new random prefix is drawn") {
  uint8_t draws = 0;
  NonceSequence nonces(
      [&](std::span<uint8_t> out) { std::ranges::fill(out, static_cast<uint8_t>(++draws)); },
      0xfffffffe);
  CHECK(to_hex(view(nonces.next())) == "0101010101010101fffffffe");
  CHECK(to_hex(view(nonces.next())) == "0101010101010101ffffffff");
  CHECK(to_hex(view(nonces.next())) == "020202020202020200000000");
  CHECK(draws == 2);
}

TEST_CASE("threads that seal and open at the same time do not disturb each other") {
  const auto vault = vault_of({1}, 1);
  std::atomic<int> right{0};
  const auto work = [&](const std::string& text) {
    for (int i = 0; i < 500; ++i) {
      std::string sealed;
      vault->seal(Family::kCase, "k", text, sealed);
      if (vault->open(Family::kCase, "k", sealed) == text) ++right;
    }
  };
  std::thread other(work, "text of the other thread");
  work("text of this thread, of another length");
  other.join();
  CHECK(right == 1000);
}

TEST_CASE("a person's hash depends on the document and the key and on nothing else") {
  const auto vault = vault_of({1}, 1);
  const PersonHash hash = vault->person_hash("01|11010519491231002X");
  CHECK(hash == vault_of({2}, 2)->person_hash("01|11010519491231002X"));
  CHECK(hash != vault->person_hash("02|11010519491231002X"));
  VaultKeys other = keys_of({1}, 1);
  other.person_key = key_of(0x78);
  CHECK(hash != Vault::create(other).value()->person_hash("01|11010519491231002X"));
}

// Made with another implementation of AES-GCM. Stores of earlier versions hold values like this.
TEST_CASE("a sealed value has the bytes of the worked example in storage/FORMAT.md") {
  const auto random = [](std::span<uint8_t> out) {
    for (size_t i = 0; i < out.size(); ++i) out[i] = static_cast<uint8_t>(0xa1 + i);
  };
  const auto vault = Vault::create(keys_of({1}, 1), random).value();
  const std::string key = *from_hex("0199a3c45e6f7a1b8c2d3e4f5a6b7c8d");
  const std::string sealed = seal(*vault, key, *from_hex("0801"));
  CHECK(to_hex(sealed) == "0100000001a1a2a3a4a5a6a7a800000000ed27d2096727024e7431b685308901a81a6e");
  CHECK(vault->open(Family::kCase, key, sealed).value() == from_hex("0801"));
}

// The expected value is that of: printf abc | openssl mac -digest SHA256 -macopt hexkey:7777...
// HMAC
TEST_CASE("a person's hash is HMAC-SHA-256, cut to 16 bytes") {
  CHECK(to_hex(view(vault_of({1}, 1)->person_hash("abc"))) == "99bfca787702929abd54b63352a9cf50");
}

}  // namespace jiexu::vault_test
