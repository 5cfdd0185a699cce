// Whether a folder is the one that was written to before, or a copy of it: a file that says which
// file it is itself, by its number on the file system and the time at which it was made there. A
// copy of it (cp -a, rsync, tar, a restored folder) is another file, and says so. A snapshot of the
// whole disk has the same numbers and is not noticed by this.
//
//   crc u32 (CRC-32C of the rest) | "JXFM" | version u32 = 1 | inode u64
//   | made at: seconds i64, nanoseconds u32 (0: the file system does not say)
//
// Threads: one at a time.
#pragma once

#include <filesystem>

#include "daemon/base/result.h"
#include "storage/file.h"

namespace jiexu {

class FolderMark {
 public:
  // Makes the file if it is missing or damaged, durable when this returns: nobody knows then, and
  // it counts as no copy. Error kIo.
  static Result<FolderMark> open(const std::filesystem::path& path);

  // Until adopt().
  bool is_copy() const { return copy_; }
  // From now on this is the folder; durable when this returns.
  Result<void> adopt();

 private:
  FolderMark(Fd fd, std::filesystem::path path) : fd_(std::move(fd)), path_(std::move(path)) {}

  Fd fd_;
  std::filesystem::path path_;
  bool copy_ = false;
};

}  // namespace jiexu
