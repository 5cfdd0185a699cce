// What one seed draws: how large the world is and how hard its faults are. Everything else of a run
// follows from the plan and from streams of the same seed.
//
// THE FAULT MODEL
//
// Network. A frame travels as bytes. It may be lost, delivered more than once, delayed and thereby
// overtake others; a pair of agencies may be cut off for a while, in both directions or in one. A
// small part of the frames arrives with one byte changed. Swizzle-clog: one direction after the
// other is cut, until nothing moves, and they are joined again in another order. Windows may be so
// small that they are full all the time. Who sent a frame is never forged, because CURVE is not
// simulated. Frames for an agency that is down are lost.
//
// Disk. A commit takes time; it lands at one moment and is reported at a later one. A process may
// crash at any moment: a commit that has not landed is lost, one that has landed is kept though
// nobody was told; everything uncommitted is gone, and so are the answers that people wait for. A
// commit may fail with either result; the process then ends, as the daemon does. What has landed is
// never lost or changed: torn writes and lost files are tested on the real store. A disk may be
// slow, may hang for seconds, and may get low or short of space for a while, as the engine is told.
//
// Backup. The whole store of an agency may be set back to an earlier copy, one agency at a time,
// when all that it had sent is receipted: its peers hold it. So every case must come back by
// itself; one that is left to a person is an error. What was only local (drafts, imported bank
// lines) is done again by its people. The file with the blocks of numbers is in no backup. (A copy
// of the whole machine, which nothing on the disk says to be old, is outside of the model: what
// people do before a peer speaks may leave a case to them.)
//
// Directory. An agency may lack the entry of another one for a while: it turns away that agency's
// frames as those of a stranger.
//
// Process. Restarts are clean (the running commit finishes, the open one is dropped) or crashes.
// A restarted process knows nothing but its store; two of three are on a machine that remembers
// that it is the newest one.
//
// Clock. A process has a steady clock too, which no fault touches. Wall clocks of agencies differ
// by less than two minutes and take small steps, also back. Days may pass in one moment for
// everybody, so that deadlines fire. A clock that is days wrong is outside of the model: its links
// wait until it is put right (limits::kClockSkewMsMax).
//
// People. Clerks on both sides take random applications and random actions out of those that are
// offered, now and then one that is not; they dispute forms, withdraw and refuse at random moments
// and pay before the form. Where no backups are restored, they also carry letters, answers, forms
// and notices by hand, keyed in before the message itself comes. They attach files to letters and
// forms and take some off again. A clerk whose answer was lost looks at the case first. Tellers
// import the bank's lines once or more often. Cashiers collect payments into batches, approve and
// export them, take the files to the bank, now and then a second time, and hand in its lists; when
// a store was set back they ask the bank what it has. Operators pause a link for a while.
//
// Bank. It delivers after a random delay, in parts, in one transfer for a whole file, with remarks
// that say nothing and with wrong amounts; payments bounce, are rejected, or come back days later;
// credits are taken back and booked anew; some lines belong to nobody (bank.h). What it books
// wrongly it puts right in the end, and it never keeps money; but an order that it pays twice, or
// although it has rejected it, the agencies have to put right.
//
// After the time of trouble everything heals: no more faults, nobody withdraws or disputes any
// more, and every case must reach its end.
#pragma once

#include <cstdint>

#include "tests/sim/mutation.h"

namespace jiexu::sim {

struct NetworkPlan {
  uint32_t loss_permille = 0;
  uint32_t duplicate_permille = 0;
  uint32_t corrupt_permille = 0;
  int64_t delay_ms_min = 1;
  int64_t delay_ms_max = 5;
  int64_t partition_every_ms = 0;  // mean; 0: never
  int64_t partition_ms_max = 0;
  int64_t swizzle_every_ms = 0;  // mean; 0: never
  uint64_t window_bytes = 0;     // that a receiver grants; 0: as in life
  // The first two agencies never hear each other while faults last: their cases go by paper.
  bool by_hand = false;
};

struct DiskPlan {
  int64_t commit_ms_max = 5;
  uint32_t fail_permille = 0;
  int64_t crash_every_ms = 0;  // mean, of each agency; 0: never
  int64_t down_ms_max = 0;
  int64_t hang_every_ms = 0;  // mean, of each agency: commits take seconds for a while
  int64_t full_every_ms = 0;  // mean, of each agency: the disk gets low or short for a while
  int64_t full_ms_max = 0;
  int64_t restore_every_ms = 0;  // mean: somebody makes or restores a backup
};

struct ClockPlan {
  int64_t skew_ms_max = 0;
  int64_t step_every_ms = 0;  // mean; 0: never
  int64_t jump_every_ms = 0;  // mean; 0: never
};

// How the bank gets its orders, and how it misbehaves; see bank.h. Chances are of each payment, or
// each file or line of it.
struct BankPlan {
  bool files = false;
  int64_t collect_ms_max = 1'000;  // between two looks of a cashier
  uint32_t together_permille = 0;  // one transfer for a whole file
  uint32_t part_permille = 150;
  uint32_t misquote_permille = 40;  // the remark says nothing
  uint32_t wrong_permille = 0;      // the amount is wrong at first
  uint32_t reverse_permille = 40;   // a credit is taken back, and booked anew
  uint32_t bounce_permille = 60;
  uint32_t return_permille = 0;
  uint32_t reject_permille = 0;
  uint32_t twice_permille = 0;          // debited and credited a second time (files)
  uint32_t out_after_all_permille = 0;  // of what is rejected: it is paid all the same (files)
  uint32_t again_permille = 0;  // a cashier takes a file there again: each of its looks (files)
  int64_t delay_ms_max = 20'000;
  int64_t return_ms_max = 20'000;  // until what comes back is booked, or what was wrong put right
};

struct Plan {
  uint64_t seed = 0;
  Mutation mutation = Mutation::kNone;
  int agencies = 2;
  bool real_signatures = false;
  int64_t start_ms = 0;    // Unix time at which the world begins
  int64_t trouble_ms = 0;  // how long faults happen
  int cases = 0;
  int64_t stranger_every_ms = 0;  // mean, of each agency: a peer is missing in its directory
  int persons = 0;                // fewer than cases: some apply twice
  int clerks = 1;                 // of each agency
  int64_t think_ms_max = 0;       // between two actions of a clerk
  size_t cases_cached_max = 0;
  NetworkPlan network;
  DiskPlan disk;
  ClockPlan clock;
  BankPlan bank;
};

Plan draw_plan(uint64_t seed);

}  // namespace jiexu::sim
