// One agency of the scripted exchange: the real engine over a store that somebody else owns, and
// may break. No threads; every commit is made and looked at before anything goes on.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "daemon/agency/engine.h"
#include "storage/memory/memory_numbers.h"
#include "storage/vault.h"
#include "tests/agency/asking.h"

namespace jiexu::faults {

// Both clocks at a time of tests that move only one.
inline Moment at(Instant now) {
  return {now, {now.ms}};
}

AgencyId agency_a();
AgencyId agency_b();
std::shared_ptr<const Directory> both_agencies();
// The same for every life of one agency; nonces never repeat within the test program.
const Vault& test_vault();

// What a new store must hold before an engine opens it.
void fill_new_store(Batch& batch, AgencyId self, const Store& store);

struct Parcel {
  AgencyId from;
  Lane lane;
  std::string bytes;
};

// The store of one life of the agency.
struct Life {
  Store& store;
  // Asked after each commit: false if power was cut, so that the commit's success was never heard.
  std::function<bool()> survived;
};

class Station final : public Transport, public EngineObserver {
 public:
  explicit Station(AgencyId id) : self(id) {}

  // A process starts over the store. `life` must outlive it.
  Result<void> start(Life life, Instant now);
  // The process ends; what it has not sent is gone.
  void stop();
  bool running() const { return engine_ != nullptr; }

  // Each returns an error once the process must end; then call stop().
  Result<void> hear(const Parcel& parcel, Instant now);
  // nullopt: power was cut before the answer.
  Result<Answer> ask(const Asking& command, Instant now);
  Result<void> wake(Instant now);
  void connected(AgencyId peer, Instant now) { engine_->kernel().connected(peer, at(now)); }
  // Commits what is open, until nothing is. True if there was something.
  Result<bool> commit_all(Instant now);

  Records records() const { return {life_->store, test_vault()}; }
  // REQUIRES: running().
  Engine& engine() { return *engine_; }
  uint64_t commits() const { return commits_; }  // in this life

  void send(AgencyId peer, Lane lane, FrameBytes frame) override;

  const AgencyId self;
  std::deque<Parcel> sent;                                // on the way
  std::function<void(const std::string& frame)> on_send;  // sees every frame that leaves
  std::function<void(const Batch& batch)> on_commit;      // sees every batch before it is written

 private:
  std::optional<Life> life_;
  MemoryNumbers numbers_;
  std::unique_ptr<Engine> engine_;
  uint64_t lives_ = 0;
  uint64_t commits_ = 0;
};

}  // namespace jiexu::faults
