// The end of RocksDB's manifest after a power cut: its last record may be torn, and RocksDB refuses
// the whole file then. A record whose sync never returned was never acted upon, so that a copy may
// be cut before it. What lies before is left to RocksDB to judge.
#pragma once

#include <filesystem>
#include <string_view>

#include "daemon/base/result.h"

namespace jiexu {

struct ManifestTail {
  uint64_t whole_bytes = 0;  // up to the end of the last sound record
  bool torn = false;         // behind it comes a record whose end is missing or zeros, and no more
};

// Walks the record format of the manifest (RocksDB's log format: blocks of 32 KiB; crc, length,
// type; CRC-32C). Reads nothing into the records.
ManifestTail manifest_tail(std::string_view manifest);

// Cuts a torn last record off the file. False if there is none.
Result<bool> cut_torn_tail(const std::filesystem::path& manifest, uint64_t keep_bytes_min);

}  // namespace jiexu
