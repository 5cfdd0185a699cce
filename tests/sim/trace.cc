#include "tests/sim/trace.h"

#include <cstdio>
#include <cstring>

namespace jiexu::sim {

void Trace::mix(uint64_t word) {
  hash_ = (hash_ ^ word) * 0x100000001b3;
  hash_ ^= hash_ >> 29;
}

void Trace::mix(std::string_view text) {
  mix(text.size());
  while (!text.empty()) {
    uint64_t word = 0;
    const size_t count = text.size() < sizeof(word) ? text.size() : sizeof(word);
    std::memcpy(&word, text.data(), count);
    mix(word);
    text.remove_prefix(count);
  }
}

void Trace::add(std::string_view who, std::string_view what, std::string_view detail,
                std::string_view bytes) {
  mix(static_cast<uint64_t>(schedule_.now()));
  mix(who);
  mix(what);
  mix(detail);
  mix(bytes);
  if (!readable_) return;
  std::printf("%9lld  %-12.*s  %-12.*s  %.*s\n", static_cast<long long>(schedule_.now()),
              static_cast<int>(who.size()), who.data(), static_cast<int>(what.size()), what.data(),
              static_cast<int>(detail.size()), detail.data());
}

}  // namespace jiexu::sim
