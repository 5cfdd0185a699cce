// What feeds the metrics: an observer of the engine, and a store that times its commits. Wiring
// puts them in place; neither engine nor store knows of metrics.
#pragma once

#include "daemon/api/metrics.h"
#include "daemon/engine/observer.h"
#include "storage/store.h"

namespace jiexu {

class MetricsObserver final : public EngineObserver {
 public:
  // `metrics` must outlive this object.
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

// Passes everything on to `store` and measures how long each commit takes.
class TimedStore final : public Store {
 public:
  // Both must outlive this object.
  TimedStore(Store& store, Metrics& metrics) : store_(store), metrics_(metrics) {}

  Result<std::optional<std::string>> get(Family family, std::string_view key) const override;
  Result<void> scan(Family family, std::string_view lower, std::string_view upper,
                    const Visitor& visit) const override;
  Result<void> scan_back(Family family, std::string_view lower, std::string_view upper,
                         const Visitor& visit) const override;
  Result<void> commit(const Batch& batch) override;
  Lsn lsn() const override { return store_.lsn(); }
  std::unique_ptr<Snapshot> snapshot() const override { return store_.snapshot(); }

 private:
  Store& store_;
  Metrics& metrics_;
};

}  // namespace jiexu
