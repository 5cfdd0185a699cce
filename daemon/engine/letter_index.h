// Which cases a letter number names. Letters come in runs, so ten numbers that follow each other
// share a record; what a commit adds is gathered here and written once, at its end.
//
// The engine's thread only.
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "daemon/base/ids.h"
#include "daemon/base/result.h"
#include "daemon/engine/pending.h"
#include "daemon/rules/letter_number.h"
#include "storage/records.h"

namespace jiexu {

class LetterIndex {
 public:
  // `records` reads through `pending`.
  LetterIndex(Records& records, PendingReader& pending) : records_(records), pending_(pending) {}

  // Also of what is gathered.
  Result<std::vector<CaseId>> find(const LetterNumber& number) const;
  // REQUIRES: a letter number has 20 characters.
  Result<void> add(std::string_view number, const CaseId& id);
  // Writes what is gathered into the open commit.
  void write();

 private:
  Records& records_;
  PendingReader& pending_;
  std::unordered_map<Key, std::string> gathered_;  // by key: the record as it will be
};

}  // namespace jiexu
