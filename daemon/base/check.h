// CHECK: for our own bugs only. A failed check prints where and what, and aborts, also in release
// builds: a daemon that would continue past a broken invariant could pay twice. What a peer, a
// person or the environment can cause is never checked this way; see result.h.
#pragma once

#include <cstdio>
#include <cstdlib>

namespace jiexu {

[[noreturn]] inline void check_failed(const char* condition, const char* file, int line) {
  std::fprintf(stderr, "%s:%d: CHECK failed: %s\n", file, line, condition);
  std::abort();
}

}  // namespace jiexu

#define CHECK(condition) \
  ((condition) ? static_cast<void>(0) : ::jiexu::check_failed(#condition, __FILE__, __LINE__))
