// A file system under RocksDB that breaks as real ones do. It passes everything on to the real file
// system and remembers, as the kernel does, what of it a power cut would leave.
//
// The model
//
//   Data. What is appended to a file lies in the page cache until the file is synced. At a power
//   cut the synced bytes stay. Of the bytes behind them there remain, by lot: nothing; a prefix
//   that ends at any byte; a prefix, with zeros up to the full size, as where the size was written
//   and the blocks were not; or all of them.
//
//   Names. A file made, renamed or deleted is so durably once its directory was synced. Of the
//   changes to a directory since its last sync, a power cut leaves a prefix by lot, in the order in
//   which they were made, as a journal does. So a new file may vanish, an old CURRENT come back, a
//   deleted log be there again. Syncing a file does not make its name durable.
//
//   The cut. It comes after operation k: the disk as it is then is written, with its losses, into
//   another folder. The program goes on in the old one without noticing; what it does afterwards
//   is its afterlife, and whoever drives it looks at cut() before believing anything. So one
//   process can die many times, and no error path of RocksDB stands between the cut and the
//   image.
//
//   Errors. The first operation from k on, and if asked for all later ones, fails with EIO or
//   ENOSPC, while errors are switched on: on some that hit an opening, Debian's RocksDB fails an
//   assertion (column_family.cc), which ends the process too, but this one with it. A failed append
//   has written a part; a failed sync has synced nothing, and no later sync of the file does: the
//   kernel counts pages as clean once it has reported the error.
//
//   Lies. Syncs succeed and do nothing, as under libeatmydata or on a disk with a volatile cache.
//   With it every test of durability must fail; that shows that the test can.
//
// Operations are those that change something: append, sync, truncate, close of a file that was
// written; make, rename, delete; sync of a directory. Reads are not counted.
//
// Not modelled: files that do not go through RocksDB (lock, watermark, and copies and renames of
// whole folders at a promotion). They are durable at once; the watermark is, by O_DSYNC, and each
// rename is followed by a sync. Pages that reach the disk in another order than they were written
// in, and rot of synced data, which damage_test.cc makes.
//
// Threads: any, like a file system.
#pragma once

#include <rocksdb/env.h>
#include <rocksdb/file_system.h>

#include <atomic>
#include <deque>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <set>
#include <string>

namespace jiexu::faults {

// Files and folders by inode number, which stays when a name changes.
using Inode = uint64_t;

struct FaultPlan {
  enum class Error { kNone, kIo, kNoSpace };

  uint64_t cut_after = 0;       // power is cut after this operation, from 1; 0: never
  std::filesystem::path image;  // where the disk after the cut is written; must not exist
  uint64_t seed = 0;            // of the lots
  uint64_t fail_at = 0;         // this operation fails, or the first after it that may; 0: none
  Error error = Error::kNone;
  bool keeps_failing = false;  // and all after it
  bool syncs_lie = false;
};

class FaultFs final : public rocksdb::FileSystemWrapper {
 public:
  // `root`: the folder that a cut copies. What is in it now is durable.
  FaultFs(std::filesystem::path root, FaultPlan plan);

  const char* Name() const override { return "FaultFs"; }

  uint64_t operations() const { return operations_; }
  // Power was cut: nothing that happened since is on the disk.
  bool cut() const { return cut_; }
  // Errors were returned.
  bool failed() const { return failed_; }
  void set_errors(bool on) { errors_on_ = on; }
  // The disk as a cut now would leave it, into `image`.
  void write_image(const std::filesystem::path& image);
  // Called before each sync of a file, outside all locks: a slow disk.
  void set_before_sync(std::function<void()> hook) { before_sync_ = std::move(hook); }

  rocksdb::IOStatus NewWritableFile(const std::string& path, const rocksdb::FileOptions& options,
                                    std::unique_ptr<rocksdb::FSWritableFile>* file,
                                    rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus ReopenWritableFile(const std::string& path, const rocksdb::FileOptions& options,
                                       std::unique_ptr<rocksdb::FSWritableFile>* file,
                                       rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus NewDirectory(const std::string& path, const rocksdb::IOOptions& options,
                                 std::unique_ptr<rocksdb::FSDirectory>* directory,
                                 rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus DeleteFile(const std::string& path, const rocksdb::IOOptions& options,
                               rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus RenameFile(const std::string& from, const std::string& to,
                               const rocksdb::IOOptions& options,
                               rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus Truncate(const std::string& path, size_t size,
                             const rocksdb::IOOptions& options,
                             rocksdb::IODebugContext* debug) override;

 private:
  friend class FaultFile;
  friend class FaultDirectory;

  using Work = std::function<rocksdb::IOStatus()>;
  // What a name held before it was taken away.
  struct Saved {
    std::string bytes;
    uint64_t synced = 0;
  };
  struct Change {
    enum class Kind { kMake, kDelete, kRename } kind;
    Inode directory;
    std::string name;
    std::string to;              // of a rename
    std::optional<Saved> saved;  // what was deleted or written over
  };

  // Counts one operation and does it, or fails it; cuts the power behind it. `on_failure` runs in
  // its stead if it fails.
  rocksdb::IOStatus operate(const Work& work, const Work& on_failure = {});
  bool fails_now();
  rocksdb::IOStatus made(const std::string& path);
  void synced(Inode file, uint64_t size);
  void synced_directory(Inode directory);
  Saved save(const std::filesystem::path& path) const;
  uint64_t synced_of(const std::filesystem::path& path, uint64_t size) const;

  void image_locked(const std::filesystem::path& image);
  std::string draw_remains(std::string bytes, uint64_t synced);
  void take_back(const Change& change, const std::filesystem::path& directory);

  const std::filesystem::path root_;
  const FaultPlan plan_;
  std::function<void()> before_sync_;

  std::mutex mutex_;                  // guards all below but the atomics, and orders operations
  std::map<Inode, uint64_t> synced_;  // synced size; a file that is not here is durable as it is
  std::set<Inode> lost_;              // files of which a sync has failed
  std::deque<Change> changes_;        // of names, not yet durable, in order
  std::mt19937_64 random_;
  std::atomic<uint64_t> operations_{0};
  std::atomic<bool> cut_{false};
  std::atomic<bool> failed_{false};
  std::atomic<bool> errors_on_{false};
};

// FaultFs with the rest of the system around it, as RocksSettings::env takes it.
struct FaultEnv {
  FaultEnv(const std::filesystem::path& root, const FaultPlan& plan)
      : fs(std::make_shared<FaultFs>(root, plan)), env(rocksdb::NewCompositeEnv(fs)) {}

  std::shared_ptr<FaultFs> fs;
  std::unique_ptr<rocksdb::Env> env;
};

}  // namespace jiexu::faults
