// Applications into an agency in bulk, and what has arrived of their letters.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "tests/bench/exchange/site.h"

namespace jiexu::bench {

// Applications `first` to `first + count`, for the agencies besides the first in turn.
std::string submission(size_t first, size_t count, const Site& site);

// Posts a submission, again while the daemon is busy; every application of it must become a letter.
void submit(HttpConnection& at, const std::string& body, size_t count);

// Letters that the agency has received from the first one and applied durably.
uint64_t received(HttpConnection& at, const Site& site);

// Until every receiver has its share of so many letters more than before; none may be in
// quarantine. Asks every `pause_ms`, of each agency in turn.
void wait_received(const Site& site, size_t messages, int pause_ms = 5);

}  // namespace jiexu::bench
