// The number of the last commit known to be durable, kept outside the write-ahead log, and where
// RocksDB's manifest, its list of tables, then ended.
//
// Why: a log that was cut at a record boundary, or whose tail reads as zeros, looks complete to
// every recovery mode of RocksDB. Only a number kept elsewhere shows that commits are missing.
//
// A manifest cut between two records looks complete too: tables of some families are then gone and
// deleted as not needed, while the LSN, which another family holds, is right. Only its size, kept
// elsewhere, shows it.
//
// What window remains: the mark is written at most every 100 ms, so the commits of the last 100 ms
// before a crash are not covered by it. For these, the peers' signed receipts are the witness: a
// peer that holds a receipt beyond our log tells so when the link opens. The mark is written after
// its commit, never before, so that it never names a commit that was not durable.
//
// The file: two slots of 4096 bytes, written in turn with O_DSYNC, so that a torn write destroys
// at most the older mark.
//
//   crc u32 (CRC-32C of the rest of the slot) | "JXWM" | version u32 = 1 | lsn u64
//   | manifest number u64 | manifest size u64 | zeros
//
// Threads: one at a time.
#pragma once

#include <chrono>
#include <filesystem>

#include "daemon/base/ids.h"
#include "daemon/base/result.h"
#include "storage/file.h"

namespace jiexu {

// A manifest, by its file number, and how many of its bytes were durable. Number 0: not known.
struct ManifestMark {
  uint64_t number = 0;
  uint64_t size = 0;
  auto operator<=>(const ManifestMark&) const = default;
};

class Watermark {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;
  static constexpr size_t kSlotSize = 4096;
  static constexpr std::chrono::milliseconds kInterval{100};

  // Makes the file with both slots at `lsn`, durable when this returns; replaces one that is there.
  static Result<Watermark> create(const std::filesystem::path& path, Lsn lsn);

  // Errors: kNotFound (no file), kCorrupt (no slot is valid), kIo.
  static Result<Watermark> open(const std::filesystem::path& path);

  // The manifest is durable up to here; written with the next mark.
  void note(const ManifestMark& manifest) { noted_manifest_ = manifest; }

  // Whether advance() would write: then a note() is worth its price.
  bool due(TimePoint now) const;

  // Commit `lsn` is durable. Writes if the last write is kInterval or more before `now`; otherwise
  // only notes it. Lower numbers than before change nothing.
  Result<void> advance(Lsn lsn, TimePoint now);

  // Writes what was noted, if anything. For an idle moment and for the end.
  Result<void> flush();

  // Sets both slots to `lsn`, also downwards: an operator accepted that commits are lost.
  Result<void> reset(Lsn lsn);

  // The mark in the file.
  Lsn durable() const { return durable_; }
  const ManifestMark& manifest() const { return manifest_; }

 private:
  Watermark(Fd fd, std::filesystem::path path) : fd_(std::move(fd)), path_(std::move(path)) {}
  Result<void> load();
  Result<void> write(int slot, Lsn lsn);

  Fd fd_;
  std::filesystem::path path_;
  int next_slot_ = 0;
  Lsn durable_ = 0;
  Lsn noted_ = 0;
  ManifestMark manifest_;  // in the file
  ManifestMark noted_manifest_;
  TimePoint written_at_ = TimePoint::min();
};

}  // namespace jiexu
