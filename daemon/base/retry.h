// System calls that a signal may interrupt.
#pragma once

#include <cerrno>

namespace jiexu {

// Calls `call` until no signal interrupts it (EINTR), and returns what it then did: -1 with errno,
// as a system call does, or 0 and more.
template <class Call>
auto uninterrupted(const Call& call) {
  auto result = call();
  while (result < 0 && errno == EINTR) result = call();
  return result;
}

}  // namespace jiexu
