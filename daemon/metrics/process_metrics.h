// What the system says of this process, under the names that Prometheus' own libraries use.
#pragma once

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/registry.h>

#include <mutex>

namespace jiexu {

// Threads: refresh() from any thread.
class ProcessMetrics {
 public:
  explicit ProcessMetrics(prometheus::Registry& registry);
  // Reads /proc/self; what cannot be read keeps its last value.
  void refresh();

 private:
  std::mutex mutex_;
  prometheus::Counter& cpu_seconds_;
  prometheus::Gauge& start_time_seconds_;  // Unix time
  prometheus::Gauge& resident_bytes_;
  prometheus::Gauge& virtual_bytes_;
  prometheus::Gauge& open_fds_;
  prometheus::Gauge& max_fds_;
};

}  // namespace jiexu
