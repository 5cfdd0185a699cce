// The working-day calendar in use: the years that this build carries, and newer texts of a folder.
#pragma once

#include <filesystem>
#include <memory>

#include "daemon/base/result.h"
#include "daemon/rules/calendar.h"

namespace jiexu {

// All *.txt of the folder count; a folder that is missing holds none. Errors, with the file named:
// kIo; kInvalid as parse_calendar() and Calendar::add().
Result<std::shared_ptr<const Calendar>> load_calendar(const std::filesystem::path& folder);

}  // namespace jiexu
