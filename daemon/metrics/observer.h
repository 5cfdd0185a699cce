// What the engine tells, as metrics and log lines. Called on the engine's thread.
#pragma once

#include <chrono>
#include <unordered_map>

#include "daemon/engine/observer.h"
#include "daemon/metrics/alarm_board.h"
#include "daemon/metrics/metrics.h"

namespace jiexu {

class MetricsObserver final : public EngineObserver {
 public:
  // Both must outlive this object.
  MetricsObserver(Metrics& metrics, AlarmBoard& alarms);

  void alarm_changed(AgencyId peer, AlarmKind kind, std::optional<std::string> text,
                     Instant now) override;
  void link_changed(AgencyId peer, std::string_view state, std::string_view why,
                    Instant since) override;
  void noted(std::string_view text) override;
  void alarm(AgencyId peer, std::string_view text) override;
  void bank_alarm(AgencyId self, std::string_view text) override;
  void message_sent(AgencyId peer, v1::Message::BodyCase kind) override;
  void message_received(AgencyId peer, v1::Message::BodyCase kind) override;
  void quarantined(AgencyId peer, v1::FaultCode code) override;
  void frame_refused(AgencyId peer, std::string_view why) override;
  void receipt_received(AgencyId peer, uint64_t messages) override;
  void case_closed(Side side, Relationship end) override;
  void committed(size_t operations, size_t bytes) override;

 private:
  using Counters = std::unordered_map<AgencyId, prometheus::Counter*>;
  // The peer's counter; finding it by its labels costs more than a message should.
  static prometheus::Counter& of(AgencyId peer, Counters& counters,
                                 prometheus::Family<prometheus::Counter>& family);

  Metrics& metrics_;
  AlarmBoard& alarms_;
  Counters messages_out_;
  Counters messages_in_;
  std::chrono::steady_clock::time_point next_line_{};  // about messages set aside
  uint64_t silent_ = 0;
};

}  // namespace jiexu
