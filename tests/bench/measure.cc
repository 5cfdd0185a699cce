#include "tests/bench/measure.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "daemon/base/check.h"

namespace jiexu::bench {
namespace {

struct Counters {
  uint64_t syncs, allocations, bytes;
};
volatile const Counters* counters = nullptr;

// The number after `label` in a file of "label: number" lines.
uint64_t number_in(const std::string& file, const std::string& label) {
  std::ifstream in(file);
  std::string word;
  while (in >> word) {
    if (word != label) continue;
    uint64_t value = 0;
    in >> value;
    return value;
  }
  return 0;
}

// Field `first` and those after it of /proc/PID/stat; the name before them may hold spaces.
std::istringstream stat_from(const std::string& proc, int first) {
  std::ifstream in(proc + "/stat");
  std::stringstream all;
  all << in.rdbuf();
  const size_t name_end = all.str().rfind(')');
  std::istringstream rest(name_end == std::string::npos ? "" : all.str().substr(name_end + 1));
  std::string skipped;
  for (int field = 3; field < first; ++field) rest >> skipped;
  return rest;
}

// Fields 14 to 17, in clock ticks: user and system, then the same of children that were waited for.
double cpu_of(const std::string& proc) {
  std::istringstream in = stat_from(proc, 14);
  double sum = 0, ticks = 0;
  for (int field = 0; field < 4 && in >> ticks; ++field) sum += ticks;
  return sum / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

std::multimap<pid_t, pid_t> children_by_parent() {
  std::multimap<pid_t, pid_t> out;
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    const pid_t pid = std::atoi(entry.path().filename().c_str());
    pid_t parent = 0;
    if (pid > 0 && stat_from(entry.path(), 4) >> parent) out.emplace(parent, pid);
  }
  return out;
}

}  // namespace

double monotonic_s() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration<double>(now).count();
}

Usage Usage::of(const std::vector<pid_t>& pids) {
  Usage sum;
  sum.at_s = monotonic_s();
  for (const pid_t pid : pids) {
    const std::string proc = "/proc/" + std::to_string(pid);
    sum.cpu_s += cpu_of(proc);
    sum.written_bytes += number_in(proc + "/io", "write_bytes:");
    sum.rss_bytes += number_in(proc + "/status", "VmRSS:") << 10;
    sum.rss_peak_bytes += number_in(proc + "/status", "VmHWM:") << 10;
  }
  if (counters != nullptr) {
    sum.syncs = counters->syncs;
    sum.allocations = counters->allocations;
  }
  return sum;
}

Usage operator-(const Usage& after, const Usage& before) {
  Usage out = after;
  out.at_s -= before.at_s;
  out.cpu_s -= before.cpu_s;
  out.written_bytes -= before.written_bytes;
  out.syncs -= before.syncs;
  out.allocations -= before.allocations;
  return out;
}

std::vector<pid_t> with_children(const std::vector<pid_t>& pids) {
  const auto children = children_by_parent();
  std::vector<pid_t> out = pids;
  std::set<pid_t> seen(pids.begin(), pids.end());
  for (size_t i = 0; i < out.size(); ++i) {
    const auto [begin, end] = children.equal_range(out[i]);
    for (auto it = begin; it != end; ++it) {
      if (seen.insert(it->second).second) out.push_back(it->second);
    }
  }
  return out;
}

uint64_t pss_bytes(const std::vector<pid_t>& pids) {
  uint64_t sum = 0;
  for (const pid_t pid : pids) {
    sum += number_in("/proc/" + std::to_string(pid) + "/smaps_rollup", "Pss:") << 10;
  }
  return sum;
}

void count_into(const std::filesystem::path& file) {
  const int fd = ::open(file.c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0600);
  CHECK(fd >= 0 && ::ftruncate(fd, sizeof(Counters)) == 0);
  void* mapped = ::mmap(nullptr, sizeof(Counters), PROT_READ, MAP_SHARED, fd, 0);
  CHECK(mapped != MAP_FAILED);
  counters = static_cast<const Counters*>(mapped);
  ::close(fd);
}

void print_row(const std::string& name, uint64_t messages, size_t message_bytes,
               const Usage& used) {
  const auto count = static_cast<double>(messages);
  const double payload = count * static_cast<double>(message_bytes);
  std::vector<std::pair<std::string, double>> fields = {
      {"messages", count},
      {"bytes", static_cast<double>(message_bytes)},
      {"seconds", used.at_s},
      {"per_second", count / used.at_s},
      {"cpu_us", used.cpu_s * 1e6 / count},
      {"written_per_byte", static_cast<double>(used.written_bytes) / payload},
      {"rss_peak_mib", static_cast<double>(used.rss_peak_bytes) / (1 << 20)},
  };
  if (counters != nullptr) {
    fields.emplace_back("syncs_per_1000", static_cast<double>(used.syncs) * 1000 / count);
  }
  if (used.allocations > 0) {
    fields.emplace_back("allocations", static_cast<double>(used.allocations) / count);
  }
  print_row(name, fields);
}

void print_row(const std::string& name, const std::vector<std::pair<std::string, double>>& fields) {
  nlohmann::ordered_json row = {{"name", name}};
  for (const auto& [field, value] : fields) row[field] = value;
  std::cout << row.dump() << std::endl;
}

}  // namespace jiexu::bench
