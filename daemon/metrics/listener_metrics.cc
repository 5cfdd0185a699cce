#include "daemon/metrics/listener_metrics.h"

#include <spdlog/spdlog.h>

namespace jiexu {
namespace {

constexpr std::chrono::milliseconds kLineEvery{1000};

void raise(prometheus::Counter& counter, uint64_t from, uint64_t to) {
  if (to > from) counter.Increment(static_cast<double>(to - from));
}

}  // namespace

void ListenerMetrics::turned_away(AgencyId peer, const Turned& turned) {
  prometheus::Labels labels = peer_label(peer);
  labels["reason"] = v1::RefuseReason_Name(turned.reason);
  metrics_.turned_away.Add(labels).Increment();
  const auto now = std::chrono::steady_clock::now();
  if (now < next_line_) {
    ++silent_;
    return;
  }
  next_line_ = now + kLineEvery;
  spdlog::warn("a frame of {} was turned away: {} (and {} more before it, not logged)", peer.text(),
               turned.why, silent_);
  silent_ = 0;
}

void ListenerMetrics::show(const ListenerStats& stats) {
  for (size_t i = 0; i < stats.zap.size(); ++i) {
    const prometheus::Labels labels = {{"verdict", name(static_cast<ZapVerdict>(i))}};
    raise(metrics_.connections.Add(labels), shown_.zap[i], stats.zap[i]);
  }
  for (size_t i = 0; i < stats.cut.size(); ++i) {
    const auto reason = static_cast<ConnectionWatch::Reason>(i);
    raise(metrics_.connections_cut.Add({{"reason", name(reason)}}), shown_.cut[i], stats.cut[i]);
  }
  raise(metrics_.handshake_failures, shown_.handshake_failures, stats.handshake_failures);
  raise(metrics_.strangers, shown_.strangers, stats.strangers);
  raise(metrics_.foreign_frames, shown_.frames_refused, stats.frames_refused);
  raise(metrics_.malformed_frames, shown_.frames_malformed, stats.frames_malformed);
  shown_ = stats;
}

}  // namespace jiexu
