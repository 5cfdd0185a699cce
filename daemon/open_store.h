// Which engine of storage an agency runs on. Whoever opens the store of a configuration comes here,
// so that nobody else names an engine.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string_view>

#include "daemon/config.h"
#include "storage/store_engine.h"

namespace jiexu {

struct StoreHooks {
  // Called once, when the store can no longer write, from any thread, before a failed commit
  // returns. It must not call the store.
  std::function<void(std::string_view why)> on_failure;
  // Gets the engine's own warnings, a line each, without data of records. Any thread.
  std::function<void(std::string_view line)> log;
  // Files that the engine may hold open; -1: as many as it likes.
  int open_files_max = -1;
};

// Makes a new, empty store. Only `jiexu init` does. Errors: kExists, kNoSpace, kBusy, kIo.
Result<std::unique_ptr<StoreEngine>> create_store(const Config& config);

// Errors: kNotFound (no store there), kBusy (another process has it open), kNoSpace, kCorrupt, kIo.
Result<std::unique_ptr<StoreEngine>> open_store(const Config& config, StoreHooks hooks);

// A store that no daemon has open, or a copy, to be looked into: it stays as it is to the byte.
// Errors: kNotFound, kBusy (a daemon has it open), kPermission, kCorrupt, kIo.
Result<std::unique_ptr<Reader>> open_read_only_store(const std::filesystem::path& folder);

}  // namespace jiexu
