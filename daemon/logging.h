// The log of the daemon: one line an event to standard error, where systemd's journal takes it. As
// text, or as one JSON object a line. No personal data, keys or account numbers, ever.
#pragma once

#include "daemon/config.h"

namespace jiexu {

// Sets spdlog's default logger. Once, at start.
void start_logging(const Config::Log& config);

}  // namespace jiexu
