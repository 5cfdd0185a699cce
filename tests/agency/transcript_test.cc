// What the agencies of each transcript see is what is written, also through storms.
#include "tests/agency/transcript.h"

#include <catch2/catch.hpp>
#include <cstdlib>
#include <fstream>
#include <set>

using namespace jiexu;

namespace transcript_test {

TEST_CASE("each transcript is what the agencies see") {
  std::set<std::string> files, lives;
  for (const auto& entry : std::filesystem::directory_iterator(TRANSCRIPTS)) {
    files.insert(entry.path().filename().string());
    const std::string title = read_transcript(entry.path()).substr(0, 5);
    if (title.starts_with("# X")) lives.insert(title);
  }
  CHECK(lives.size() == 45);
  CHECK(*lives.begin() == "# X01");
  CHECK(*lives.rbegin() == "# X45");
  for (const std::string& name : files) {
    const std::filesystem::path file = std::filesystem::path(TRANSCRIPTS) / name;
    const std::string written = read_transcript(file);
    DYNAMIC_SECTION(name) {
      REQUIRE_FALSE(written.empty());
      const std::string seen = replay_transcript(written, Weather::kCalm);
      if (std::getenv("JIEXU_REWRITE") != nullptr) std::ofstream(file) << seen;
      CHECK(seen == read_transcript(file));
    }
  }
}

// The states in between are those of the transcript too: whoever was told something finds it.
TEST_CASE("each transcript is the same through a storm") {
  for (const auto& entry : std::filesystem::directory_iterator(TRANSCRIPTS)) {
    const std::string written = read_transcript(entry.path());
    DYNAMIC_SECTION(entry.path().filename().string()) {
      for (uint64_t seed = 1; seed <= 5; ++seed) {
        CAPTURE(seed);
        CHECK(replay_transcript(written, Weather::kStorm, seed) == written);
      }
    }
  }
}

}  // namespace transcript_test
