// The player asserts with Catch, so that a transcript is played inside a test that is run by hand.
#include "tests/sim/transcripts.h"

#include <catch2/catch.hpp>
#include <cstdio>
#include <sstream>

#include "tests/agency/transcript.h"
#include "tests/catch.h"

namespace jiexu::sim {
namespace {

struct Wanted {
  std::filesystem::path file;
  uint64_t first_storm = 0;
  uint64_t last_storm = 0;
  bool as_written = false;
};
Wanted wanted;

// The first line in which they differ, of each.
std::string difference(const std::string& written, const std::string& seen) {
  std::istringstream one(written);
  std::istringstream other(seen);
  std::string expected;
  std::string got;
  for (int number = 1;; ++number) {
    const bool more = static_cast<bool>(std::getline(one, expected));
    if (!std::getline(other, got) && !more) return "";
    if (expected != got || !more) {
      return "line " + std::to_string(number) + "\n  written: " + expected + "\n  seen:    " + got;
    }
    got.clear();
  }
}

TEST_CASE("the transcript is what the agencies see") {
  const std::string written = read_transcript(wanted.file);
  const std::string calm = replay_transcript(written, Weather::kCalm);
  std::printf("%s", calm.c_str());
  wanted.as_written = calm == written;
  if (!wanted.as_written) std::printf("calm: %s\n", difference(written, calm).c_str());
  uint64_t storms = 0;
  for (uint64_t seed = wanted.first_storm; seed <= wanted.last_storm; ++seed) {
    const std::string seen = replay_transcript(written, Weather::kStorm, seed);
    if (seen == written) {
      ++storms;
      continue;
    }
    wanted.as_written = false;
    std::printf("storm %llu: %s\n", static_cast<unsigned long long>(seed),
                difference(written, seen).c_str());
  }
  std::printf("# as written in %llu of %llu storms\n", static_cast<unsigned long long>(storms),
              static_cast<unsigned long long>(wanted.last_storm - wanted.first_storm + 1));
}

}  // namespace

int show_transcript(const std::string& name, uint64_t first_storm, uint64_t last_storm) {
  wanted = {std::filesystem::path(TRANSCRIPTS) / (name + ".txt"), first_storm, last_storm};
  if (!std::filesystem::exists(wanted.file)) {
    std::fprintf(stderr, "no transcript is called %s; tests/agency/transcripts has them\n",
                 name.c_str());
    return 66;
  }
  const char* const words[] = {"simulate", "--reporter", "compact"};
  const int failed = run_tests(3, words);
  return failed == 0 && wanted.as_written ? 0 : 1;
}

}  // namespace jiexu::sim
