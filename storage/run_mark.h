// Up to where a store was written since the machine was started: a file in the machine's memory
// (tmpfs), beside no store and in no copy of one. What puts a store back to an earlier state (a
// restored backup, a copied folder, a snapshot of the disk) does not put this back, so that the
// next run can tell by itself whether it has the newest store or an older one. It is gone with a
// restart of the machine, and then says nothing. A snapshot of the machine's memory holds it too.
//
//   crc u32 (CRC-32C of the rest) | "JXRM" | version u32 = 1 | store id (16 bytes) | LSN u64
//   | proved u8 | the store's folder
//
// A run that has not shown yet that its own store was the newest one (link_recovery.h) does not
// prove it to the next.
//
// The file is named after the folder. A store with another id is another store, of which it says
// nothing.
//
// Threads: one at a time.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "daemon/base/result.h"
#include "storage/file.h"
#include "storage/store.h"

namespace jiexu {

class RunMark {
 public:
  // What the last run on this machine says of a store at this LSN.
  enum class Finding {
    kNothing,  // there was none since the machine was started, or it did not know either
    kNewest,   // it had got exactly so far
    kOlder,    // further: commits are missing
  };

  // `home`: where such files lie, made if it is missing. `folder`: of the store. Marks of folders
  // that are gone are removed. Errors: kInvalid (`home` is not in memory, or not ours), kIo.
  static Result<RunMark> open(const std::filesystem::path& home,
                              const std::filesystem::path& folder, std::string store_id);
  // Of this machine: systemd's for the unit, else one for each user in /dev/shm.
  static std::filesystem::path default_home();

  // As of open(). One commit more than was noted is the newest, too: the process ended between.
  Finding compare(Lsn lsn) const;
  // nullopt: nothing was noted.
  std::optional<Lsn> found() const { return found_; }

  // After each commit, before anybody hears of it, and when it is `proved` that this store is the
  // newest one. Error kIo.
  Result<void> note(Lsn lsn, bool proved);

 private:
  RunMark(Fd fd, std::filesystem::path path, std::string folder, std::string store_id)
      : fd_(std::move(fd)),
        path_(std::move(path)),
        folder_(std::move(folder)),
        store_id_(std::move(store_id)) {}
  Result<void> load();

  Fd fd_;
  std::filesystem::path path_;
  std::string folder_;
  std::string store_id_;
  std::optional<Lsn> found_;
  bool proved_ = false;
};

}  // namespace jiexu
