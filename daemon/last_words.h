// How the process ends when something has happened that it cannot go on from and that nobody
// answers for: no memory, no thread, an exception that no one expected. It says so in one line of
// the log and ends with a code of sysexits.h. Nothing is cleaned up: what was told to others is
// durable, and a restart goes on from the disk.
//
// A broken invariant of our own (CHECK) and faults inside libraries end the process by their
// signal, SIGABRT or SIGSEGV, so that a debugger sees where; the log has a line for these too.
#pragma once

#include "daemon/config.h"

namespace jiexu {

// sysexits.h; ops/runbook.md says what to do.
inline constexpr int kExitUnavailable = 69;
inline constexpr int kExitSoftware = 70;
inline constexpr int kExitOsError = 71;
inline constexpr int kExitIoError = 74;
inline constexpr int kExitTempFail = 75;
inline constexpr int kExitConfig = 78;

// From now on memory that is not to be had, exceptions that nobody catches and signals of faults,
// on whatever thread, end the process so. Once, at start; again if the log's format becomes known.
void install_last_words(LogFormat format);

// Writes the line, which needs no memory, and ends the process at once.
[[noreturn]] void end_with(int code, const char* why) noexcept;

}  // namespace jiexu
