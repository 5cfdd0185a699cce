// Inside of rocks_store: the two stages of opening that rocks_store.h describes.
#pragma once

#include <optional>

#include "storage/rocks/rocks_db.h"
#include "storage/rocks/rocks_store.h"
#include "storage/rocks/watermark.h"

namespace jiexu {

// The paths of one store.
struct RocksPlaces {
  explicit RocksPlaces(const std::filesystem::path& store_dir);

  std::filesystem::path dir;
  std::filesystem::path lock;
  std::filesystem::path db;
  std::filesystem::path rescue;
  std::filesystem::path watermark;
  std::filesystem::path lost_watermark;
};

struct Recovered {
  RocksDb db;
  std::optional<Watermark> watermark;  // only if the store is complete
  RocksRecovery recovery;
};

// REQUIRES: the lock is held.
// Bytes of the write-ahead log in `db`.
Result<uint64_t> log_bytes(const std::filesystem::path& db);

Result<Recovered> recover(const RocksPlaces& places, const RocksSettings& settings,
                          const RocksHooks& hooks);

// Error kNoSpace, with figures, if less is free.
Result<void> require_space(const std::filesystem::path& dir, uint64_t bytes);

}  // namespace jiexu
