// The settings of RocksDB 7.8.3, each with its reason. "fixed in x.y" names an upstream release
// (its HISTORY.md) that mends a bug which 7.8.3 still has; the setting steers around it.
#include <rocksdb/filter_policy.h>
#include <rocksdb/slice_transform.h>
#include <rocksdb/table.h>

#include <limits>

#include "storage/layout.h"
#include "storage/rocks/rocks_db.h"

namespace jiexu {

namespace {

constexpr size_t kMiB = 1 << 20;

void set_checks(rocksdb::DBOptions& options) {
  // A store is only made by create(): an unmounted disk must not become an empty store.
  options.create_if_missing = false;
  options.error_if_exists = false;
  options.paranoid_checks = true;
  options.flush_verify_memtable_count = true;
  options.verify_sst_unique_id_in_manifest = true;
  options.fail_if_options_file_error = true;
  options.skip_checking_sst_file_sizes_on_db_open = false;
  options.best_efforts_recovery = false;
  options.write_dbid_to_manifest = true;
  // Keys and values must not show in messages.
  options.allow_data_in_errors = false;
  // Each block has its checksum; nothing would ask for one more over each whole file.
  options.file_checksum_gen_factory = nullptr;
}

void set_log(rocksdb::DBOptions& options) {
  options.wal_recovery_mode = rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords;
  // Reports "missing WAL" wrongly after SyncWAL (fixed in 7.10), and does not track the live log.
  options.track_and_verify_wals_in_manifest = false;
  options.manual_wal_flush = false;  // families disagree after recovery (fixed in 9.7)
  options.unordered_write = false;   // order is what we rely on
  options.two_write_queues = false;  // fixed in 11.0
  options.enable_pipelined_write = false;
  options.recycle_log_file_num = 0;  // stale records may be read as new (fixed in 9.2)
  options.WAL_ttl_seconds = 0;       // a clock set back deletes the newest (fixed in 10.9)
  options.wal_compression = rocksdb::kNoCompression;  // recovery of it fails (fixed in 8.0)
  // Each commit syncs the log itself; table files are synced bit by bit, not in one stall.
  options.wal_bytes_per_sync = 0;
  options.bytes_per_sync = kMiB;
  options.use_fsync = false;
  options.allow_mmap_reads = false;  // an I/O error would be a SIGBUS
  options.allow_mmap_writes = false;
  // After a crash the log is read again before anything else: most of a second for this much.
  options.max_total_wal_size = 40 * kMiB;
  options.avoid_flush_during_recovery = false;
  options.avoid_flush_during_shutdown = false;
}

// `pinned`: what says where a key is stays at hand instead of being looked up in the cache each
// time; some 15 bytes for each case that there ever was.
rocksdb::BlockBasedTableOptions table_options(const std::shared_ptr<rocksdb::Cache>& cache,
                                              bool pinned) {
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = cache;
  table.cache_index_and_filter_blocks = true;
  // In pieces: the filter of a table of a million keys is larger than a shard of the cache, so that
  // it would never be kept there, and every question would read it from the disk.
  table.index_type = rocksdb::BlockBasedTableOptions::kTwoLevelIndexSearch;
  table.partition_filters = true;
  if (pinned) {
    table.metadata_cache_options.top_level_index_pinning = rocksdb::PinningTier::kAll;
    table.metadata_cache_options.partition_pinning = rocksdb::PinningTier::kAll;
  }
  table.checksum = rocksdb::kXXH3;
  table.format_version = 5;
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
  return table;
}

// Keys of the link log only grow, nothing is overwritten or removed: merging files frees nothing.
// Of attachments, which are large and never change, the keys grow nearly so.
// Universal compaction merges files of like size, so that a record is copied some few times in its
// life, not once for each level.
void tune_for_growing_keys(rocksdb::ColumnFamilyOptions& options) {
  options.compaction_style = rocksdb::kCompactionStyleUniversal;
  // A merge of everything, meant to drop overwritten values, would never pay.
  options.compaction_options_universal.max_size_amplification_percent =
      std::numeric_limits<unsigned>::max();
  options.level0_file_num_compaction_trigger = 8;
  options.target_file_size_base = 256 * kMiB;
}

// Most keys grow with time (case ids, letter numbers, due times), each kind for itself. Looking
// first where the last one went spares the walk through the memtable.
void tune_inserts(rocksdb::ColumnFamilyOptions& options) {
  options.memtable_insert_with_hint_prefix_extractor.reset(rocksdb::NewCappedPrefixTransform(1));
}

// Every new letter asks for a case, a person and a number that are mostly not there. A filter over
// the memtable answers that without a walk; the tables have theirs. It has 10 bits for each record
// of `bytes` that a full memtable holds: a larger one would not stay in the processor's cache.
void tune_for_absent_keys(double bytes, rocksdb::ColumnFamilyOptions& options) {
  options.memtable_whole_key_filtering = true;
  options.memtable_prefix_bloom_size_ratio = 10 / 8.0 / bytes;
}

}  // namespace

rocksdb::DBOptions rocks_db_options() {
  rocksdb::DBOptions options;
  set_checks(options);
  set_log(options);
  // No retry after a background error: a retried flush can write log entries twice (fixed in 9.6),
  // and after a failed fsync nobody knows what is on the disk.
  options.max_bgerror_resume_count = 0;
  options.max_background_jobs = 4;
  return options;
}

std::shared_ptr<rocksdb::Cache> rocks_cache() {
  return rocksdb::NewLRUCache(64 * kMiB);
}

rocksdb::ColumnFamilyOptions rocks_family_options(std::string_view name,
                                                  const std::shared_ptr<rocksdb::Cache>& cache) {
  rocksdb::ColumnFamilyOptions options;
  options.force_consistency_checks = true;
  // More memtables and parallel flushes may reorder updates after a failed flush (fixed in 7.9).
  options.max_write_buffer_number = 2;
  options.write_buffer_size = 64 * kMiB;
  // Experimental in 7.8, and a tenth of the CPU of a letter: each read and flush hashes the record
  // again. Batches are protected until they are in log and memtable; sealed values, which are most,
  // carry a tag of their own.
  options.memtable_protection_bytes_per_key = 0;
  // Sealed values look random; what is not sealed is small.
  options.compression = rocksdb::kNoCompression;
  // Every new letter asks these for keys that are mostly not there.
  const bool asked =
      name == layout::family_name(Family::kCase) || name == layout::family_name(Family::kIndex);
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table_options(cache, asked)));
  tune_inserts(options);
  const bool grows = name == layout::family_name(Family::kLinkLog) ||
                     name == layout::family_name(Family::kAttachment);
  if (grows) tune_for_growing_keys(options);
  if (name == layout::family_name(Family::kCase)) tune_for_absent_keys(600, options);
  if (name == layout::family_name(Family::kIndex)) tune_for_absent_keys(100, options);
  return options;
}

rocksdb::WriteOptions rocks_write_options() {
  rocksdb::WriteOptions options;
  options.sync = true;
  options.disableWAL = false;
  options.protection_bytes_per_key = 8;
  return options;
}

}  // namespace jiexu
