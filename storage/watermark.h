// The number of the last commit known to be durable, kept outside the write-ahead log.
//
// Why: a log that was cut at a record boundary, or whose tail reads as zeros, looks complete to
// every recovery mode of RocksDB. Only a number kept elsewhere shows that commits are missing.
//
// What window remains: the mark is written at most every 100 ms, so the commits of the last 100 ms
// before a crash are not covered by it. For these, the peers' signed receipts are the witness: a
// peer that holds a receipt beyond our log tells so when the link opens. The mark is written after
// its commit, never before, so that it never names a commit that was not durable.
//
// The file: two slots of 4096 bytes, written in turn with O_DSYNC, so that a torn write destroys
// at most the older mark.
//
//   crc u32 (CRC-32C of the rest of the slot) | "JXWM" | version u32 = 1 | lsn u64 | zeros
//
// Threads: one at a time.
#pragma once

#include <chrono>
#include <filesystem>

#include "daemon/base/ids.h"
#include "daemon/base/result.h"
#include "storage/file.h"

namespace jiexu {

class Watermark {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;
  static constexpr size_t kSlotSize = 4096;
  static constexpr std::chrono::milliseconds kInterval{100};

  // Makes the file with both slots at `lsn`, durable when this returns; replaces one that is there.
  static Result<Watermark> create(const std::filesystem::path& path, Lsn lsn);

  // Errors: kNotFound (no file), kCorrupt (no slot is valid), kIo.
  static Result<Watermark> open(const std::filesystem::path& path);

  // Commit `lsn` is durable. Writes if the last write is kInterval or more before `now`; otherwise
  // only notes it. Lower numbers than before change nothing.
  Result<void> advance(Lsn lsn, TimePoint now);

  // Writes what was noted, if anything. For an idle moment and for the end.
  Result<void> flush();

  // Sets both slots to `lsn`, also downwards: an operator accepted that commits are lost.
  Result<void> reset(Lsn lsn);

  // The mark in the file.
  Lsn durable() const { return durable_; }

 private:
  Watermark(Fd fd, std::filesystem::path path) : fd_(std::move(fd)), path_(std::move(path)) {}
  Result<void> load();
  Result<void> write(int slot, Lsn lsn);

  Fd fd_;
  std::filesystem::path path_;
  int next_slot_ = 0;
  Lsn durable_ = 0;
  Lsn noted_ = 0;
  TimePoint written_at_ = TimePoint::min();
};

}  // namespace jiexu
