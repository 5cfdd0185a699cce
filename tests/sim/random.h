// The simulator's only source of chance: xoshiro256**, seeded by SplitMix64. Standard distributions
// differ from library to library, so that only whole numbers drawn here may decide anything.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "daemon/base/check.h"

namespace jiexu::sim {

class Random {
 public:
  explicit Random(uint64_t seed) {
    for (uint64_t& word : state_) word = split_mix(seed);
  }

  uint64_t next() {
    const uint64_t out = std::rotl(state_[1] * 5, 7) * 9;
    const uint64_t shifted = state_[1] << 17;
    state_[2] ^= state_[0];
    state_[3] ^= state_[1];
    state_[1] ^= state_[2];
    state_[0] ^= state_[3];
    state_[2] ^= shifted;
    state_[3] = std::rotl(state_[3], 45);
    return out;
  }

  // From 0 to n - 1. REQUIRES: n > 0. The bias of the remainder does not matter here.
  uint64_t below(uint64_t n) {
    CHECK(n > 0);
    return next() % n;
  }
  // Both ends included.
  int64_t between(int64_t low, int64_t high) {
    return low + static_cast<int64_t>(below(static_cast<uint64_t>(high - low) + 1));
  }
  bool chance(uint32_t permille) { return below(1000) < permille; }

  // An independent stream: what one part draws does not shift what another draws.
  Random fork() { return Random(next()); }

  void fill(std::span<uint8_t> out) {
    for (uint8_t& byte : out) byte = static_cast<uint8_t>(next() >> 32);
  }
  std::string bytes(size_t count) {
    std::string out(count, '\0');
    fill({reinterpret_cast<uint8_t*>(out.data()), out.size()});
    return out;
  }

 private:
  static uint64_t split_mix(uint64_t& x) {
    uint64_t z = x += 0x9e3779b97f4a7c15;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return z ^ z >> 31;
  }

  std::array<uint64_t, 4> state_;
};

}  // namespace jiexu::sim
