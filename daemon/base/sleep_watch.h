// Notices that the process was stopped for a while (SIGSTOP, a machine that was suspended or
// starved): whoever waited meanwhile has not waited for a disk. A process that does not run cannot
// tell time from patience, so that patience begins anew when it runs again.
//
// Threads: come_round() one, patience_ms() any.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>

#include "daemon/base/time.h"

namespace jiexu {

class SleepWatch {
 public:
  // To be called about once a second. For how long the process did not run since the last call; 0:
  // it did.
  int64_t come_round(Steady now) {
    const int64_t gap = last_.ms == 0 ? 0 : now.ms - last_.ms;
    last_ = now;
    if (gap < kGapMs) return 0;
    awake_since_ = now.ms;
    return gap;
  }

  // Of a time that something has taken so far, what the process has waited for it since it last
  // began to run.
  int64_t patience_ms(int64_t taken_ms, Steady now) const {
    return std::min(taken_ms, now.ms - awake_since_);
  }

  static constexpr int64_t kGapMs = 3'000;

 private:
  Steady last_;
  std::atomic<int64_t> awake_since_{0};
};

}  // namespace jiexu
