// The web console within this program. What defines it is made by ops/console/build.
#pragma once

#include <span>

#include "daemon/api/console_file.h"

namespace jiexu {

// None: the program was built without the console.
std::span<const ConsoleFile> console_files();

}  // namespace jiexu
