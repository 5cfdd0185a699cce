// Everything that one store holds, read record by record past the engine: what the checkers judge.
#pragma once

#include <map>
#include <set>
#include <utility>
#include <vector>

#include "daemon/cases/case.h"
#include "daemon/ledger/ledger.h"
#include "daemon/link/frame.h"
#include "jiexu/v1/api.pb.h"
#include "jiexu/v1/record.pb.h"
#include "storage/layout.h"
#include "storage/memory/memory_store.h"
#include "storage/vault.h"

namespace jiexu::sim {

struct CaseFile {
  Case subject;
  std::vector<v1::TimelineRecord> timeline;
};

// One direction of the link with one peer.
using LinkSide = std::pair<AgencyId, layout::Direction>;

struct Survey {
  AgencyId agency;
  Instant now;            // on the agency's clock
  int64_t steady_ms = 0;  // how long its process has run with a steady clock; set by the caller
  std::map<CaseId, CaseFile> cases;
  std::map<std::pair<AgencyId, LedgerAccount>, int64_t> balances;
  v1::LedgerCheckView books;  // the daemon's own check
  std::vector<v1::BankLineRecord> bank_lines;
  // Told again in other words: until a person says so (may_repeat), and since (reported_again).
  std::vector<v1::BankLineRecord> told_again;
  std::map<std::pair<CaseId, uint32_t>, v1::PaymentRecord> payments;  // by case and attempt
  std::map<std::pair<AgencyId, Date>, v1::ComparisonRecord> comparisons;
  std::map<LinkSide, std::vector<BatchFrame>> logs;  // in the order of keys
  std::map<LinkSide, v1::LinkRecord> links;
  std::vector<Receipt> receipts;  // held from peers
  std::vector<v1::QuarantineRecord> quarantine;
  std::vector<layout::TimerKey> timers;
  std::map<std::pair<CaseId, Digest>, Digest>
      files;  // the hash of what lies under each file's name
};

// Error: a record that does not open or parse.
Result<Survey> take_survey(const MemoryStore& store, const Vault& vault, AgencyId agency,
                           Instant now);

}  // namespace jiexu::sim
