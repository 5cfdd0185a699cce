#include "tests/sim/plan.h"

#include "daemon/base/time.h"
#include "tests/sim/random.h"

namespace jiexu::sim {
namespace {

constexpr int64_t kSecond = 1000;
constexpr int64_t kDay = 86'400 * kSecond;
constexpr uint32_t kQuietPermille = 60;   // seeds without any fault
constexpr uint32_t kClassPermille = 650;  // of a class of faults to be there at all
constexpr uint32_t kFilesPermille = 650;  // of worlds whose bank gets files
constexpr uint32_t kRealSignaturesPermille = 30;

NetworkPlan draw_network(Random& random) {
  NetworkPlan plan;
  plan.delay_ms_max = random.chance(500) ? random.between(2, 30) : random.between(100, 4'000);
  if (random.chance(kClassPermille)) plan.loss_permille = static_cast<uint32_t>(random.below(250));
  if (random.chance(kClassPermille)) {
    plan.duplicate_permille = static_cast<uint32_t>(random.below(200));
  }
  if (random.chance(kClassPermille))
    plan.corrupt_permille = static_cast<uint32_t>(random.below(25));
  if (random.chance(kClassPermille)) {
    plan.partition_every_ms = random.between(10 * kSecond, 60 * kSecond);
    plan.partition_ms_max = random.between(kSecond, 40 * kSecond);
  }
  if (random.chance(300)) plan.swizzle_every_ms = random.between(15 * kSecond, 60 * kSecond);
  if (random.chance(300)) plan.window_bytes = static_cast<uint64_t>(random.between(1, 2'000));
  return plan;
}

DiskPlan draw_disk(Random& random) {
  DiskPlan plan;
  plan.commit_ms_max = random.chance(500) ? random.between(1, 10) : random.between(20, 1'500);
  if (random.chance(kClassPermille)) {
    plan.crash_every_ms = random.between(5 * kSecond, 60 * kSecond);
    plan.down_ms_max = random.between(100, 20 * kSecond);
  }
  if (random.chance(300)) plan.fail_permille = static_cast<uint32_t>(random.below(15));
  if (random.chance(300)) plan.hang_every_ms = random.between(10 * kSecond, 60 * kSecond);
  if (random.chance(300)) {
    plan.full_every_ms = random.between(10 * kSecond, 60 * kSecond);
    plan.full_ms_max = random.between(100, 20 * kSecond);
  }
  return plan;
}

ClockPlan draw_clock(Random& random) {
  ClockPlan plan;
  if (random.chance(kClassPermille)) plan.skew_ms_max = random.between(1, 100 * kSecond);
  if (random.chance(kClassPermille)) plan.step_every_ms = random.between(5 * kSecond, 60 * kSecond);
  if (random.chance(400)) plan.jump_every_ms = random.between(5 * kSecond, 50 * kSecond);
  return plan;
}

uint32_t draw_rate(Random& random, uint64_t permille_max) {
  return random.chance(kClassPermille) ? static_cast<uint32_t>(random.below(permille_max)) : 0;
}

BankPlan draw_bank(Random random) {
  BankPlan plan;
  plan.files = random.chance(kFilesPermille);
  plan.collect_ms_max =
      random.chance(500) ? random.between(200, 2'000) : random.between(5'000, 30'000);
  plan.together_permille = draw_rate(random, 700);
  plan.part_permille = draw_rate(random, 250);
  plan.misquote_permille = draw_rate(random, 100);
  plan.wrong_permille = draw_rate(random, 80);
  plan.reverse_permille = draw_rate(random, 100);
  plan.bounce_permille = plan.files ? 0 : draw_rate(random, 120);
  plan.return_permille = draw_rate(random, 250);
  plan.reject_permille = draw_rate(random, 300);
  plan.delay_ms_max =
      random.chance(500) ? random.between(600, 5'000) : random.between(5'000, 40'000);
  plan.return_ms_max =
      random.chance(500) ? random.between(1, 5'000) : random.between(5'000, 60'000);
  plan.twice_permille = plan.files ? draw_rate(random, 150) : 0;
  plan.out_after_all_permille = plan.files ? draw_rate(random, 600) : 0;
  plan.again_permille = plan.files ? draw_rate(random, 200) : 0;
  return plan;
}

// Somewhere in the years whose calendars are shipped; often just before midnight, where days
// change.
int64_t draw_start(Random& random) {
  const int64_t first = Date{2022, 1, 4}.days();
  const int64_t last = Date{2026, 6, 30}.days();
  const int64_t day_began = (random.between(first, last)) * kDay - 8 * 3600 * kSecond;
  const bool late = random.chance(300);
  return day_began + (late ? kDay - random.between(0, 120 * kSecond) : random.between(0, kDay - 1));
}

}  // namespace

Plan draw_plan(uint64_t seed) {
  Random random(seed);
  Plan plan;
  plan.seed = seed;
  plan.agencies = static_cast<int>(random.between(2, 4));
  plan.real_signatures = random.chance(kRealSignaturesPermille);
  plan.start_ms = draw_start(random);
  plan.trouble_ms = random.between(20 * kSecond, 150 * kSecond);
  plan.cases = static_cast<int>(random.between(2, 9));
  plan.persons = static_cast<int>(random.between(1, plan.cases));
  plan.clerks = static_cast<int>(random.between(1, 4));
  plan.think_ms_max = random.chance(500) ? random.between(20, 500) : random.between(500, 8'000);
  plan.cases_cached_max = random.chance(400) ? random.between(1, 3) : 1'000;
  plan.bank = draw_bank(Random(seed ^ 0x62616e6b));
  if (random.chance(kQuietPermille)) return plan;
  plan.network = draw_network(random);
  plan.disk = draw_disk(random);
  plan.clock = draw_clock(random);
  if (random.chance(200)) plan.stranger_every_ms = random.between(15 * kSecond, 60 * kSecond);
  if (random.chance(250)) plan.disk.restore_every_ms = random.between(kSecond, 10 * kSecond);
  plan.network.by_hand = random.chance(80);
  return plan;
}

}  // namespace jiexu::sim
