// Two agencies of the end-to-end world whose daemons may run under strace, and what is done to
// them.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "tests/e2e/world.h"

namespace jiexu::faults {

class TracedWorld {
 public:
  // `bin`: where jiexu and jiexud are. `folder` is made anew.
  TracedWorld(const std::filesystem::path& bin, std::filesystem::path folder, uint16_t port_base);

  Result<void> init() { return world_.init(); }
  // Letters handed in by hundreds go out at once. REQUIRES: init(), and nothing runs.
  void without_second_person();
  // From its next start on, the daemon of agency 0 runs under strace with these options; empty:
  // without it.
  void trace_with(const std::vector<std::string>& options);
  std::filesystem::path trace_file() const { return folder_ / "trace"; }

  e2e::World& world() { return world_; }
  e2e::RunningAgency& victim() { return world_.agency(0); }
  std::filesystem::path victim_folder() { return victim().config().parent_path(); }

  // Keys `cases` more applications and has the clerks work until all are closed (true), or until
  // agency 0 has ended (false; its exit code in `exit_code`). Error: neither within `seconds`.
  Result<bool> work(size_t cases, int seconds);
  std::optional<int> exit_code;
  // Keys one more application; it counts for the next work().
  void key_one();

  // What is not as it must be, judged through the API of both.
  std::vector<std::string> verdict();

 private:
  std::filesystem::path folder_;
  e2e::World world_;
  size_t keyed_ = 0;
  size_t wanted_ = 0;
};

}  // namespace jiexu::faults
