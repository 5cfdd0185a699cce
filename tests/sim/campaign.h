// Many seeds, on several threads.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <vector>

#include "tests/sim/mutation.h"
#include "tests/sim/simulation.h"

namespace jiexu::sim {

struct Campaign {
  uint64_t first = 1;
  uint64_t last = 1;
  unsigned jobs = 1;
  Mutation mutation = Mutation::kNone;
  size_t failures_max = 20;  // gives up after so many
};

struct Failure {
  uint64_t seed = 0;
  Violation violation;  // the first of the run
};

struct CampaignResult {
  uint64_t seeds = 0;
  uint64_t events = 0;
  uint64_t cases = 0;
  uint64_t payments = 0;
  Coverage coverage;
  std::vector<Failure> failures;  // by seed
};

CampaignResult run(const Campaign& campaign);

// The seed that this thread is at, for a message if the process aborts.
uint64_t current_seed();

// The failure, and the line that repeats it.
std::string describe(const Failure& failure);

}  // namespace jiexu::sim
