// The store of the simulator and of tests: ordered maps in memory, the same contract as on disk.
// A commit is durable at once. The object stands for the disk: to simulate a crash, destroy what
// uses it and keep it; then call reopen(). Checkpoints lie in it too. There is always room.
//
// Deterministic: no clock, no randomness, no threads of its own. It does not model torn writes or
// lost files; tests/storage does that to RocksDB on a real disk.
#pragma once

#include <array>
#include <functional>
#include <map>
#include <memory>
#include <mutex>

#include "storage/store_engine.h"

namespace jiexu {

// What becomes of one commit. Both faults look the same to the caller, as they do on a real disk
// (a write whose fsync failed may be there after a restart, or not).
enum class CommitFault : uint8_t {
  kNone,
  kLost,  // the commit fails and is not there after reopen()
  kKept,  // the commit fails and is there after reopen()
};

class MemoryStore final : public StoreEngine {
 public:
  using FaultHook = std::function<CommitFault(const Batch&)>;
  using Map = std::map<std::string, std::string, std::less<>>;

  MemoryStore();

  Result<std::optional<std::string>> get(Family family, std::string_view key) const override;
  Result<void> scan(Family family, std::string_view lower, std::string_view upper,
                    const Visitor& visit) const override;
  Result<void> scan_back(Family family, std::string_view lower, std::string_view upper,
                         const Visitor& visit) const override;
  Result<void> commit(const Batch& batch) override;
  Lsn lsn() const override;
  std::unique_ptr<Snapshot> snapshot() const override;
  const Recovery& recovery() const override { return recovery_; }
  Result<void> accept_loss() override;
  Result<void> flush_watermark() override { return {}; }
  Result<FreeSpace> look_at_space() override { return space(); }
  FreeSpace space() const override { return {Room::kAmple, UINT64_MAX}; }
  Result<void> checkpoint(const std::filesystem::path& dir) override;

  // Asked before every commit is applied; empty: no faults.
  void set_fault_hook(FaultHook hook) { fault_hook_ = std::move(hook); }

  // What a restart of the process does: after a failed commit every further one fails until then.
  void reopen();

  // An independent copy: a backup, from which an old state can be restored. Without the hook.
  std::unique_ptr<MemoryStore> clone() const;

  // Opens the copy that checkpoint() has laid down there. Error kNotFound.
  Result<std::unique_ptr<MemoryStore>> open_checkpoint(const std::filesystem::path& dir) const;

 private:
  // Maps are shared with snapshots and running scans, and copied only when one is written that is
  // still shared.
  using Maps = std::array<std::shared_ptr<Map>, kFamilyCount>;
  class View;

  View view() const;
  void apply(const Batch& batch);
  Map& writable(Family family);

  mutable std::mutex mutex_;  // guards maps_, lsn_ and checkpoints_
  Maps maps_;
  Lsn lsn_ = 0;
  std::map<std::filesystem::path, std::shared_ptr<const MemoryStore>> checkpoints_;
  Recovery recovery_{.watermark = 0};
  bool failed_ = false;  // the writer's own
  FaultHook fault_hook_;
};

}  // namespace jiexu
