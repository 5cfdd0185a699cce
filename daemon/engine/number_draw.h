// Draws numbers of one kind, in order, from blocks that are reserved before (number_blocks.h). A
// run of the daemon never goes on in a block of an earlier run: the store may have been set back
// meanwhile, and then nobody knows how many of its numbers were given.
//
// The first block of a run is small, each further one twice as large, so that a restart wastes no
// more numbers than about as many as were given; and none is more than a sixteenth of what is left
// of the day, so that restarts alone cannot use a day up.
//
// The engine's thread only.
#pragma once

#include "daemon/base/result.h"
#include "daemon/base/time.h"
#include "storage/number_blocks.h"

namespace jiexu {

class NumberDraw {
 public:
  // `max`: the last number of a day. The blocks must outlive this object.
  NumberDraw(NumberBlocks& blocks, NumberKind kind, uint32_t max)
      : blocks_(blocks), kind_(kind), max_(max) {}

  // The first number, at `from` or behind, that may be given on this day; it is reserved durably
  // when this returns. 0: the day has none left. Errors: as NumberBlocks::reserve.
  Result<uint32_t> at_least(Date day, uint32_t from);

  // After a loss: none of what was reserved until now is given any more, nor any below `from`.
  void skip(Date day, uint32_t from);
  // Whether a skip is not durable yet; and makes it so.
  bool has_skipped() const { return skipped_; }
  Result<void> keep_skip();

 private:
  static constexpr uint32_t kFirstBlock = 64;
  static constexpr uint32_t kShare = 16;

  void enter(Date day);

  NumberBlocks& blocks_;
  NumberKind kind_;
  uint32_t max_;
  Date day_;              // whose numbers these are:
  uint32_t first_ = 0;    // the first one that this run may give; 0: no day was entered yet
  uint32_t through_ = 0;  // reserved up to here
  uint32_t block_ = kFirstBlock;
  bool skipped_ = false;
};

}  // namespace jiexu
