// What jiexu-exchange measures, a function each: the daemons run and their links flow when it is
// called. It prints one JSON line a result (measure.h: print_row). To add one: declare it here,
// give it a file, add a line to the table in main.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "tests/bench/exchange/site.h"

namespace jiexu::bench {

struct Options {
  SiteOptions site;
  std::string mode = "letters";
  size_t messages = 60'000;
  size_t peers = 1;
  size_t open_cases = 0;
  size_t per_second = 200;
};

// One way as fast as it goes: applications in bulk into the first agency, letters to the others,
// until all are durable at their receivers.
void letters(const Options& options, Site& site);

// An open load of single applications, in time of day whatever became of those before: from the
// moment that each was due until the API has answered at the sender (the letter is durable there)
// and until the letter is applied and durable at the receiver.
void latency(const Options& options, Site& site);

// `messages` letters for an agency that is down, of two: what they cost the sender while they wait,
// what the other agency notices, and how soon they are there when the first one returns.
void dead_peer(const Options& options, Site& site);

// Whole cases in both directions between two agencies, from application to closing, with money:
// clerks act through the API as fast as they get to see what may be done. `messages` is the number
// of cases.
void cases(const Options& options, Site& site);

}  // namespace jiexu::bench
