// Makes link frames smaller before they are sealed. The letters of one agency carry the same
// contact, account and address each time, so that a frame of many shrinks to a third or less; log,
// memtable and tables then hold and write as much less. LZ4 costs less CPU than the writing did.
//
// A packed value is
//
//   0 | the bytes as they were                 or
//   1 | their size u32 | one LZ4 block
//
// Sizes of values at rest tell more about their content than before; who can choose texts and watch
// the disk at once could use that. Nothing that crosses the wire is packed.
// The packed bytes of a value may differ from call to call, what they unpack to does not: never
// compare stores by them. Threads: any; pack() keeps its tables per thread.
#pragma once

#include <string>
#include <string_view>

#include "daemon/base/result.h"

namespace jiexu {

// Replaces `out`. REQUIRES: `plain` is not inside `out` and no larger than kUnpackedMax.
void pack(std::string_view plain, std::string& out);

// Error kCorrupt: the bytes are no packed value. Never makes more than kUnpackedMax bytes of them.
Result<std::string> unpack(std::string_view packed);

inline constexpr size_t kUnpackedMax = 64 << 20;

}  // namespace jiexu
