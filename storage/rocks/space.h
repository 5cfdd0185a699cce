// How much room the disk of the store has left, so that work is refused before the disk is full.
//
// RocksDB never gets to see a full disk: one that hits ENOSPC ends the process, and one that is
// opened on a full disk aborts. So new work stops early (kLow), messages of peers a little later
// (kShort; they stay with the peer), and what remains (receipts, marks, flushes of memory to
// tables) has the rest to itself.
//
// Other programs may fill the disk without asking. Against them there is the ballast: a file that
// holds disk space and is given up when they leave too little. It is laid down again when there is
// room for it.
//
// Single-threaded, but for found().
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>

#include "daemon/base/result.h"
#include "storage/room.h"

namespace jiexu {

struct SpaceLimits {
  uint64_t work_bytes = 0;     // kLow below this
  uint64_t frames_bytes = 0;   // kShort below this; not above work_bytes
  uint64_t ballast_bytes = 0;  // 0: none
};

class Space {
 public:
  Space(std::filesystem::path dir, SpaceLimits limits);

  // Measures, and gives up or lays down the ballast. Errors: kIo, kNotFound.
  Result<FreeSpace> look();
  // Removes the ballast, if there is one: the store cannot be opened otherwise.
  Result<void> give_up_ballast();

  // What look() found last.
  FreeSpace found() const { return {room_, free_}; }

 private:
  Result<void> lay_down_ballast();
  Result<bool> has_ballast() const;

  std::filesystem::path dir_;
  std::filesystem::path ballast_;
  SpaceLimits limits_;
  std::atomic<Room> room_{Room::kAmple};
  std::atomic<uint64_t> free_{0};
};

}  // namespace jiexu
