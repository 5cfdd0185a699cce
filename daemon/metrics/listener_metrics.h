// What the transport saw of strangers and of peers that do not keep to the protocol, as metrics and
// as log lines: few, however many frames there are.
#pragma once

#include <chrono>

#include "daemon/engine/intake.h"
#include "daemon/link/carrier_figures.h"
#include "daemon/metrics/metrics.h"

namespace jiexu {

class ListenerMetrics {
 public:
  explicit ListenerMetrics(Metrics& metrics) : metrics_(metrics) {}

  // On the transport's thread.
  void turned_away(AgencyId peer, const Turned& turned);
  // On one other thread, now and then.
  void show(const ListenerStats& stats);

 private:
  Metrics& metrics_;
  ListenerStats shown_;
  std::chrono::steady_clock::time_point next_line_{};
  uint64_t silent_ = 0;
};

}  // namespace jiexu
