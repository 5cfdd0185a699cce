// Inside of rocks_store: an open RocksDB with its families, its settings, and the translation of
// its errors. Included in this folder only.
#pragma once

#include <rocksdb/cache.h>
#include <rocksdb/db.h>
#include <rocksdb/sst_file_manager.h>

#include <array>
#include <atomic>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "storage/rocks/watermark.h"
#include "storage/store.h"

namespace jiexu {

// Becomes true once and stays so. Threads: any.
class FailStop {
 public:
  // Remembers the failure; the first one is handed to the handler.
  void trip(std::string_view reason);
  bool tripped() const;
  // From now on failures go to `handler`. Before, while the store is opening, they are remembered
  // only, and the opening fails.
  void arm(std::function<void(std::string_view)> handler);

 private:
  mutable std::mutex mutex_;
  bool tripped_ = false;
  std::function<void(std::string_view)> handler_;
};

// How an open RocksDB speaks to the store around it.
struct RocksHooks {
  std::shared_ptr<FailStop> stop;
  std::function<void(std::string_view)> log;
  rocksdb::Env* env = nullptr;  // null: the real system
  int open_files_max = -1;
  std::function<void(std::string_view)> damage = nullptr;  // a merge has met some
};

class RocksDb {
 public:
  // How the families are told apart: one column family each, named by layout::family_name.
  using Handles = std::array<rocksdb::ColumnFamilyHandle*, kFamilyCount>;

  static Result<RocksDb> create(const std::filesystem::path& dir, const RocksHooks& hooks);
  // Error kCorrupt: RocksDB refuses what it finds.
  static Result<RocksDb> open(const std::filesystem::path& dir, rocksdb::WALRecoveryMode mode,
                              const RocksHooks& hooks);
  // Writes nothing, not even a log. A torn end of the write-ahead log, which no commit was told of,
  // is left out; other damage is kCorrupt.
  static Result<RocksDb> open_read_only(const std::filesystem::path& dir);
  ~RocksDb();
  RocksDb(RocksDb&&) noexcept = default;
  RocksDb& operator=(RocksDb&& other) noexcept;

  rocksdb::DB* get() const { return db_.get(); }
  rocksdb::ColumnFamilyHandle* family(Family family) const {
    return handles_[static_cast<size_t>(family)];
  }
  // The LSN of the last commit it holds.
  Result<Lsn> stored_lsn() const;
  // Puts merges off that need more than `bytes` of disk, less what memtables may still need.
  void heed_free_space(uint64_t bytes);
  // Once a merge has met damage there is no other: each would end in the same way.
  void stop_merging_if_damaged();
  // Its manifest, as far as it is durable now; not known if RocksDB does not say.
  ManifestMark manifest() const;

 private:
  RocksDb() = default;
  static Result<RocksDb> open_with(const std::filesystem::path& dir, rocksdb::DBOptions options,
                                   const RocksHooks& hooks);
  void adopt(rocksdb::DB* db, const std::vector<rocksdb::ColumnFamilyHandle*>& handles);

  std::shared_ptr<rocksdb::SstFileManager> files_;  // knows how much disk the tables take
  std::shared_ptr<std::atomic<bool>> damaged_;      // a merge has met damage
  bool merges_ = true;
  std::unique_ptr<rocksdb::DB> db_;
  rocksdb::ColumnFamilyHandle* unused_default_ = nullptr;  // RocksDB insists on it
  Handles handles_{};
};

// REQUIRES: !status.ok(). The text holds no key and no value (allow_data_in_errors is off).
tl::unexpected<Error> rocks_error(std::string_view what, const rocksdb::Status& status);

rocksdb::DBOptions rocks_db_options();
// One for all families of a store bounds the memory of its reads. Not shared with another opening:
// blocks are cached under the identity of their table, which a damaged copy has too, and damage
// would not be seen where the sound table was read before.
std::shared_ptr<rocksdb::Cache> rocks_cache();
rocksdb::ColumnFamilyOptions rocks_family_options(std::string_view name,
                                                  const std::shared_ptr<rocksdb::Cache>& cache);
rocksdb::WriteOptions rocks_write_options();

}  // namespace jiexu
