#include "daemon/metrics/process_metrics.h"

#include <sys/resource.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <sstream>
#include <string>

namespace jiexu {
namespace {

namespace fs = std::filesystem;

prometheus::Gauge& process_gauge(prometheus::Registry& registry, const char* name,
                                 const char* help) {
  return prometheus::BuildGauge().Name(name).Help(help).Register(registry).Add({});
}

// proc(5), /proc/PID/stat, from field 14 on; times in clock ticks.
struct Stat {
  double cpu_ticks = 0;
  double start_ticks = 0;  // since the machine's boot
  double virtual_bytes = 0;
  double resident_pages = 0;
};

std::optional<Stat> read_stat() {
  std::ifstream file("/proc/self/stat");
  std::string line;
  std::getline(file, line);
  const size_t name_end = line.rfind(')');  // the name may hold blanks
  if (name_end == std::string::npos) return std::nullopt;
  std::istringstream in(line.substr(name_end + 1));
  std::string skipped;
  for (int field = 3; field < 14; ++field) in >> skipped;
  double user = 0, system = 0;
  in >> user >> system;
  for (int field = 16; field < 22; ++field) in >> skipped;
  Stat stat;
  in >> stat.start_ticks >> stat.virtual_bytes >> stat.resident_pages;
  stat.cpu_ticks = user + system;
  if (!in) return std::nullopt;
  return stat;
}

// When the machine booted, as Unix time.
std::optional<double> boot_time() {
  std::ifstream file("/proc/stat");
  for (std::string word; file >> word;) {
    double seconds = 0;
    if (word == "btime" && file >> seconds) return seconds;
  }
  return std::nullopt;
}

std::optional<double> open_descriptors() {
  std::error_code error;
  fs::directory_iterator entries("/proc/self/fd", error);
  if (error) return std::nullopt;
  // The iterator itself holds one.
  return static_cast<double>(std::distance(begin(entries), end(entries))) - 1;
}

}  // namespace

ProcessMetrics::ProcessMetrics(prometheus::Registry& registry)
    : cpu_seconds_(prometheus::BuildCounter()
                       .Name("process_cpu_seconds_total")
                       .Help("CPU time of this process.")
                       .Register(registry)
                       .Add({})),
      start_time_seconds_(process_gauge(registry, "process_start_time_seconds",
                                        "When this process began, as Unix time.")),
      resident_bytes_(process_gauge(registry, "process_resident_memory_bytes",
                                    "Memory that this process has in RAM.")),
      virtual_bytes_(process_gauge(registry, "process_virtual_memory_bytes",
                                   "Memory that this process has mapped.")),
      open_fds_(process_gauge(registry, "process_open_fds", "File descriptors in use.")),
      max_fds_(process_gauge(registry, "process_max_fds", "File descriptors that are allowed.")) {}

void ProcessMetrics::refresh() {
  const std::lock_guard lock(mutex_);
  const auto ticks = static_cast<double>(::sysconf(_SC_CLK_TCK));
  if (const auto stat = read_stat()) {
    const double grown = stat->cpu_ticks / ticks - cpu_seconds_.Value();
    if (grown > 0) cpu_seconds_.Increment(grown);
    if (const auto boot = boot_time()) start_time_seconds_.Set(*boot + stat->start_ticks / ticks);
    virtual_bytes_.Set(stat->virtual_bytes);
    resident_bytes_.Set(stat->resident_pages * static_cast<double>(::sysconf(_SC_PAGESIZE)));
  }
  if (const auto open = open_descriptors()) open_fds_.Set(*open);
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) == 0) max_fds_.Set(static_cast<double>(limit.rlim_cur));
}

}  // namespace jiexu
