// What a process may no longer do, because its memory holds keys and personal data, or because it
// reads what strangers send.
#pragma once

#include <cstdint>

#include "daemon/base/result.h"

namespace jiexu {

// No core file, and no other process of this user may look into this one.
void keep_memory_private();

// The gate's address space: what it holds for and of peers, programs and stacks. What would take
// more ends the gate, and another one is started.
inline constexpr uint64_t kGateAddressBytes = 2ull << 30;

// For the gate: its address space is bounded, and of all processes it is the one to end when the
// machine has no memory left. As far as the system lets us.
void bound_memory();

// For the gate, once it has its descriptors, keys and threads: from now on it can talk on sockets,
// wait and use memory, and nothing else. It opens no file, starts no program and no thread, and
// traces nobody. What it tries all the same fails with EPERM. Holds for all threads. Errors: kIo,
// the kernel has no such filter.
Result<void> confine_to_sockets();

}  // namespace jiexu
