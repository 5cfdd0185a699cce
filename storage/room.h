// How much room the disk under the store has left: what is taken and what is refused follows it.
#pragma once

#include <cstdint>

namespace jiexu {

enum class Room : uint8_t {
  kAmple,
  kLow,    // no new work
  kShort,  // no messages of peers either
};

struct FreeSpace {
  Room room = Room::kAmple;
  uint64_t bytes = 0;
};

}  // namespace jiexu
