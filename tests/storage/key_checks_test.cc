// Whether a store knows its own keys again, and no others.
#include "storage/key_checks.h"

#include <catch2/catch.hpp>

#include "jiexu/v1/record.pb.h"
#include "storage/layout.h"
#include "storage/memory/memory_store.h"
#include "storage/records.h"

namespace jiexu {

namespace {

const KeyPlaces kPlaces{"KEYS/vault.keys", "KEYS/person.key", "DATA"};

// Keys of agencies that differ in every byte: `fill` is the agency, `ids` are the ring.
std::unique_ptr<Vault> vault_of(char fill, std::vector<uint32_t> ids = {1}, char person = 0) {
  std::map<uint32_t, std::string> ring;
  for (const uint32_t id : ids) {
    ring[id] = std::string(31, fill) + static_cast<char>(id);
  }
  const std::string person_key(32, person == 0 ? fill : person);
  return std::move(*Vault::create(vault_keys(ring, person_key).value()));
}

HashOfPerson hash_by(const Vault& vault) {
  return [&vault](const v1::Person& person) { return vault.person_hash(person.document_number()); };
}

Result<void> check(Store& store, const Vault& vault) {
  return check_keys(store, vault, kPlaces, hash_by(vault));
}

CaseId case_id(uint8_t n) {
  return CaseId::make(1'790'000'000'000, {n});
}

// A case as the daemon writes it, sealed by `vault`.
void put_case(Store& store, const Vault& vault, uint8_t n, bool closed = false) {
  v1::CaseRecord record;
  record.mutable_person()->set_document_number("A" + std::to_string(n));
  record.set_person_hash(std::string(view(vault.person_hash("A" + std::to_string(n)))));
  Batch batch;
  Records(store, vault)
      .put_message(batch, Family::kCase, layout::case_key(case_id(n), closed), record);
  REQUIRE(store.commit(batch));
}

v1::KeysRecord remembered(const Store& store) {
  const auto stored = store.get(Family::kMeta, layout::kKeysKey);
  REQUIRE(stored);
  v1::KeysRecord record;
  if (*stored) REQUIRE(record.ParseFromString(**stored));
  return record;
}

void refuses(Store& store, const Vault& vault, const std::string& file, const std::string& why) {
  const Lsn before = store.lsn();
  const auto checked = check(store, vault);
  REQUIRE_FALSE(checked);
  CHECK(checked.error().code == Errc::kInvalid);
  INFO(checked.error().text);
  CHECK(checked.error().text.starts_with(file));
  CHECK(checked.error().text.find(why) != std::string::npos);
  CHECK(checked.error().text.find("DATA") != std::string::npos);
  CHECK(store.lsn() == before);
}

}  // namespace

TEST_CASE("a store with the checks of its keys opens with them and writes nothing more") {
  MemoryStore store;
  const auto vault = vault_of('a');
  Batch batch;
  put_key_checks(*vault, batch);
  REQUIRE(store.commit(batch));
  CHECK(check(store, *vault));
  CHECK(store.lsn() == 1);
}

TEST_CASE("a store refuses the vault key and the person key of another agency, also while empty") {
  MemoryStore store;
  Batch batch;
  put_key_checks(*vault_of('a'), batch);
  REQUIRE(store.commit(batch));
  refuses(store, *vault_of('b', {1}, 'a'), "KEYS/vault.keys", "key 1 is not the one");
  refuses(store, *vault_of('a', {1}, 'b'), "KEYS/person.key", "finds people");
}

TEST_CASE("a store refuses an older ring that lacks a key which has sealed") {
  MemoryStore store;
  REQUIRE(check(store, *vault_of('a', {1})));
  REQUIRE(check(store, *vault_of('a', {1, 2})));
  CHECK(remembered(store).vault_size() == 2);
  refuses(store, *vault_of('a', {1}), "KEYS/vault.keys", "lacks key 2");
  refuses(store, *vault_of('a', {2}), "KEYS/vault.keys", "lacks key 1");
  CHECK(check(store, *vault_of('a', {1, 2})));
}

TEST_CASE("an older store takes a ring that has since grown, and a key that never sealed may go") {
  MemoryStore store;
  REQUIRE(check(store, *vault_of('a', {1})));
  REQUIRE(check(store, *vault_of('a', {1, 2, 3})));
  // Key 2 was never the newest at a start.
  CHECK(check(store, *vault_of('a', {1, 3})));
}

TEST_CASE("a store from before the checks gets them from keys that open what it holds") {
  MemoryStore store;
  const auto vault = vault_of('a', {1, 2});
  const auto old = vault_of('a', {1});
  for (uint8_t n = 1; n <= 3; ++n) put_case(store, *old, n);
  put_case(store, *vault, 4, true);
  refuses(store, *vault_of('b', {1, 2}), "KEYS/vault.keys", "is not the one");
  refuses(store, *vault_of('a', {1}), "KEYS/vault.keys", "lacks key 2");
  refuses(store, *vault_of('a', {2}), "KEYS/vault.keys", "lacks key 1");
  refuses(store, *vault_of('a', {1, 2}, 'b'), "KEYS/person.key", "finds people");
  CHECK(remembered(store).vault_size() == 0);
  REQUIRE(check(store, *vault));
  CHECK(remembered(store).vault_size() == 2);
  CHECK(remembered(store).person_check().size() == 16);
}

TEST_CASE("each kind of sealed record shows a foreign key") {
  for (const layout::SealedKind& kind : layout::sealed_kinds()) {
    MemoryStore store;
    const auto vault = vault_of('a');
    // Behind the kind's first byte what it is does not matter; frames lie under their link.
    const std::string peer = "S35020000001";
    const std::string key =
        kind.family == Family::kLinkLog
            ? layout::link_log_key(*AgencyId::parse(peer), layout::Direction::kIn, 1, 1).str()
            : std::string(kind.prefix) + "some key";
    Batch batch;
    batch.put(Family::kLink, peer + '\1', "");
    Records(store, *vault).put(batch, kind.family, key, "some record");
    REQUIRE(store.commit(batch));
    INFO(layout::family_name(kind.family) << " " << kind.prefix);
    CHECK(layout::is_sealed(kind.family, key));
    refuses(store, *vault_of('b', {1}, 'a'), "KEYS/vault.keys", "key 1 is not the one");
    CHECK(check(store, *vault));
  }
}

TEST_CASE("one damaged record does not make a key foreign") {
  MemoryStore store;
  const auto vault = vault_of('a');
  for (uint8_t n = 1; n <= 3; ++n) put_case(store, *vault, n);
  const std::string key = layout::case_key(case_id(1), false).str();
  std::string damaged = **store.get(Family::kCase, key);
  damaged.back() = static_cast<char>(damaged.back() ^ 1);
  Batch batch;
  batch.put(Family::kCase, key, damaged);
  REQUIRE(store.commit(batch));
  CHECK(check(store, *vault));
}

TEST_CASE("a case whose document was corrected does not make the person key foreign") {
  MemoryStore store;
  const auto vault = vault_of('a');
  put_case(store, *vault, 2);
  v1::CaseRecord corrected;
  corrected.mutable_person()->set_document_number("B1");
  corrected.set_person_hash(std::string(view(vault->person_hash("A1"))));
  Batch batch;
  Records(store, *vault)
      .put_message(batch, Family::kCase, layout::case_key(case_id(1), false), corrected);
  REQUIRE(store.commit(batch));
  CHECK(check(store, *vault));
}

TEST_CASE("a key that an earlier program has sealed with is proven before it is remembered") {
  MemoryStore store;
  REQUIRE(check(store, *vault_of('a', {1})));
  put_case(store, *vault_of('a', {1, 2}), 1);  // by a program that knows no checks
  std::map<uint32_t, std::string> mixed{{1, std::string(31, 'a') + '\1'},
                                        {2, std::string(32, 'z')}};
  const auto foreign = std::move(*Vault::create(vault_keys(mixed, std::string(32, 'a')).value()));
  refuses(store, *foreign, "KEYS/vault.keys", "key 2 is not the one");
  CHECK(check(store, *vault_of('a', {1, 2})));
}

// storage/FORMAT.md, worked example.
TEST_CASE("checks of keys are as the manual says") {
  const auto vault = std::move(
      *Vault::create(vault_keys({{1, std::string(32, '\1')}}, std::string(32, '\2')).value()));
  CHECK(to_hex(view(vault->check_of_key(1))) == "a84a31611ee36cd77dd471e0dfa4e9aa");
  CHECK(to_hex(view(vault->check_of_person_key())) == "1f901d8e8295aa7c172272ed18d2d316");
}

}  // namespace jiexu
