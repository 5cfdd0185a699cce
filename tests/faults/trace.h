// What strace wrote about one process and its threads, as far as the fault tests ask.
//
// Order is the order of lines. It is causal: strace stops a thread at the entry and at the exit of
// every call it follows and writes the line before it lets the thread go on, so that what one
// thread did because of another's call comes later in the file.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace jiexu::faults {

struct Call {
  std::string name;
  std::string text;    // arguments and result, as strace prints them
  size_t began = 0;    // line of the entry
  size_t ended = 0;    // line of the exit
  double began_s = 0;  // time of the entry
  int64_t result = -1;
  bool injected = false;
};

struct Trace {
  std::vector<Call> calls;         // finished ones, by the line of their exit
  std::optional<double> exited_s;  // when the last thread was gone

  // A process that was killed leaves unfinished calls; they are not in it.
  static Trace read(const std::filesystem::path& file);
};

// Answers to POSTs with a status of 2xx that left too early: an answer is in time if a sync of the
// write-ahead log began after the last byte of its request had been read, returned success, and did
// so before the answer was written. (Every such POST of the script changes the store.)
struct EarlyAnswers {
  size_t answers = 0;
  size_t early = 0;
};
EarlyAnswers find_early_answers(const Trace& trace);

// The same of receipts to peers, which leave encrypted: on connections that peers have opened to
// the link port, what is as long as a batch comes in, and what is as long as a receipt goes out; an
// Open is shorter than the one, a heartbeat than the other. REQUIRES: one peer, which sent one
// batch at a time and waited for its receipt.
EarlyAnswers find_early_receipts(const Trace& trace, uint16_t link_port);

}  // namespace jiexu::faults
