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
#include "daemon/engine/transaction.h"
#include "daemon/rules/letter_number.h"

namespace jiexu {

class LetterIndex {
 public:
  explicit LetterIndex(Transaction& tx) : tx_(tx) {}

  // Also of what is gathered.
  Result<std::vector<CaseId>> find(const LetterNumber& number) const;
  // REQUIRES: a letter number has 20 characters.
  Result<void> add(std::string_view number, const CaseId& id);
  // Writes what is gathered into the open commit.
  void write();

 private:
  Transaction& tx_;
  // By key: the record as it will be.
  std::unordered_map<RecordKey, std::string, std::hash<Key>> gathered_;
};

}  // namespace jiexu
