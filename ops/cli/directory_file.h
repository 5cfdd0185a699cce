// The file of the agencies that we exchange with, for the commands that change it.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "daemon/trust/directory.h"
#include "ops/cli/session.h"
#include "ops/cli/sheet.h"

namespace jiexu::cli {

using Loaded = Result<std::shared_ptr<const Directory>>;

// Also gives the configuration that names it. Errors: those of both files.
Loaded load_directory(const Session& session, Result<Config>& config);
// Error kInvalid, with all that is wrong with the agencies; nothing is written then.
Result<void> save_directory(const Config& config, const std::vector<Agency>& agencies);

// The directory's names of who wrote the sheet and who gets it, as far as it can be read here.
SheetNames names_of(const Session& session, const v1::PaperView& paper);

std::string no_own_entry(const Config& config);
// What was written, and when it counts.
void print_saved(const std::string& what);

}  // namespace jiexu::cli
