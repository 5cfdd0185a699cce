#include "tests/bench/measure.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>
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

// Fields 14 and 15 of /proc/PID/stat, in clock ticks; the name before them may hold spaces.
double cpu_of(const std::string& proc) {
  std::ifstream in(proc + "/stat");
  std::stringstream all;
  all << in.rdbuf();
  std::istringstream rest(all.str().substr(all.str().rfind(')') + 1));
  std::string skipped;
  for (int field = 3; field < 14; ++field) rest >> skipped;
  double user = 0, system = 0;
  rest >> user >> system;
  return (user + system) / static_cast<double>(::sysconf(_SC_CLK_TCK));
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
  if (used.syncs > 0) {
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
