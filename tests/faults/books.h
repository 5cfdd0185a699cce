// What a store of one agency holds of the exchange, read past the engine, and what the agency has
// told others that it holds.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "daemon/ledger/ledger.h"
#include "storage/layout.h"
#include "storage/records.h"

namespace jiexu::faults {

struct Books {
  // One direction of the link log.
  struct Log {
    std::vector<std::string> messages;  // [0] is number 1
    std::map<Seq, Digest> heads;        // of the chain, recomputed, at every number
  };
  // Where a case stands, with all that happened in it; times and letter numbers are left out.
  struct CaseFile {
    uint64_t revision = 0;
    std::string text;
  };
  std::map<layout::Direction, Log> logs;
  std::map<CaseId, CaseFile> cases;
  std::map<LedgerAccount, int64_t> balances;
  std::set<std::string> bank_lines;  // host sequences
  size_t quarantined = 0;
};

// Error: a record that cannot be read, a hole or a broken chain in a log.
Result<Books> read_books(const Records& records, AgencyId self, AgencyId peer);

// What has left the agency: it must hold for ever.
class Promises {
 public:
  void frame_left(const std::string& frame);
  void case_answered(const CaseId& id, uint64_t revision);
  void bank_line_answered(const std::string& host_sequence) { bank_lines_.insert(host_sequence); }

  // One line for each promise that the books do not keep.
  std::vector<std::string> broken(const Books& books) const;
  size_t size() const;

 private:
  std::map<layout::Direction, std::map<Seq, Digest>> heads_;
  std::map<CaseId, uint64_t> revisions_;
  std::set<std::string> bank_lines_;
};

// One line for each difference between two ends of the same exchange, or between the end of a run
// and the end of the run without faults.
std::vector<std::string> compare_logs(const Books& a, const Books& b);
std::vector<std::string> compare_ends(const Books& run, const Books& reference);

}  // namespace jiexu::faults
