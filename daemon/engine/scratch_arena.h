// Memory for the messages of one step, used again for the next: its first block is kept, so that
// steps of usual size allocate nothing but the texts too long for a string's own room.
#pragma once

#include <google/protobuf/arena.h>

#include <memory>

namespace jiexu {

class ScratchArena {
 public:
  // Forgets everything that was made since the last call.
  google::protobuf::Arena& fresh() {
    arena_.Reset();
    return arena_;
  }
  google::protobuf::Arena& get() { return arena_; }

 private:
  static constexpr size_t kBlock = 16 << 10;
  std::unique_ptr<char[]> block_ = std::make_unique<char[]>(kBlock);
  google::protobuf::Arena arena_{block_.get(), kBlock};
};

}  // namespace jiexu
