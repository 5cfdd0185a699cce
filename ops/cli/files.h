// Writing the files of an agency that are no secret.
#pragma once

#include <filesystem>
#include <string_view>

#include "daemon/base/result.h"

namespace jiexu::cli {

// Replaces `file`, or makes it: after a crash it is the old one or the new one. Mode 0644.
Result<void> replace_file(const std::filesystem::path& file, std::string_view text);

}  // namespace jiexu::cli
