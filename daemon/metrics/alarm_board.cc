#include "daemon/metrics/alarm_board.h"

#include <spdlog/spdlog.h>

namespace jiexu {

AlarmBoard::AlarmBoard(Metrics& metrics) : metrics_(metrics) {
  for (const AlarmKind kind : kAlarmKinds) gauge(kind).Set(0);
}

prometheus::Gauge& AlarmBoard::gauge(AlarmKind kind) {
  return metrics_.alarms_standing.Add({{"kind", std::string(name(kind))}});
}

bool AlarmBoard::set(AgencyId peer, AlarmKind kind, std::optional<std::string> text, Instant now) {
  const std::lock_guard lock(mutex_);
  const auto it = standing_.find({kind, peer});
  if (!text && it == standing_.end()) return false;
  if (!text) {
    spdlog::info("alarm {} of {} is over; it had begun at {}", name(kind), peer.text(),
                 it->second.since.str());
    standing_.erase(it);
    gauge(kind).Decrement();
    return true;
  }
  if (it != standing_.end()) {
    it->second.text = std::move(*text);
    return false;
  }
  spdlog::error("alarm {} of {}: {}", name(kind), peer.text(), *text);
  metrics_.alarms.Add(peer_label(peer)).Increment();
  gauge(kind).Increment();
  standing_.emplace(std::pair(kind, peer), Alarm{kind, peer, now, std::move(*text)});
  return true;
}

std::vector<Alarm> AlarmBoard::list() const {
  const std::lock_guard lock(mutex_);
  std::vector<Alarm> out;
  for (const auto& [key, alarm] : standing_) out.push_back(alarm);
  return out;
}

}  // namespace jiexu
