#include "tests/sim/campaign.h"

#include <algorithm>
#include <mutex>
#include <thread>

namespace jiexu::sim {
namespace {

thread_local uint64_t seed_at_work = 0;

class Runner {
 public:
  explicit Runner(const Campaign& campaign) : campaign_(campaign), next_(campaign.first) {}

  CampaignResult run() {
    std::vector<std::thread> threads;
    for (unsigned i = 1; i < campaign_.jobs; ++i) threads.emplace_back([this] { work(); });
    work();
    for (std::thread& thread : threads) thread.join();
    std::sort(result_.failures.begin(), result_.failures.end(),
              [](const Failure& a, const Failure& b) { return a.seed < b.seed; });
    return result_;
  }

 private:
  void work() {
    while (true) {
      const uint64_t seed = next_++;
      if (seed > campaign_.last) return;
      seed_at_work = seed;
      Plan plan = draw_plan(seed);
      plan.mutation = campaign_.mutation;
      if (!take(seed, simulate(plan))) return;
    }
  }

  bool take(uint64_t seed, const Outcome& outcome) {
    const std::lock_guard lock(mutex_);
    result_.seeds += 1;
    result_.events += outcome.events;
    result_.cases += outcome.cases;
    result_.payments += outcome.payments;
    result_.coverage.add(outcome.coverage);
    if (!outcome.violations.empty()) result_.failures.push_back({seed, outcome.violations.front()});
    return result_.failures.size() < campaign_.failures_max;
  }

  const Campaign& campaign_;
  std::atomic<uint64_t> next_;
  std::mutex mutex_;
  CampaignResult result_;
};

}  // namespace

CampaignResult run(const Campaign& campaign) {
  return Runner(campaign).run();
}

uint64_t current_seed() {
  return seed_at_work;
}

std::string describe(const Failure& failure) {
  return "seed " + std::to_string(failure.seed) + "  " + failure.violation.invariant + "  " +
         failure.violation.text + "\n  repeat: tests/simulate --seed " +
         std::to_string(failure.seed) + " --trace";
}

}  // namespace jiexu::sim
