// The alarms that stand now: one line in the log and one count when a condition begins, one line
// when it ends. The counts begin at zero for every kind, so that a first alarm shows as a rise.
//
// Threads: any.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "daemon/engine/alarm.h"
#include "daemon/metrics/metrics.h"

namespace jiexu {

class AlarmBoard {
 public:
  explicit AlarmBoard(Metrics& metrics);

  // The condition holds, with this sentence; nullopt: it does not, or no longer. Whether it has
  // begun or ended with that.
  bool set(AgencyId peer, AlarmKind kind, std::optional<std::string> text, Instant now);
  // Those that stand, by kind and then by peer.
  std::vector<Alarm> list() const;

 private:
  prometheus::Gauge& gauge(AlarmKind kind);

  Metrics& metrics_;
  mutable std::mutex mutex_;
  std::map<std::pair<AlarmKind, AgencyId>, Alarm> standing_;
};

}  // namespace jiexu
