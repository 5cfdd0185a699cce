// Every record of a store in words, one JSON object a line: for whoever must know what a store
// holds when no other program can tell.
//
//   {"family": "funds", "kind": "payment", "key": "49...", "case_id": "...", "attempt": 1,
//    "record": {...}}
//
// Records that are no messages are "value": numbers, texts, or bytes in hex. Bytes inside messages
// are in base64, as JSON has them. What cannot be read has an "error" in place of its record, and
// the walk goes on.
//
// The lines hold personal data: whoever prints them must want that. Nothing is logged. One record
// is in memory at a time.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/base/result.h"
#include "storage/store.h"
#include "storage/vault.h"

namespace jiexu {

struct DumpChoice {
  std::optional<Family> family;  // nullopt: all
  std::string key_prefix;        // bytes; only records whose key begins so
};

struct DumpCounts {
  uint64_t records = 0;
  // Of them: sealed under a key that is not here, damaged, or of no known kind.
  uint64_t unreadable = 0;
};

// Hands each line out, without its end. It returns false to stop.
using DumpLine = std::function<bool(std::string_view line)>;

// Errors: those of Reader::scan.
Result<DumpCounts> dump(const Reader& reader, const Vault& vault, const DumpChoice& choice,
                        const DumpLine& line);

// Names of all kinds of record, such as "payment", in the order of families.
std::vector<std::string_view> dump_kinds();

// nullopt: no family has this name.
std::optional<Family> family_of(std::string_view name);

}  // namespace jiexu
