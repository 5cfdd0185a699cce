// A child process: the real binaries, started, killed and looked at from outside.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "daemon/base/result.h"

namespace jiexu::e2e {

// Runs a program to its end and returns what it printed on standard output. Error: its exit code
// and standard error.
Result<std::string> run_program(const std::vector<std::string>& argv);

class Process {
 public:
  Process() = default;
  ~Process() { kill_now(); }
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  // Output is appended to `log`.
  Result<void> start(const std::vector<std::string>& argv, const std::filesystem::path& log);
  // SIGKILL, and waits: as a power cut of the process.
  void kill_now();
  // SIGTERM, waits; returns the exit code, -1 if a signal ended it.
  int stop();
  bool running() const { return pid_ > 0; }
  // Exit code if it has ended by itself, else nullopt.
  std::optional<int> ended();
  pid_t pid() const { return pid_; }

 private:
  pid_t pid_ = 0;
};

}  // namespace jiexu::e2e
