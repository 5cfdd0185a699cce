// The table of a bank line against a naive twin: random histories, and after each event both say
// the same, and no fen of the line is in two places or in none.
#include <catch2/catch.hpp>
#include <random>

#include "daemon/bank/rules/line_step.h"

using namespace jiexu;

namespace line_twin_test {
namespace {

using O = BankOutcome;
using E = LineEvent;

// Written from the runbook, not from the table: where the money is, and what may be done.
struct Twin {
  O outcome = kNoLine;
  bool queued = false;
  int64_t amount = 0, suspense = 0, cases = 0;
  bool gone = false;    // void, shared with a batch, or taken back
  bool people = false;  // decided it

  bool is_open() const { return queued && outcome != O::kMayRepeat && outcome != O::kUnreadable; }
  void enter(O next) {
    outcome = next;
    queued = rule_of(next).waits;
  }
  void split(int64_t left) {
    suspense = left;
    cases = amount - left;
  }
  void vanish() {
    suspense = cases = 0;
    gone = true;
  }
  bool hear(const LineAsked& asked);
  bool decide(const LineAsked& asked);
  bool match(const LineAsked& asked, O in_part);
};

bool Twin::match(const LineAsked& asked, O in_part) {
  const int64_t left = amount < 0 ? -asked.left.value : asked.left.value;
  split(left);
  const int64_t fee = amount < 0 ? -asked.fee.value : asked.fee.value;
  enter(left == fee ? O::kMatchedByHand : in_part);
  people = !queued;
  return true;
}

bool Twin::decide(const LineAsked& asked) {
  const bool taken_back = outcome == O::kReversed;
  if (outcome == kNoLine || taken_back) return false;
  switch (asked.event) {
    case E::kMatch:
      if (!queued || suspense == 0) return false;
      return match(asked, asked.shares > 1 ? O::kBatchDiffers : O::kNotExpected);
    case E::kMatchNoticed:
      if (!is_open() || suspense <= 0) return false;
      return match(asked, O::kBatchDiffers);
    case E::kSetAside:
      if (!queued || suspense == 0) return false;
      enter(O::kSetAside);
      return people = true;
    case E::kSame: {
      const bool receives = outcome == O::kMatched || outcome == O::kMatchedByHand ||
                            outcome == O::kSetAside || rule_of(outcome).waits;
      if (gone || !receives) return false;
      vanish();
      enter(O::kReportedAgain);
      return people = true;
    }
    case E::kAnother:
      if (!queued || outcome != O::kMayRepeat) return false;
      split(amount < 0 ? -asked.left.value : asked.left.value);
      enter(asked.found);
      people = false;
      return true;
    case E::kUndo: {
      const bool found =
          outcome == O::kMatched ||
          (rule_of(outcome).waits && outcome != O::kMayRepeat && outcome != O::kUnreadable);
      if (!people && (!found || cases <= 0)) return false;
      gone = false;
      split(amount);
      enter(people ? asked.found : O::kNotExpected);
      people = false;
      return true;
    }
    default: return false;
  }
}

bool Twin::hear(const LineAsked& asked) {
  if (asked.event >= E::kMatch) return decide(asked);
  const int64_t left = amount < 0 ? -asked.left.value : asked.left.value;
  const bool is_new = outcome == kNoLine;
  switch (asked.event) {
    case E::kCome:
      if (!is_new) return false;
      split(left);
      enter(asked.found);
      return true;
    case E::kComeUnsure:
      if (!is_new) return false;
      split(amount);
      enter(O::kMayRepeat);
      return true;
    case E::kComeDamaged:
      if (!is_new) return false;
      split(amount);
      enter(O::kUnreadable);
      return true;
    case E::kReport: return !is_new;
    case E::kReportParts:
      if (queued) vanish(), enter(O::kReportedAgain);
      return !is_new;
    case E::kTryAgain:
      if (!is_open()) return false;
      split(left);
      enter(asked.found);
      return true;
    case E::kCaseSettles:
      if (!is_open()) return false;
      if (asked.case_has_all) return enter(O::kMatched), true;
      if (asked.case_apart) return enter(asked.found), true;
      queued = false;
      return true;
    case E::kBatchSettles:
    case E::kBatchBreaks:
      if (!is_open() || outcome != O::kEarly) return false;
      if (asked.event == E::kBatchSettles) vanish();
      enter(asked.event == E::kBatchSettles ? O::kMatched : O::kBatchDiffers);
      return true;
    case E::kReverse: {
      const bool credit = outcome == O::kMatched || outcome == O::kMatchedByHand ||
                          outcome == O::kSetAside || outcome == O::kReturned ||
                          outcome == O::kCameBack ||
                          (!is_new && rule_of(outcome).waits && outcome != O::kMayRepeat &&
                           outcome != O::kUnreadable);
      if (!credit) return false;
      vanish();
      enter(O::kReversed);
      people = false;
      return true;
    }
    default: return false;
  }
}

struct Dice {
  std::mt19937_64 engine;
  uint64_t below(uint64_t n) { return engine() % n; }
  O found() {
    for (;;) {
      const auto one = static_cast<O>(1 + below(21));
      if (found_outcomes().has(one)) return one;
    }
  }
};

LineAsked roll(Dice& dice, const LineNow& line) {
  LineAsked asked;
  asked.event = static_cast<E>(dice.below(static_cast<uint64_t>(E::kLast) + 1));
  asked.found = dice.found();
  const Fen open{std::abs(line.open.value)};
  asked.asked = open;
  // Of a debit a part may be the bank's fee, and not all.
  const bool fee = asked.event == E::kMatch && line.open.value < -1 && dice.below(3) == 0;
  if (fee)
    asked.fee = Fen{1 + static_cast<int64_t>(dice.below(static_cast<uint64_t>(open.value) - 1))};
  asked.asked->value -= asked.fee.value;
  // What stays in suspense is no more than was there.
  const auto most = asked.event == E::kMatch || asked.event == E::kMatchNoticed
                        ? static_cast<uint64_t>(open.value)
                        : static_cast<uint64_t>(std::abs(line.amount.value));
  asked.left = Fen{static_cast<int64_t>(dice.below(2) == 0 ? 0 : dice.below(most + 1))};
  if (asked.event == E::kMatch) asked.left = std::max(asked.left, asked.fee);
  asked.shares = 1 + dice.below(3);
  asked.case_has_all = dice.below(2) == 0;
  asked.case_apart = dice.below(2) == 0;
  return asked;
}

void play(uint64_t seed, int events) {
  Dice dice{std::mt19937_64(seed)};
  LineNow line;
  line.amount = Fen{dice.below(2) == 0 ? 100 : -100};
  line.of_batch = true;
  Twin twin;
  twin.amount = line.amount.value;
  for (int i = 0; i < events; ++i) {
    const LineAsked asked = roll(dice, line);
    INFO("seed " << seed << ", event " << i << " " << name(asked.event) << " of "
                 << static_cast<uint32_t>(line.outcome) << (line.waits ? " waiting" : ""));
    const LineNow before = line;
    const bool done = step(asked, line).has_value();
    REQUIRE(done == twin.hear(asked));
    REQUIRE(line.outcome == twin.outcome);
    REQUIRE(line.waits == twin.queued);
    REQUIRE(line.open.value == twin.suspense);
    REQUIRE(line.with_cases.value == twin.cases);
    REQUIRE(line.by_people == twin.people);
    REQUIRE(may_become(before.outcome, line.outcome));
    const int64_t there = line.open.value + line.with_cases.value;
    REQUIRE((there == (twin.gone || line.outcome == kNoLine ? 0 : twin.amount)));
  }
}

}  // namespace

TEST_CASE("random histories of a line are those of its naive twin") {
  for (uint64_t seed = 1; seed <= 2'000; ++seed) play(seed, 60);
}

TEST_CASE("what is open by the state alone is what step() takes") {
  for (uint64_t seed = 1; seed <= 500; ++seed) {
    Dice dice{std::mt19937_64(seed)};
    LineNow line;
    line.amount = Fen{100};
    for (int i = 0; i < 12; ++i) (void)step(roll(dice, line), line);
    for (const LineAct act : open_acts(line)) {
      LineAsked asked;
      asked.event = event_of(act);
      asked.asked = line.open;
      LineNow then = line;
      CHECK(step(asked, then));
    }
  }
}

}  // namespace line_twin_test
