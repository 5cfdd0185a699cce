#include "storage/key_checks.h"

#include <algorithm>
#include <map>

#include "daemon/base/bytes.h"
#include "jiexu/v1/record.pb.h"
#include "storage/layout.h"

namespace jiexu {
namespace {

// Cases from each end of each kind that are asked for their person.
constexpr size_t kCasesAsked = 16;

struct Sealed {
  Family family;
  std::string key;
  std::string value;
};

tl::unexpected<Error> wrong(const std::string& file, const KeyPlaces& places,
                            const std::string& what) {
  return fail(Errc::kInvalid, file + ": " + what + " (" + places.store +
                                  "); put the agency's own file back. Nothing was changed");
}

tl::unexpected<Error> wrong_vault(uint32_t id, const KeyPlaces& places) {
  return wrong(places.vault_file, places,
               "key " + std::to_string(id) + " is not the one that this store was sealed with");
}

tl::unexpected<Error> missing_vault(uint32_t id, const KeyPlaces& places) {
  return wrong(places.vault_file, places,
               "lacks key " + std::to_string(id) + ", under which this store has sealed records");
}

tl::unexpected<Error> wrong_person(const KeyPlaces& places) {
  return wrong(places.person_file, places, "is not the key by which this store finds people");
}

// Adds up to `count` records of the range, from its beginning or its end.
Result<void> sample(const Reader& reader, Family family, std::string_view prefix, size_t count,
                    std::vector<Sealed>& out) {
  const std::string end = layout::prefix_end(prefix);
  for (const auto scan : {&Reader::scan, &Reader::scan_back}) {
    size_t left = count;
    const auto done = (reader.*scan)(family, prefix, end, [&](auto key, auto value) {
      out.push_back({family, std::string(key), std::string(value)});
      return --left > 0;
    });
    if (!done) return done;
  }
  return {};
}

// The first and the last of each kind; of the log, of each link: the first ones are the oldest.
Result<std::vector<Sealed>> sample_all(const Reader& reader) {
  std::vector<Sealed> out;
  std::vector<std::string> links;
  auto done = reader.scan(Family::kLink, "", layout::prefix_end(""), [&](auto key, auto) {
    links.emplace_back(key);
    return true;
  });
  if (!done) return tl::unexpected(done.error());
  for (const std::string& link : links) {
    if (done = sample(reader, Family::kLinkLog, link, 1, out); !done) break;
  }
  for (const layout::SealedKind& kind : layout::sealed_kinds()) {
    if (done) done = sample(reader, kind.family, kind.prefix, 1, out);
  }
  if (!done) return tl::unexpected(done.error());
  return out;
}

bool knows(const v1::KeysRecord& record, uint32_t id) {
  return std::ranges::any_of(record.vault(), [&](const auto& key) { return key.id() == id; });
}

// A key that the store does not know is right if it opens a record. One that does not open may be
// damaged, so that others are asked; if none opens, it is the key.
Result<void> prove_vault_keys(const Reader& reader, const v1::KeysRecord& known, const Vault& vault,
                              const KeyPlaces& places) {
  TRY(const auto records, sample_all(reader));
  std::map<uint32_t, bool> opens;
  for (const Sealed& record : records) {
    const auto id = Vault::key_of(record.value);
    if (!id || knows(known, *id)) continue;
    const auto opened = vault.open(record.family, record.key, record.value);
    if (!opened && opened.error().code == Errc::kNotFound) return missing_vault(*id, places);
    opens[*id] |= opened.has_value();
  }
  for (const auto& [id, opened] : opens) {
    if (!opened) return wrong_vault(id, places);
  }
  return {};
}

// The case's hash is of its person when the case was made; a correction may have changed the
// document since. So it is enough that one agrees.
Result<void> prove_person_key(const Reader& reader, const Vault& vault, const KeyPlaces& places,
                              const HashOfPerson& hash_of) {
  std::vector<Sealed> cases;
  for (const std::string_view kind : {layout::kOpenCases, layout::kClosedCases}) {
    TRY_DO(sample(reader, Family::kCase, kind, kCasesAsked, cases));
  }
  bool asked = false;
  for (const Sealed& record : cases) {
    const auto plain = vault.open(record.family, record.key, record.value);
    v1::CaseRecord subject;
    if (!plain || !subject.ParseFromString(*plain) || subject.person_hash().empty()) continue;
    if (view(hash_of(subject.person())) == subject.person_hash()) return {};
    asked = true;
  }
  if (asked) return wrong_person(places);
  return {};
}

std::string text(const KeyCheck& check) {
  return std::string(view(check));
}

// Those that the store remembers are as they were.
Result<void> compare(const v1::KeysRecord& known, const Vault& vault, const KeyPlaces& places) {
  const std::vector<uint32_t> ids = vault.ids();
  for (const v1::VaultKeyCheck& key : known.vault()) {
    if (std::ranges::find(ids, key.id()) == ids.end()) return missing_vault(key.id(), places);
    if (text(vault.check_of_key(key.id())) != key.check()) return wrong_vault(key.id(), places);
  }
  if (!known.person_check().empty() && known.person_check() != text(vault.check_of_person_key())) {
    return wrong_person(places);
  }
  return {};
}

// Adds the key that seals; to a store that remembers none, all, any of which may have sealed.
// Whether there was something to add.
bool remember_vault_keys(v1::KeysRecord& record, const Vault& vault) {
  const bool all = record.vault().empty();
  bool added = false;
  for (const uint32_t id : vault.ids()) {
    if (knows(record, id) || (!all && id != vault.current_id())) continue;
    v1::VaultKeyCheck* key = record.add_vault();
    key->set_id(id);
    key->set_check(text(vault.check_of_key(id)));
    added = true;
  }
  return added;
}

// Empty if the store remembers none.
Result<v1::KeysRecord> read_remembered(const Reader& store) {
  TRY(const auto stored, store.get(Family::kMeta, layout::kKeysKey));
  v1::KeysRecord record;
  if (stored && !record.ParseFromString(*stored)) {
    return fail(Errc::kCorrupt, "the record of the store's keys is unreadable");
  }
  return record;
}

void put(const v1::KeysRecord& record, Batch& batch) {
  batch.put(Family::kMeta, layout::kKeysKey, record.SerializeAsString());
}

}  // namespace

void put_key_checks(const Vault& vault, Batch& batch) {
  v1::KeysRecord record;
  remember_vault_keys(record, vault);
  record.set_person_check(text(vault.check_of_person_key()));
  put(record, batch);
}

Result<void> check_remembered_keys(const Reader& store, const Vault& vault,
                                   const KeyPlaces& places) {
  TRY(const auto known, read_remembered(store));
  return compare(known, vault, places);
}

Result<void> check_keys(Store& store, const Vault& vault, const KeyPlaces& places,
                        const HashOfPerson& hash_of) {
  TRY(const auto stored, read_remembered(store));
  const v1::KeysRecord& known = stored;
  TRY_DO(compare(known, vault, places));
  v1::KeysRecord record = known;
  const bool new_key = remember_vault_keys(record, vault);
  const bool new_person = known.person_check().empty();
  if (!new_key && !new_person) return {};
  TRY_DO(prove_vault_keys(store, known, vault, places));
  if (new_person) {
    TRY_DO(prove_person_key(store, vault, places, hash_of));
    record.set_person_check(text(vault.check_of_person_key()));
  }
  Batch batch;
  put(record, batch);
  return store.commit(batch);
}

}  // namespace jiexu
