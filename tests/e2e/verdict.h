// The end of a run, judged from outside through the API: every case ended as its story says, money
// arrived once, both logs are the same, both ledgers balance, nothing lies in an exception queue or
// in quarantine, and no payment waits.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "tests/e2e/world.h"

namespace jiexu::e2e {

struct Direction {
  uint64_t messages = 0;
  int64_t sent_fen = 0;
  int64_t received_fen = 0;
  int64_t credited_fen = 0;
  bool heads_equal = false;
};

struct Verdict {
  std::vector<std::string> faults;  // empty: all is as it must be
  // Cases by "side relationship / funds", at each agency.
  std::array<std::map<std::string, size_t>, 2> endings;
  std::array<Direction, 2> directions;  // [0]: from agency 0 to agency 1
  // Milliseconds from the step that sent a message to the step that it caused, at the other side.
  std::vector<double> latencies_ms;
};

// How many of the first `count` applicants have cases that are closed wherever they exist.
size_t count_closed(World& world, size_t count);

Verdict judge(World& world);
void print(const Verdict& verdict, World& world);

}  // namespace jiexu::e2e
