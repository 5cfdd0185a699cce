// What the engine tells, as metrics and log lines.
#pragma once

#include "daemon/api/metrics.h"
#include "daemon/engine/observer.h"

namespace jiexu {

class MetricsObserver final : public EngineObserver {
 public:
  explicit MetricsObserver(Metrics& metrics) : metrics_(metrics) {}

  void alarm(AgencyId peer, std::string_view text) override;
  void message_sent(AgencyId peer, v1::Message::BodyCase kind) override;
  void message_received(AgencyId peer, v1::Message::BodyCase kind) override;
  void quarantined(AgencyId peer, v1::FaultCode code) override;
  void frame_refused(AgencyId peer, std::string_view why) override;
  void receipt_received(AgencyId peer, uint64_t messages) override;
  void case_closed(Side side, Relationship end) override;
  void committed(size_t operations, size_t bytes) override;

 private:
  Metrics& metrics_;
};

}  // namespace jiexu
