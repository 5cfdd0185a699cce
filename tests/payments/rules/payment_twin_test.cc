// Random histories of one payment against a naive twin: the same rules told once more, state by
// state and in plain words, without a table. The twin is what the rules are meant to say; the table
// must say the same in every history.
#include <catch2/catch.hpp>
#include <random>

#include "daemon/payments/rules/payment_machine.h"

using namespace jiexu;

namespace payment_twin_test {
namespace {

using E = PaymentEvent;
using S = PaymentState;
using A = PaymentAnswer;
using Q = PaymentQuestion;

// What is known of a payment, as the service keeps it.
struct Twin {
  S state = S::kOrdered;
  Q question = Q::kNone;
  bool lost = false;
  bool released = false;
  bool debited = false;
  bool seen_back = false;
  bool whole_back = false;
  bool rejected = false;
  bool overdue = false;
  bool acknowledged = false;
  bool recovering = false;
  bool looked = false;

  bool waits() const { return state == S::kOrdered || state == S::kBatched; }
  bool doubtful() const { return waits() && lost && !released; }
  bool forgotten() const {
    return lost && !debited && !seen_back && !released && (waits() || state == S::kTakenBack);
  }
  bool still_out() const { return !seen_back; }
  PaymentFacts facts() const {
    return {state,      doubtful(), lost,         forgotten(), debited, seen_back, still_out(),
            whole_back, rejected,   acknowledged, recovering,  overdue, looked,    question};
  }
};

A ask(Q question, Twin& twin) {
  twin.question = question;
  return A::kContradicts;
}

void forget_known(Twin& twin) {
  if (twin.question == Q::kKnownAndUnexported || twin.question == Q::kKnownAndReturned ||
      twin.question == Q::kGivenTwice) {
    twin.question = Q::kNone;
  }
}

A paid(Twin& twin) {
  if (twin.waits()) {
    const bool sure = twin.doubtful();
    twin.state = S::kPaid;
    return sure ? A::kPaid : ask(Q::kPaidUnexported, twin);
  }
  if (twin.state == S::kExported) {
    twin.state = S::kPaid;
    return A::kPaid;
  }
  if (twin.state == S::kPaid) return A::kKnown;
  if (twin.state == S::kTakenBack && twin.lost) {
    twin.state = S::kReturned;
    return ask(Q::kDebitedAndReturned, twin);
  }
  if (twin.state == S::kTakenBack) return ask(Q::kPaidAndBack, twin);
  if (twin.debited || twin.seen_back) return A::kKnown;
  const bool looked_for =
      twin.question == Q::kDebitedAndReturned || twin.question == Q::kKnownAndReturned;
  return ask(looked_for ? Q::kDebitedAndReturned : Q::kPaidAndBack, twin);
}

A rejected(Twin& twin) {
  if (twin.waits() && !twin.doubtful()) return ask(Q::kRejectedUnexported, twin);
  if (twin.state == S::kPaid && twin.debited && twin.rejected) return A::kKnown;
  if (twin.state == S::kPaid) return ask(Q::kRejectedAfterPaid, twin);
  if (twin.waits() || twin.state == S::kExported) {
    return twin.recovering ? A::kLater : A::kRejected;
  }
  forget_known(twin);
  if (twin.state == S::kTakenBack && !twin.lost) return A::kKnown;
  twin.state = S::kReturned;
  twin.rejected = true;
  return A::kKnown;
}

A known(Twin& twin) {
  if (twin.state == S::kPaid) return A::kDuplicate;
  if (twin.state == S::kExported) {
    const bool twice = twin.lost && !twin.debited && !twin.looked && twin.question == Q::kNone;
    return twice ? ask(Q::kGivenTwice, twin) : A::kDuplicate;
  }
  if (twin.waits()) {
    twin.state = S::kExported;
    return ask(Q::kKnownAndUnexported, twin);
  }
  if (twin.debited || twin.seen_back || twin.rejected) return A::kKnown;
  twin.state = S::kReturned;
  return ask(Q::kKnownAndReturned, twin);
}

A debited(Twin& twin) {
  const bool sure = !twin.waits() || twin.doubtful();
  twin.debited = true;
  if (twin.state == S::kTakenBack) {
    if (!twin.lost) return ask(Q::kPaidAndBack, twin);
    twin.state = S::kReturned;
    return ask(Q::kDebitedAndReturned, twin);
  }
  if (twin.state == S::kReturned && twin.still_out()) return ask(Q::kDebitedAndReturned, twin);
  if (sure) forget_known(twin);
  if (twin.state == S::kReturned) return A::kKnown;
  twin.state = S::kPaid;
  return sure ? A::kPaid : ask(Q::kPaidUnexported, twin);
}

A released(Twin& twin) {
  const bool doubted = twin.doubtful() || twin.forgotten();
  if (twin.question == Q::kNone && !doubted && !twin.overdue) return A::kNotHeld;
  if (twin.waits() && doubted && twin.acknowledged) return A::kIsAcknowledged;
  if (doubted && twin.recovering) return A::kIsRecovering;
  const bool at_bank = twin.state == S::kExported || twin.state == S::kPaid;
  const bool asked = twin.question != Q::kNone;
  const bool of_refusal = twin.question == Q::kRejectedAfterPaid;
  if (of_refusal && twin.debited && twin.state == S::kPaid) twin.rejected = true;
  twin.question = Q::kNone;
  if (asked && !at_bank) return A::kDone;
  twin.released = true;
  twin.looked = at_bank;
  twin.overdue = false;
  return A::kDone;
}

A went_out(Twin& twin) {
  if (twin.state != S::kReturned && twin.state != S::kTakenBack) return A::kIsNotOut;
  if (twin.recovering) return A::kIsRecovering;
  if (!twin.debited || twin.seen_back) return A::kIsNotOut;
  twin.question = Q::kNone;
  return A::kDone;
}

A taken_back(Twin& twin) {
  if (twin.waits()) {
    twin.state = twin.whole_back ? S::kTakenBack : S::kOrdered;
  } else if (twin.whole_back && (twin.state == S::kExported || twin.state == S::kPaid)) {
    twin.state = S::kReturned;
  }
  return A::kDone;
}

A brought_back(Twin& twin) {
  twin.seen_back = true;
  forget_known(twin);
  if (twin.state == S::kTakenBack) twin.state = S::kReturned;
  const bool looked_for =
      twin.question == Q::kDebitedAndReturned || twin.question == Q::kRejectedAfterPaid;
  if (looked_for) twin.question = Q::kNone;
  return A::kDone;
}

A rejection_taken(Twin& twin) {
  forget_known(twin);
  if (twin.state == S::kTakenBack) twin.state = S::kReturned;
  twin.rejected = true;
  return A::kRejected;
}

A pays_without_question(bool holds, Twin& twin) {
  if (!holds) return A::kKnown;
  twin.state = S::kPaid;
  return A::kPaid;
}

A move(S from, S to, A else_answer, Twin& twin) {
  if (twin.state != from) return else_answer;
  twin.state = to;
  return A::kDone;
}

A take(E event, Twin& twin) {
  switch (event) {
    case E::kCollected: return move(S::kOrdered, S::kBatched, A::kNotWaiting, twin);
    case E::kDropped: return move(S::kBatched, S::kOrdered, A::kNotInBatch, twin);
    case E::kExported: return move(S::kBatched, S::kExported, A::kNotInBatch, twin);
    case E::kTakenBack: return taken_back(twin);
    case E::kSaidPending: return A::kPending;
    case E::kSaidPaid: return paid(twin);
    case E::kSaidRejected: return rejected(twin);
    case E::kSaidKnown: return known(twin);
    case E::kCaseRefused: return ask(Q::kOther, twin);
    case E::kRejectionTaken: return rejection_taken(twin);
    case E::kDebited: return debited(twin);
    case E::kBroughtBack: return brought_back(twin);
    case E::kAcknowledged:
      if (twin.waits() && !twin.doubtful()) return ask(Q::kAckedUnexported, twin);
      return pays_without_question(twin.doubtful(), twin);
    case E::kPaidTwice: return pays_without_question(twin.waits(), twin);
    case E::kReleased: return released(twin);
    case E::kSaidOther: return ask(Q::kOther, twin);
    case E::kWentOut: return went_out(twin);
  }
  return A::kDone;
}

// What goes with the event, before anybody is asked.
void note(E event, Twin& twin) {
  if (event == E::kDebited) twin.debited = true;
  if (event == E::kBroughtBack) twin.seen_back = true;
}

}  // namespace

TEST_CASE("in random histories a payment is what its naive twin is") {
  std::mt19937 random(20261130);
  const auto one_in = [&](uint32_t n) { return random() % n == 0; };
  size_t ends = 0;
  for (int history = 0; history < 20'000; ++history) {
    Twin twin;
    twin.lost = one_in(3);
    bool at_bank = false;
    for (int i = 0; i < 12; ++i) {
      const auto event = static_cast<E>(random() % (static_cast<uint32_t>(E::kLast) + 1));
      twin.recovering = one_in(5);
      twin.acknowledged = one_in(5);
      twin.overdue |= one_in(6) && (twin.state == S::kExported || twin.state == S::kPaid);
      if (event == E::kTakenBack) twin.whole_back |= one_in(2);
      Twin asked = twin;
      note(event, asked);
      const PaymentStep taken = step(asked.facts(), event);
      const A said = take(event, twin);
      INFO("history " << history << ", " << name(event) << " in " << name(asked.state));
      REQUIRE(taken.answer == said);
      REQUIRE(taken.to == twin.state);
      REQUIRE(taken.question == twin.question);
      REQUIRE(taken.duties.has(PaymentDuty::kNoteRejected) <= twin.rejected);
      at_bank |= twin.state == S::kExported || twin.state == S::kPaid;
      if (at_bank) REQUIRE_FALSE(twin.waits());
    }
    ends += twin.state == S::kReturned || twin.state == S::kPaid;
  }
  CHECK(ends > 5'000);
}

}  // namespace payment_twin_test
