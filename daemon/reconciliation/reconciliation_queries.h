// What people ask about our books and how they compare with the peers'. Reads of durable records,
// from any thread that has its own Records. Errors of all: the store's; kCorrupt if a key or record
// cannot be read.
#pragma once

#include <optional>
#include <vector>

#include "daemon/base/ids.h"
#include "daemon/base/money.h"
#include "daemon/base/time.h"
#include "daemon/ledger/ledger.h"
#include "jiexu/v1/record.pb.h"
#include "storage/records.h"

namespace jiexu {

struct LedgerEntry {
  AgencyId peer;
  LedgerAccount account{};
  Fen balance;
};
struct LedgerBalances {
  std::vector<LedgerEntry> entries;  // a few for each peer
  Fen sum;
};
// Error kCorrupt besides: a balance or the sum is one that no money comes to, let in by an older
// version.
Result<LedgerBalances> read_balances(const Records& records);

// How the peer's statement of that day compares; nullopt: none has come.
Result<std::optional<v1::ComparisonRecord>> read_comparison(const Records& records, AgencyId peer,
                                                            Date day);
// The first day after `day` of which a statement of the peer has come; nullopt: none has.
Result<std::optional<Date>> next_comparison_day(const Records& records, AgencyId peer, Date day);

struct NewestComparison {
  AgencyId peer;
  Date day;
  uint64_t differences = 0;
};
// Of each peer that has ever stated, the newest. Reads one record a peer.
Result<std::vector<NewestComparison>> newest_comparisons(const Records& records);

}  // namespace jiexu
