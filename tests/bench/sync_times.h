// When each sync of a program returned, in memory that the program under measurement (preload.cc)
// and the benchmark share. Watching it costs the program nothing, while asking it would.
#pragma once

#include <atomic>
#include <cstdint>
#include <ctime>

namespace jiexu::bench {

struct SyncTimes {
  static constexpr uint64_t kMax = 1 << 17;

  std::atomic<uint64_t> count;    // of those begun; later ones are not noted
  std::atomic<int64_t> ns[kMax];  // monotonic

  void add() {
    timespec now{};
    ::clock_gettime(CLOCK_MONOTONIC, &now);
    const uint64_t place = count.fetch_add(1);
    if (place < kMax) ns[place] = now.tv_sec * 1'000'000'000 + now.tv_nsec;
  }
};

}  // namespace jiexu::bench
