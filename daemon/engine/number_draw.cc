#include "daemon/engine/number_draw.h"

#include <algorithm>

namespace jiexu {

void NumberDraw::enter(Date day) {
  day_ = day;
  through_ = std::min(blocks_.reserved(kind_, day), max_);
  first_ = through_ + 1;
  block_ = kFirstBlock;
}

Result<uint32_t> NumberDraw::at_least(Date day, uint32_t from) {
  if (first_ == 0 || day != day_) {
    TRY_DO(keep_skip());
    enter(day);
  }
  from = std::max(from, first_);
  if (from > max_) return 0;
  if (from <= through_) return from;
  const uint32_t left = max_ - from + 1;
  const uint32_t size = std::clamp(left / kShare, 1U, block_);
  TRY_DO(blocks_.reserve(kind_, day, from + size - 1));
  through_ = from + size - 1;
  skipped_ = false;
  block_ = std::min(block_ * 2, max_);
  return from;
}

void NumberDraw::skip(Date day, uint32_t from) {
  if (first_ == 0 || day != day_) enter(day);
  first_ = std::min(std::max({first_, through_ + 1, from}), max_ + 1);
  block_ = kFirstBlock;
  skipped_ = true;
}

Result<void> NumberDraw::keep_skip() {
  if (!skipped_) return {};
  skipped_ = false;
  return blocks_.reserve(kind_, day_, first_ - 1);
}

}  // namespace jiexu
