// One whole run: some agencies, their people and banks, through a time of trouble and to the end.
// The same plan gives the same run, event by event, on any machine.
//
// REQUIRES of the process: enable_simulated_suite() has been called.
#pragma once

#include <vector>

#include "tests/sim/checks/checker.h"
#include "tests/sim/coverage.h"
#include "tests/sim/plan.h"

namespace jiexu::sim {

struct Outcome {
  uint64_t trace_hash = 0;
  uint64_t events = 0;
  uint64_t cases = 0;  // that came into being
  uint64_t payments = 0;
  Coverage coverage;                  // as far as the last survey saw
  std::vector<Violation> violations;  // empty: all invariants held
};

// Stops at the first event after which an invariant is broken. `readable`: prints the trace.
Outcome simulate(const Plan& plan, bool readable = false);

}  // namespace jiexu::sim
