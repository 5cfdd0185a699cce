// What happened, in order: a hash over every event, and on request one readable line an event. Two
// runs of one seed are the same run exactly if their hashes are equal.
#pragma once

#include <cstdint>
#include <string_view>

#include "tests/sim/schedule.h"

namespace jiexu::sim {

class Trace {
 public:
  // `schedule` must outlive the trace.
  Trace(const Schedule& schedule, bool readable) : schedule_(schedule), readable_(readable) {}

  // `who`: an agency, or what else acts. `bytes` are hashed and not shown.
  void add(std::string_view who, std::string_view what, std::string_view detail = "",
           std::string_view bytes = "");
  bool readable() const { return readable_; }
  uint64_t hash() const { return hash_; }

 private:
  void mix(uint64_t word);
  void mix(std::string_view text);

  const Schedule& schedule_;
  bool readable_;
  uint64_t hash_ = 0xcbf29ce484222325;
};

}  // namespace jiexu::sim
