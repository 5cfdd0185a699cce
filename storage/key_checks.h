// Whether the keys that the daemon was given are those that the store was written with. Under a
// foreign vault key nothing could be read; worse, what comes in would be receipted and sealed under
// a key that its owner may never see again. Under a foreign person key nobody is found, and the
// same person gets a second case.
//
// The store remembers a check value of each key (KeysRecord). A store from before that gets them at
// its first opening, but only after its records have shown that the keys are right: the first and
// the last record of each kind must open, and cases must have the person hash that this person key
// gives. The same for a key that is new in the ring, in case an earlier program has sealed with it.
#pragma once

#include <functional>
#include <string>

#include "daemon/base/result.h"
#include "jiexu/v1/message.pb.h"
#include "storage/store.h"
#include "storage/vault.h"

namespace jiexu {

// What errors call the files by.
struct KeyPlaces {
  std::string vault_file;
  std::string person_file;
  std::string store;
};

// The hash under which a person is filed, by the vault's person key.
using HashOfPerson = std::function<PersonHash(const v1::Person&)>;

// Into the first batch of a new store: the checks of its keys.
void put_key_checks(const Vault& vault, Batch& batch);

// Whether the keys are those that the store remembers; nothing is proved or written for it, so that
// of a store that remembers none nothing is known. Errors: kInvalid, naming the file; kCorrupt.
Result<void> check_remembered_keys(const Reader& store, const Vault& vault,
                                   const KeyPlaces& places);

// Error kInvalid, naming the file: a key is missing or is another one. Commits what the store does
// not remember yet. Call before anything is read or written with the vault.
Result<void> check_keys(Store& store, const Vault& vault, const KeyPlaces& places,
                        const HashOfPerson& hash_of);

}  // namespace jiexu
