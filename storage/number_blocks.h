// Numbers that this agency gives out are drawn from blocks. A block is reserved, durably and apart
// from the store, before its first number is used, so that a store that is set back gives no number
// a second time. The port; number_file.h has it on disk, memory/memory_numbers.h in memory.
//
// Threads: one at a time.
#pragma once

#include <cstdint>

#include "daemon/base/result.h"
#include "daemon/base/time.h"

namespace jiexu {

// Stored, never reused. Each kind counts from 1 through a day.
enum class NumberKind : uint8_t {
  kLetter = 1,
  kBatch = 2,
};

class NumberBlocks {
 public:
  virtual ~NumberBlocks() = default;

  // The last number of the day that was ever reserved; 0: none. UINT32_MAX: nobody knows any more,
  // the day is too long ago.
  virtual uint32_t reserved(NumberKind kind, Date day) const = 0;

  // Reserves the numbers of the day up to `through`; durable when this returns. Fewer than before
  // changes nothing. Error kIo: what is reserved is unknown, the process must end.
  [[nodiscard]] virtual Result<void> reserve(NumberKind kind, Date day, uint32_t through) = 0;
};

}  // namespace jiexu
