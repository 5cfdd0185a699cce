// File descriptors: each connection and each table of the store takes one. A process that runs out
// of them cannot take a connection, and ends when the store needs one. So it is asked at the start
// whether there are enough, for as many agencies as are known. The gate, which has the connections
// of peers, is allowed as many as the daemon; what is asked for is enough for either.
#pragma once

#include <cstdint>

#include "daemon/base/result.h"

namespace jiexu {

// What a daemon that knows `agencies` others must be allowed.
uint64_t descriptors_needed(uint64_t agencies);

// As many as we are allowed: the soft limit becomes the hard one, if a service manager's filter of
// system calls lets us; returns what now holds. One that forbids even asking counts as plenty.
uint64_t raise_descriptor_limit();

// Error kInvalid, in words, if `limit` is below what is needed.
Result<void> check_descriptors(uint64_t limit, uint64_t agencies);

// How many files the store may hold open: what the others leave of `limit`; -1: all of them.
int store_files_max(uint64_t limit, uint64_t agencies);

}  // namespace jiexu
