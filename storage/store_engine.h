// The other half of the store port: what the daemon asks of the engine that holds its store, beyond
// reads and writes (store.h). How the opening went, what is due while no commit is, how much room
// is left, and a copy for a backup. One engine a folder: rocks/ on disk, memory/ for tests.
//
// Making and opening are each engine's own: a directory, a connection, what it takes.
#pragma once

#include <filesystem>
#include <optional>

#include "daemon/base/result.h"
#include "storage/room.h"
#include "storage/store.h"

namespace jiexu {

// How an opening went.
struct Recovery {
  Lsn lsn = 0;                   // of the store when it was opened
  std::optional<Lsn> watermark;  // the last commit that was known to be durable; nullopt: not known
  bool complete = true;          // false: commits are missing, or nobody can tell
};

class StoreEngine : public Store {
 public:
  // A new store is complete. One that lacks commits says so at every opening until accept_loss().
  virtual const Recovery& recovery() const = 0;

  // The next three: on the committing thread only, between commits.

  // From now on the store counts as complete at lsn(). Errors: kIo.
  virtual Result<void> accept_loss() = 0;

  // Brings the watermark up to lsn(). To be called when no commit is due for a while. Errors: kIo.
  virtual Result<void> flush_watermark() = 0;

  // Measures the room, and acts on it: reserves are given up or laid down again, work of the
  // engine's own that would need more is put off. Errors: kIo, kNotFound.
  virtual Result<FreeSpace> look_at_space() = 0;

  // What look_at_space() found last. Any thread.
  virtual FreeSpace space() const = 0;

  // Writes a copy of the store into `dir`, a new or an empty directory; durable when this returns.
  // It holds every commit up to lsn() at the call, perhaps later ones, each as a whole. Nobody can
  // tell what came after it: opened by the same engine, it is not complete. Any thread; readers and
  // commits go on. Errors: kExists (something is there), kNoSpace, kIo.
  virtual Result<void> checkpoint(const std::filesystem::path& dir) = 0;
};

}  // namespace jiexu
