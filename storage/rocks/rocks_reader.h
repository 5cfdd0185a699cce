// A store on disk that is only read, and stays as it is to the byte: for looking into one beside a
// stopped daemon, or into a copy.
#pragma once

#include <filesystem>
#include <memory>

#include "daemon/base/result.h"
#include "storage/store.h"

namespace jiexu {

// The Reader holds the store's lock together with other readers, so that no daemon starts on the
// store meanwhile. What only the log has is kept in memory, 64 MiB at most.
//
// Errors: kNotFound (no store there), kBusy (a daemon has it open), kPermission (its files are
// another user's), kCorrupt (also if the log is damaged, which only the daemon may repair), kIo.
Result<std::unique_ptr<Reader>> open_read_only(const std::filesystem::path& dir);

}  // namespace jiexu
