// Exceptional lives of cases as texts: who does what, what each agency sees then, and what the
// ledgers say at the end. X01 to X45 are the catalogue's, the others are about money on its way.
// Three agencies, each with its engine on a store in memory, play tests/agency/transcripts/*.txt;
// what they see must be what is written (transcript_test.cc; `simulate --transcript` shows one).
//
//   IN apply accept        IN, OUT or THIRD do these, one after the other; what has been sent is
//                          delivered after each word. Behind a colon: a code, an amount, an agency;
//                          "issue-form:alone" forgets the rows of earlier areas
//   IN#2 apply             about the second case; cases have the person of case 1 unless
//                          "apply:other"
//   bank IN 123456         the bank credits the account of IN, with the letter number of case 1;
//                          below 0: debits. Behind it: #2, unknown, again (the line before, again),
//                          reversed or unknown-reversed (it takes back what it had booked),
//                          returned (a payment of ours comes back, by its EndToEndId), of (names
//                          the payment by it), batch or batch-reversed (names the last batch that
//                          was exported, and nothing else)
//   pay OUT                what OUT has ordered is exported for its bank
//   report OUT rejected    the bank says so of all of it (paid, rejected)
//   hand IN 123456 7#2     a person at IN says that the last line belongs to case 1, and 7 fen of
//                          it to case 2; 123456/2: to payment 2 of the case
//   cut / join             messages wait / are delivered again
//   day 2026-12-04         it is 10:00 on that day, and timers have run
//   garbage OUT            IN's program has signed a message to OUT that nobody can read
//   # ...                  a remark
// Indented lines are what is seen.
//
// Catch's assertions are used inside: REQUIRES a running test.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace jiexu {

// What the carrier and the machines do to a transcript meanwhile.
enum class Weather : uint8_t { kCalm, kStorm };

// The text with what is seen now. `seed` draws the storm.
std::string replay_transcript(const std::string& text, Weather weather, uint64_t seed = 0);

std::string read_transcript(const std::filesystem::path& file);

}  // namespace jiexu
