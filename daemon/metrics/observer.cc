#include "daemon/metrics/observer.h"

#include <spdlog/spdlog.h>

#include <utility>

namespace jiexu {
namespace {

// A peer can send a thousand of them in a frame; each is in the store.
constexpr std::chrono::milliseconds kCountedLineEvery{1000};

}  // namespace

// The reasons are there at 0, so that the first message set aside is an increase.
MetricsObserver::MetricsObserver(Metrics& metrics, AlarmBoard& alarms)
    : metrics_(metrics), alarms_(alarms) {
  const auto* codes = v1::FaultCode_descriptor();
  for (int i = 0; i < codes->value_count(); ++i) {
    if (codes->value(i)->number() == v1::FAULT_CODE_UNSPECIFIED) continue;
    metrics_.quarantined.Add({{"reason", codes->value(i)->name()}});
  }
}

prometheus::Counter& MetricsObserver::of(AgencyId peer, Counters& counters,
                                         prometheus::Family<prometheus::Counter>& family) {
  prometheus::Counter*& counter = counters[peer];
  if (counter == nullptr) counter = &family.Add(peer_label(peer));
  return *counter;
}

void MetricsObserver::alarm(AgencyId peer, std::string_view text) {
  metrics_.alarms.Add(peer_label(peer)).Increment();
  spdlog::error("link with {}: {}", peer.text(), text);
}

void MetricsObserver::alarm_changed(AgencyId peer, AlarmKind kind, std::optional<std::string> text,
                                    Instant now) {
  alarms_.set(peer, kind, std::move(text), now);
}

void MetricsObserver::link_changed(AgencyId peer, std::string_view state, std::string_view why,
                                   Instant since) {
  spdlog::info("link with {}: {} since {}{}{}", peer.text(), state, since.str(),
               why.empty() ? "" : ", because ", why);
}

void MetricsObserver::noted(std::string_view text) {
  spdlog::info("{}", text);
}

void MetricsObserver::bank_alarm(AgencyId self, std::string_view text) {
  metrics_.alarms.Add(peer_label(self)).Increment();
  spdlog::error("bank: {}", text);
}

void MetricsObserver::message_sent(AgencyId peer, v1::Message::BodyCase) {
  of(peer, messages_out_, metrics_.messages_out).Increment();
}

void MetricsObserver::message_received(AgencyId peer, v1::Message::BodyCase) {
  of(peer, messages_in_, metrics_.messages_in).Increment();
}

void MetricsObserver::quarantined(AgencyId peer, v1::FaultCode code) {
  metrics_.quarantined.Add({{"reason", v1::FaultCode_Name(code)}}).Increment();
  const auto now = std::chrono::steady_clock::now();
  if (now < next_line_) {
    ++silent_;
    return;
  }
  next_line_ = now + kCountedLineEvery;
  spdlog::warn("a message of {} was put into quarantine: {} (and {} more before it, not logged)",
               peer.text(), v1::FaultCode_Name(code), std::exchange(silent_, 0));
}

void MetricsObserver::frame_refused(AgencyId peer, std::string_view why) {
  metrics_.frames_refused.Add(peer_label(peer)).Increment();
  spdlog::debug("a frame of {} was not taken: {}", peer.text(), why);
}

void MetricsObserver::receipt_received(AgencyId peer, uint64_t) {
  metrics_.receipts_in.Add(peer_label(peer)).Increment();
}

void MetricsObserver::case_closed(Side side, Relationship end) {
  metrics_.cases_closed.Add({{"side", std::string(name(side))}, {"end", std::string(name(end))}})
      .Increment();
}

void MetricsObserver::committed(size_t, size_t) {
  metrics_.commits.Increment();
}

}  // namespace jiexu
