#include "daemon/api/instruments.h"

#include <chrono>

namespace jiexu {

void MetricsObserver::alarm(AgencyId peer, std::string_view) {
  metrics_.alarms.Add(peer_label(peer)).Increment();
}

void MetricsObserver::message_sent(AgencyId peer, v1::Message::BodyCase) {
  metrics_.messages_out.Add(peer_label(peer)).Increment();
}

void MetricsObserver::message_received(AgencyId peer, v1::Message::BodyCase) {
  metrics_.messages_in.Add(peer_label(peer)).Increment();
}

void MetricsObserver::quarantined(AgencyId peer, v1::FaultCode code) {
  metrics_.quarantined.Add({{"peer", peer.str()}, {"reason", v1::FaultCode_Name(code)}})
      .Increment();
}

void MetricsObserver::frame_refused(AgencyId peer, std::string_view) {
  metrics_.frames_refused.Add(peer_label(peer)).Increment();
}

void MetricsObserver::receipt_received(AgencyId peer, uint64_t messages) {
  metrics_.receipted.Add(peer_label(peer)).Increment(static_cast<double>(messages));
}

void MetricsObserver::case_closed(Side side, Relationship end) {
  metrics_.cases_closed.Add({{"side", std::string(name(side))}, {"end", std::string(name(end))}})
      .Increment();
}

void MetricsObserver::committed(size_t, size_t bytes) {
  metrics_.commits.Increment();
  metrics_.commit_bytes.Increment(static_cast<double>(bytes));
}

Result<std::optional<std::string>> TimedStore::get(Family family, std::string_view key) const {
  return store_.get(family, key);
}

Result<void> TimedStore::scan(Family family, std::string_view lower, std::string_view upper,
                              const Visitor& visit) const {
  return store_.scan(family, lower, upper, visit);
}

Result<void> TimedStore::scan_back(Family family, std::string_view lower, std::string_view upper,
                                   const Visitor& visit) const {
  return store_.scan_back(family, lower, upper, visit);
}

Result<void> TimedStore::commit(const Batch& batch) {
  const auto started = std::chrono::steady_clock::now();
  const Result<void> done = store_.commit(batch);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - started;
  metrics_.commit_seconds.Observe(took.count());
  return done;
}

}  // namespace jiexu
