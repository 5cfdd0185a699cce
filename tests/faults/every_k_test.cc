// Power is cut after the k-th operation of a scripted exchange of 200 messages, for every k; then A
// starts again from what is left and the script goes on to its end.
//
// The normal run takes every 11th k (and of the other tests, fewer), each day other ones. All of
// them: JIEXU_FAULTS_ALL=1. One: JIEXU_FAULTS_K=n.
#include <catch2/catch.hpp>
#include <cstdlib>
#include <ctime>

#include "tests/faults/victim.h"

using namespace jiexu;
using namespace jiexu::faults;

namespace every_k_test {
namespace {

// The run without faults, made once.
const Report& sound_run() {
  static const auto* const kRun = new Report(play({}, nullptr));
  return *kRun;
}

// Which operations are tried: `stride` apart, beginning at another one each day.
std::vector<uint64_t> chosen(uint64_t stride) {
#ifdef __SANITIZE_ADDRESS__
  stride *= 8;  // what is sought there is found in any run
#endif
  const Report& sound = sound_run();
  if (const char* one = std::getenv("JIEXU_FAULTS_K")) return {std::strtoull(one, nullptr, 10)};
  if (std::getenv("JIEXU_FAULTS_ALL") != nullptr) stride = 1;
  const auto day = static_cast<uint64_t>(std::time(nullptr) / 86'400);
  std::vector<uint64_t> out;
  for (uint64_t k = 1 + day % stride; k <= sound.operations; k += stride) out.push_back(k);
  return out;
}

std::string text_of(const Report& report) {
  std::string out;
  for (const std::string& fault : report.faults) out += fault + "\n";
  return out;
}

}  // namespace

TEST_CASE("the script is one of 200 messages and comes to its end") {
  const Report& sound = sound_run();
  INFO(text_of(sound));
  CHECK(sound.faults.empty());
  REQUIRE(sound.end);
  CHECK(sound.messages >= 200);
  CHECK(sound.end->cases.size() == Scenario().cases);
  WARN(sound.operations << " operations, " << sound.setup_operations
                        << " of them to make the store");
}

TEST_CASE("after a power cut at any operation nothing told is lost and nothing is done twice") {
  size_t promoted = 0;
  for (const uint64_t k : chosen(11)) {
    Scenario scenario;
    scenario.cuts = {k};
    scenario.seed = k;
    const Report report = play(scenario, &*sound_run().end);
    INFO("cut after operation " << k << "\n" << text_of(report));
    CHECK(report.faults.empty());
    CHECK((report.end || k <= sound_run().setup_operations));
    promoted += report.promoted;
  }
  WARN(promoted << " promotions");
}

TEST_CASE("power cuts one upon the other, also while the store recovers, lose nothing") {
  std::mt19937_64 random(static_cast<uint64_t>(std::time(nullptr) / 86'400));
  const size_t runs = std::getenv("JIEXU_FAULTS_ALL") != nullptr ? 500 : 12;
  size_t cuts = 0;
  for (size_t i = 0; i < runs; ++i) {
    Scenario scenario;
    scenario.seed = random();
    // The first in the exchange, when there is a store; the next soon after, most of them during
    // the opening.
    scenario.cuts = {sound_run().setup_operations + 1 + random() % 1'000};
    while (scenario.cuts.size() < 6) scenario.cuts.push_back(1 + random() % 150);
    const Report report = play(scenario, &*sound_run().end);
    INFO("seed " << scenario.seed << "\n" << text_of(report));
    CHECK(report.faults.empty());
    CHECK(report.end);
    cuts += report.cuts;
  }
  CHECK(cuts >= runs * 5);
}

TEST_CASE(
    "an error of the disk at any operation stops the store; what was told is there after it") {
  for (const auto error : {FaultPlan::Error::kIo, FaultPlan::Error::kNoSpace}) {
    for (const uint64_t k : chosen(61)) {
      Scenario scenario;
      scenario.fail_at = k;
      scenario.error = error;
      scenario.keeps_failing = k % 2 == 0;
      scenario.seed = k;
      const Report report = play(scenario, &*sound_run().end);
      INFO("operation " << k << " failed\n" << text_of(report));
      CHECK(report.faults.empty());
      CHECK(report.end);
    }
  }
}

// The tests above can fail.
TEST_CASE("on a disk whose syncs lie, power cuts lose what was told, and the judge sees it") {
  size_t red = 0, tried = 0;
  for (uint64_t k = 400; k < 700; k += 30) {
    Scenario scenario;
    scenario.cuts = {k};
    scenario.seed = k;
    scenario.syncs_lie = true;
    ++tried;
    red += play(scenario, &*sound_run().end).faults.empty() ? 0 : 1;
  }
  CHECK(red > tried / 2);
}

}  // namespace every_k_test
