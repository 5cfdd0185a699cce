// What processes cost, read from outside: CPU, bytes sent to the disk, memory, and through the
// preloaded counters (preload.cc) syncs and allocations.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace jiexu::bench {

// The sum over some processes. A difference of two is the cost of what happened between.
struct Usage {
  double at_s = 0;   // monotonic
  double cpu_s = 0;  // user and system, with children that have ended
  uint64_t written_bytes = 0;
  uint64_t rss_bytes = 0;  // now, not a sum over time
  uint64_t rss_peak_bytes = 0;
  uint64_t syncs = 0;  // these two only if counted()
  uint64_t allocations = 0;

  static Usage of(const std::vector<pid_t>& pids);
  friend Usage operator-(const Usage& after, const Usage& before);
};

// Those processes with all that descend from them, as they are now, each once.
std::vector<pid_t> with_children(const std::vector<pid_t>& pids);

// Memory of all these together, what they share counted once.
uint64_t pss_bytes(const std::vector<pid_t>& pids);

double monotonic_s();

// The file that preload.cc maps, made with zeros: its name is to be put into JIEXU_BENCH_COUNTERS
// before the programs are started. Usage::of() reads it from then on.
void count_into(const std::filesystem::path& file);

// Prints one JSON object, a line, for ops/bench.
void print_row(const std::string& name, uint64_t messages, size_t message_bytes, const Usage& used);
void print_row(const std::string& name, const std::vector<std::pair<std::string, double>>& fields);

}  // namespace jiexu::bench
