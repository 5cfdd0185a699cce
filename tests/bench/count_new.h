// Counts what a program with one thread allocates, by taking the place of operator new.
#pragma once

#include <cstdint>

namespace jiexu::bench {

// Since the program began.
uint64_t allocations();

}  // namespace jiexu::bench
