// Which engine of storage an agency runs on. Whoever opens the store of a configuration comes here,
// so that nobody else names an engine.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string_view>

#include "daemon/config.h"
#include "storage/folder_mark.h"
#include "storage/number_blocks.h"
#include "storage/run_mark.h"
#include "storage/store_engine.h"
#include "storage/vault.h"

namespace jiexu {

struct StoreHooks {
  // Called once, when the store can no longer write, from any thread, before a failed commit
  // returns. It must not call the store.
  std::function<void(std::string_view why)> on_failure;
  // Work in the background has met damage, and what it was to do is left undone; the store goes on.
  // Any thread.
  std::function<void(std::string_view why)> on_damage;
  // Gets the engine's own warnings, a line each, without data of records. Any thread.
  std::function<void(std::string_view line)> log;
  // Files that the engine may hold open; -1: as many as it likes.
  int open_files_max = -1;
  // Somebody has decided to go on although the log is damaged and commits are lost.
  bool accept_loss = false;
};

// Makes a new, empty store. Only `jiexu init` does. Errors: kExists, kNoSpace, kBusy, kIo.
Result<std::unique_ptr<StoreEngine>> create_store(const Config& config);

// Errors: kNotFound (no store there), kBusy (another process has it open), kNoSpace, kCorrupt, kIo.
Result<std::unique_ptr<StoreEngine>> open_store(const Config& config, StoreHooks hooks);

// The blocks of numbers beside the store (storage/number_file.h). A file that is missing or damaged
// begins anew; `log` says the latter. REQUIRES: the store is open. Errors: kIo, kPermission.
Result<std::unique_ptr<NumberBlocks>> open_numbers(const Config& config, const StoreHooks& hooks);

// Whether the folder of the store is a copy (storage/folder_mark.h). Error kIo.
Result<FolderMark> open_folder_mark(const Config& config);

// What the machine's memory knows of the store (storage/run_mark.h); nullopt, and `log` says why:
// nothing can be kept there. Errors: kCorrupt (the store's own record), kIo.
Result<std::optional<RunMark>> open_run_mark(const Config& config, const Store& store,
                                             const Vault& vault, const StoreHooks& hooks);

// A store that no daemon has open, or a copy, to be looked into: it stays as it is to the byte.
// Errors: kNotFound, kBusy (a daemon has it open), kPermission, kCorrupt, kIo.
Result<std::unique_ptr<Reader>> open_read_only_store(const std::filesystem::path& folder);

}  // namespace jiexu
