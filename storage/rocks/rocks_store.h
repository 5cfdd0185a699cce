// The store on disk, by RocksDB 7.8. One directory:
//
//   DIR/lock         held while the store is open
//   DIR/db/          RocksDB's own
//   DIR/watermark    number of the last durable commit, size of the manifest (watermark.h)
//   DIR/watermark.lost, DIR/evidence-N/, DIR/rescue/   only after damage, see below
//   DIR/ballast      disk space to give up when others fill the disk (space.h)
//
// No recovery mode of RocksDB is enough. The default one drops acknowledged commits behind a
// flipped bit and says nothing; the strict ones refuse a log whose last, never acknowledged write
// was torn by a power cut; none sees a log cut between two records. Hence opening has two stages:
//
//   1. Open strictly. If that works, compare the recovered LSN with the watermark. A manifest that
//      is shorter than the watermark says is refused before, because RocksDB would delete the
//      tables that it does not name.
//   2. If the log is refused: copy DIR/db to DIR/rescue and open the copy up to the damage. If its
//      LSN reaches the watermark, only a write was lost that nobody was told of: the damaged
//      directory becomes DIR/evidence-N, the copy becomes DIR/db. Otherwise the error names the
//      lost commits, and nothing is changed.
//
// When commits are missing all the same (stage 1 below the watermark, accept_loss, or no readable
// watermark, as after a restored backup), the store opens with Recovery::complete == false. It says
// so at every opening until accept_loss() is called, which the engine does once it has fetched from
// its peers what it lacks (RECONCILE).
//
// Fail-stop: after the first failed commit or background error every commit fails. A merge of
// tables that meets damage is none: nothing is lost by leaving the tables as they are.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>

#include "storage/rocks/space.h"
#include "storage/store_engine.h"

namespace rocksdb {
class Env;
}

namespace jiexu {

struct RocksSettings {
  std::filesystem::path dir;

  // Called once, at the first failed commit or background error, from any thread, before a failed
  // commit returns. The daemon ends the process here (exit 74). It must not call the store.
  std::function<void(std::string_view reason)> on_background_error;

  // Called when a merge of tables has met damage: merging stops, reads of the damaged block fail,
  // and the rest goes on. An end of the process would only lead to the same merge again. From any
  // thread; it must not call the store.
  std::function<void(std::string_view reason)> on_damage;

  // Gets RocksDB's own warnings and errors, a line each, without data of records. Any thread.
  std::function<void(std::string_view line)> log;

  // Opening needs this much free disk beyond the size of the log, because recovery writes what the
  // log holds into tables. Asked first: on a full disk RocksDB would abort.
  uint64_t free_bytes_min = 64ull << 20;

  // How much free disk work and frames need; a ballast is given up if the store cannot be opened
  // otherwise.
  SpaceLimits space = {};

  // Tables that are held open at once; -1: all of them. The oldest used is closed for another.
  int open_files_max = -1;

  // An operator decided to go on although the log is damaged and commits are lost (stage 2).
  bool accept_loss = false;

  // For tests of faults: what RocksDB takes for the system, so that disk errors and power cuts can
  // be put under it. Covers DIR/db and DIR/rescue, not the other files. Null: the real system. Must
  // outlive the store.
  rocksdb::Env* env = nullptr;
};

struct RocksRecovery : Recovery {
  bool promoted = false;           // stage 2 was needed, its copy is the store now
  std::filesystem::path evidence;  // if promoted: the damaged directory
};

class RocksStore final : public StoreEngine {
 public:
  // Makes a new store. Only `jiexu init` does: the daemon must never take an unmounted disk for a
  // new store. Errors: kExists (the directory is not empty), kNoSpace, kBusy, kIo.
  static Result<std::unique_ptr<RocksStore>> create(const RocksSettings& settings);

  // Errors: kNotFound (no store there), kBusy (another process has it open), kNoSpace, kCorrupt
  // (damaged; the text names the lost commits if it is the log), kIo.
  static Result<std::unique_ptr<RocksStore>> open(const RocksSettings& settings);

  // Writes the watermark. REQUIRES: all snapshots are gone.
  ~RocksStore() override;

  Result<std::optional<std::string>> get(Family family, std::string_view key) const override;
  Result<void> scan(Family family, std::string_view lower, std::string_view upper,
                    const Visitor& visit) const override;
  Result<void> scan_back(Family family, std::string_view lower, std::string_view upper,
                         const Visitor& visit) const override;
  Result<void> commit(const Batch& batch) override;
  Lsn lsn() const override;
  std::unique_ptr<Snapshot> snapshot() const override;

  const RocksRecovery& recovery() const override;
  Result<void> accept_loss() override;
  Result<void> flush_watermark() override;
  // Tables are merged only while there is room for the result.
  Result<FreeSpace> look_at_space() override;
  FreeSpace space() const override;
  // Table files are linked, if `dir` is on the same file system. The copy has no watermark.
  Result<void> checkpoint(const std::filesystem::path& dir) override;

 private:
  struct Impl;
  static Result<std::unique_ptr<RocksStore>> open_once(const RocksSettings& settings);
  explicit RocksStore(std::unique_ptr<Impl> impl);
  static Result<std::unique_ptr<RocksStore>> start(std::unique_ptr<Impl> impl,
                                                   const RocksSettings& settings);
  std::unique_ptr<Impl> impl_;
};

}  // namespace jiexu
