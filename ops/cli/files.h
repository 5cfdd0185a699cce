// Writing the files of an agency: after a crash each is the old one or the new one.
#pragma once

#include <filesystem>
#include <string_view>

#include "daemon/base/result.h"

namespace jiexu::cli {

// Replaces `file`, or makes it. Mode 0644.
Result<void> replace_file(const std::filesystem::path& file, std::string_view text);
// The same for what nobody else may read. Mode 0600.
Result<void> replace_secret_file(const std::filesystem::path& file, std::string_view text);

}  // namespace jiexu::cli
