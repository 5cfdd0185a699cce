// simulate: runs seeds of the deterministic simulator.
//
//   simulate --seed 42                  one seed: its trace hash and what was found
//   simulate --seed 42 --trace          the same, every event as a line
//   simulate --seeds 1..20000 --jobs 2  a campaign
//   simulate --seed 42 --mutation pay-twice
//   simulate --transcript X14           a life that is written down, calm and through five storms;
//                                       --seeds 1..1000 draws other ones
#include <google/protobuf/stubs/logging.h>

#include <chrono>
#include <csignal>
#include <cstdio>

#include "daemon/trust/simulated_suite.h"
#include "ops/cli/command_line.h"
#include "tests/sim/campaign.h"
#include "tests/sim/transcripts.h"

namespace jiexu::sim {
namespace {

// A failed CHECK aborts on the thread that ran the seed.
void on_abort(int) {
  std::fprintf(stderr, "aborted in seed %llu\n  repeat: tests/simulate --seed %llu --trace\n",
               static_cast<unsigned long long>(current_seed()),
               static_cast<unsigned long long>(current_seed()));
}

int run_one(uint64_t seed, Mutation mutation, bool readable) {
  Plan plan = draw_plan(seed);
  plan.mutation = mutation;
  const Outcome outcome = simulate(plan, readable);
  std::printf("seed %llu  hash %016llx  events %llu  cases %llu  payments %llu\n",
              static_cast<unsigned long long>(seed),
              static_cast<unsigned long long>(outcome.trace_hash),
              static_cast<unsigned long long>(outcome.events),
              static_cast<unsigned long long>(outcome.cases),
              static_cast<unsigned long long>(outcome.payments));
  for (const Violation& violation : outcome.violations) {
    std::printf("%s  %s\n", violation.invariant.c_str(), violation.text.c_str());
  }
  return outcome.violations.empty() ? 0 : 1;
}

int run_many(const Campaign& campaign) {
  const auto began = std::chrono::steady_clock::now();
  const CampaignResult result = run(campaign);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
  for (const Failure& failure : result.failures) std::printf("%s\n", describe(failure).c_str());
  std::printf(
      "%llu seeds, %llu events, %llu cases, %llu payments, %llu deadlines in "
      "%.1f s (%.0f seeds/s): %zu failed\n",
      static_cast<unsigned long long>(result.seeds), static_cast<unsigned long long>(result.events),
      static_cast<unsigned long long>(result.cases),
      static_cast<unsigned long long>(result.payments),
      static_cast<unsigned long long>(result.coverage.deadlines()), took.count(),
      static_cast<double>(result.seeds) / took.count(), result.failures.size());
  for (const std::string& row : result.coverage.never_taken()) {
    std::printf("never taken: %s\n", row.c_str());
  }
  return result.failures.empty() ? 0 : 1;
}

bool read_range(const std::string& text, Campaign& campaign) {
  unsigned long long first = 0;
  unsigned long long last = 0;
  if (std::sscanf(text.c_str(), "%llu..%llu", &first, &last) != 2 || last < first) return false;
  campaign.first = first;
  campaign.last = last;
  return true;
}

int main_with(int argc, char** argv) {
  cli::CommandLine line("Deterministic simulation of agencies, network, disks and clocks.");
  cli::Command app = line.command();
  uint64_t seed = 0;
  std::string range;
  std::string mutation_name = "none";
  std::string transcript;
  bool readable = false;
  Campaign campaign;
  const cli::Option one = app.add_option("--seed", seed, "run this seed");
  const cli::Option many =
      app.add_option("--seeds", range, "run a range, such as 1..300").excludes(one);
  app.add_flag("--trace", readable, "print every event").needs(one);
  app.add_option("--jobs", campaign.jobs, "threads").range(1, 64).needs(many);
  app.add_option("--mutation", mutation_name, "make this mistake on purpose (see mutation.h)");
  app.add_option("--transcript", transcript, "play one of tests/agency/transcripts").excludes(one);
  if (const auto ends = line.parse(argc, argv)) return *ends;
  const auto mutation = mutation_from_name(mutation_name);
  const bool ranged = many.given();
  if (!transcript.empty() && (!ranged || read_range(range, campaign))) {
    return ranged ? show_transcript(transcript, campaign.first, campaign.last)
                  : show_transcript(transcript, 1, 5);
  }
  if (!mutation || (ranged && !read_range(range, campaign)) || (!ranged && !one.given())) {
    std::fprintf(stderr, "give --seed N or --seeds FROM..TO, and a mutation of mutation.h\n");
    return 64;
  }
  campaign.mutation = *mutation;
  return ranged ? run_many(campaign) : run_one(seed, *mutation, readable);
}

}  // namespace
}  // namespace jiexu::sim

int main(int argc, char** argv) {
  std::signal(SIGABRT, jiexu::sim::on_abort);
  jiexu::enable_simulated_suite();
  // Frames with a changed byte would fill the terminal with what protobuf thinks of them.
  google::protobuf::SetLogHandler(nullptr);
  return jiexu::sim::main_with(argc, argv);
}
