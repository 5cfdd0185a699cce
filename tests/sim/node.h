// One simulated agency: the real engine on a store in memory that outlives it, with a clock of its
// own. It plays the part of daemon/engine/loop.h: hands events to the engine one by one and
// commits, only that time and luck are the simulation's.
#pragma once

#include <memory>
#include <optional>

#include "daemon/agency/engine.h"
#include "storage/memory/memory_numbers.h"
#include "storage/memory/memory_store.h"
#include "tests/sim/world.h"

namespace jiexu::sim {

class Node final : public Transport, public EngineObserver {
 public:
  // `world.directory` lists the agency. The node is down until start().
  Node(World& world, AgencyId id, std::unique_ptr<Signer> signer, Random random);

  void start();
  enum class Stop { kClean, kCrash };
  // Ends the process and starts it again after a while.
  void stop(Stop how);
  bool up() const { return engine_ != nullptr; }
  // Keeps a copy of what is on the disk now.
  void back_up() { backup_ = store_->clone(); }
  // Crashes, and starts again on the last copy; false if that cannot be now.
  bool set_back();
  // Has nothing to get back from any peer.
  bool whole() const { return whole_; }

  // Asks the engine; the answer comes through command.done unless the process ends before. False if
  // nobody is there.
  [[nodiscard]] bool post(Asking command);
  void receive(AgencyId from, Lane lane, std::string bytes);
  // Looks whether anything is due; after time has jumped.
  void look_around();

  void step_clock(int64_t delta_ms);
  // Commits take this much longer from now on.
  void set_slowness(int64_t ms) { slowness_ms_ = ms; }
  // How full the disk is from now on.
  void set_room(Room room);
  // Which agencies it knows from now on; `missing`: all but this one.
  void set_directory(std::optional<AgencyId> missing);
  Instant now() const { return world_.wall().plus_ms(clock_offset_ms_); }
  // What its process sees: the wall clock may be wrong and jump, the steady one may not.
  Moment moment() const { return {now(), {world_.schedule.now()}}; }

  AgencyId id() const { return id_; }
  MemoryStore& store() { return *store_; }
  const MemoryStore& store() const { return *store_; }
  // How long the process has run without its clock being moved; 0: it is down.
  int64_t steady_ms() const { return up() ? world_.schedule.now() - steady_since_ : 0; }
  const Vault& vault() const { return *vault_; }
  Site site() const { return {id_, *store_, *vault_}; }

  void send(AgencyId peer, Lane lane, FrameBytes frame) override;
  void alarm(AgencyId peer, std::string_view text) override;
  void quarantined(AgencyId peer, v1::FaultCode code) override;

 private:
  void use(std::unique_ptr<MemoryStore> store);
  std::unique_ptr<MemoryStore> make_store();
  int64_t draw_commit_ms();
  std::optional<PeerFrame> admit(AgencyId from, Lane lane, std::string bytes);
  std::optional<PeerFrame> admit_forged(AgencyId from, Lane lane, const std::string& bytes);
  CommitFault draw_fault();
  // After every event: begins a commit if one is wanted, and sees to the next awakening.
  void settle(const Result<void>& done);
  void begin_commit();
  void land(const Batch& batch);
  char forgotten_index() const;
  Batch without_index(const Batch& batch, char kind) const;
  void report_commit();
  void arm();
  // Runs `action` later unless the process has ended by then.
  void later(int64_t delay_ms, std::function<void()> action);

  World& world_;
  AgencyId id_;
  std::unique_ptr<Signer> signer_;
  Random random_;
  std::unique_ptr<MemoryStore> store_;
  std::unique_ptr<MemoryStore> backup_;
  MemoryNumbers numbers_;  // beside the store, and in no backup
  // Up to where the machine knows the store to be the newest one (storage/run_mark.h).
  std::optional<Lsn> remembered_;
  bool complete_ = true;  // the store may be taken for one that holds all that was acknowledged
  bool whole_ = true;     // and does
  std::unique_ptr<Vault> vault_;
  std::unique_ptr<Engine> engine_;
  uint64_t life_ = 0;  // which process this is
  int64_t clock_offset_ms_ = 0;
  int64_t armed_for_ = -1;            // when the next awakening is due; -1: none
  const Batch* in_flight_ = nullptr;  // has not landed
  uint64_t commits_ = 0;
  int64_t steady_since_ = 0;
  int64_t slowness_ms_ = 0;
  Room room_ = Room::kAmple;
  std::shared_ptr<const Directory> directory_;
};

}  // namespace jiexu::sim
