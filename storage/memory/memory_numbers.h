// Blocks of numbers in memory, for tests and the simulator. The object stands for the file: it
// outlives the engine that draws from it, and a copy of it is an older state of the file.
#pragma once

#include <algorithm>
#include <map>
#include <utility>

#include "storage/number_blocks.h"

namespace jiexu {

class MemoryNumbers final : public NumberBlocks {
 public:
  uint32_t reserved(NumberKind kind, Date day) const override {
    const auto it = through_.find({kind, day});
    return it == through_.end() ? 0 : it->second;
  }
  Result<void> reserve(NumberKind kind, Date day, uint32_t through) override {
    uint32_t& reserved = through_[{kind, day}];
    reserved = std::max(reserved, through);
    return {};
  }

 private:
  std::map<std::pair<NumberKind, Date>, uint32_t> through_;
};

}  // namespace jiexu
