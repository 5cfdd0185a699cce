// Agency A's disk through several lives: a store on RocksDB over FaultFs, cut, opened again from
// what the cut left, and judged.
#pragma once

#include <string>
#include <vector>

#include "storage/rocks/rocks_store.h"
#include "tests/faults/exchange.h"
#include "tests/faults/fault_fs.h"
#include "tests/faults/scratch.h"

namespace jiexu::faults {

// One run of the scripted exchange.
struct Scenario {
  size_t cases = 44;
  // A stops cleanly and opens again after this many commits, so that cuts also hit openings.
  uint64_t commits_per_life = 90;
  // Power is cut after these many operations, each counted from the opening after the one before;
  // the first from the making of the store.
  std::vector<uint64_t> cuts;
  uint64_t fail_at = 0;  // instead of a cut: an error, then a cut
  FaultPlan::Error error = FaultPlan::Error::kNone;
  bool keeps_failing = false;
  bool syncs_lie = false;
  uint64_t seed = 0;  // of what a cut leaves, and of when the watermark is written in between
};

struct Report {
  uint64_t setup_operations = 0;  // until the store was made and its first record committed
  uint64_t operations = 0;        // of the first life, to its end
  size_t cuts = 0;
  size_t promoted = 0;
  size_t promises = 0;
  size_t messages = 0;
  std::vector<std::string> faults;  // what must not be; empty in a sound run
  std::optional<Books> end;         // of A, if the script came to its end
};

// `reference`: the end of the run without faults, or null.
Report play(const Scenario& scenario, const Books* reference);

// RocksSettings for a store at `dir`.
RocksSettings settings_at(const std::filesystem::path& dir, rocksdb::Env* env);

}  // namespace jiexu::faults
