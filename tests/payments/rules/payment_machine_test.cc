// The life of a payment, row by row.
#include "daemon/payments/rules/payment_machine.h"

#include <catch2/catch.hpp>
#include <set>

#include "daemon/payments/rules/readiness.h"

using namespace jiexu;

namespace payment_machine_test {
namespace {

using E = PaymentEvent;
using S = PaymentState;
using A = PaymentAnswer;
using Q = PaymentQuestion;

constexpr S kStates[] = {S::kOrdered, S::kBatched,  S::kExported,
                         S::kPaid,    S::kReturned, S::kTakenBack};

template <class Visit>
void for_each_event(const Visit& visit) {
  for (int i = 0; i <= static_cast<int>(E::kLast); ++i) visit(static_cast<E>(i));
}

}  // namespace

TEST_CASE("every state of a payment has an answer to every event") {
  for_each_event([](E event) {
    for (const S state : kStates) {
      bool whole = false;
      for (const PaymentRow& row : payment_rows()) {
        whole |= row.event == event && row.from.has(state) && row.condition == PaymentIf::kAlways;
      }
      INFO(name(event) << " in " << name(state));
      CHECK(whole);
    }
  });
}

TEST_CASE("no row of a payment stands behind one that takes all of its cells") {
  for (const PaymentRow& row : payment_rows()) {
    SetOf<S> taken;
    for (const PaymentRow* before = payment_rows().data(); before != &row; ++before) {
      if (before->event == row.event && before->condition == PaymentIf::kAlways) {
        taken.bits |= before->from.bits;
      }
    }
    INFO(name(row.event) << " if " << name(row.condition));
    CHECK((row.from.bits & ~taken.bits) != 0);
  }
}

TEST_CASE("a refusal moves nothing, and who is asked is asked something") {
  for (const PaymentRow& row : payment_rows()) {
    INFO(name(row.event) << " if " << name(row.condition));
    const PaymentStep taken{row.to, {}, row.answer, {}};
    if (taken.refused()) {
      CHECK(row.to == kSamePayment);
      CHECK(row.duties.empty());
      CHECK(row.ask == PaymentAsk::kKeep);
    }
    CHECK((row.ask == PaymentAsk::kAsk) == (row.question != Q::kNone));
    CHECK((row.answer == A::kContradicts) == (row.ask == PaymentAsk::kAsk));
  }
}

TEST_CASE("what the bank has is never collected again") {
  for (const PaymentRow& row : payment_rows()) {
    for (const S from : {S::kExported, S::kPaid, S::kReturned, S::kTakenBack}) {
      if (!row.from.has(from)) continue;
      INFO(name(row.event) << " in " << name(from));
      CHECK(row.to != S::kOrdered);
      CHECK(row.to != S::kBatched);
    }
  }
}

TEST_CASE("a refusal as a duplicate proves that the bank has it: nothing comes back by it") {
  const PaymentStep out = step({.state = S::kExported}, E::kSaidKnown);
  CHECK(out.to == S::kExported);
  CHECK(out.answer == A::kDuplicate);
  CHECK(out.duties.has(PaymentDuty::kAwaitDebit));
  const PaymentStep paid = step({.state = S::kPaid}, E::kSaidKnown);
  CHECK(paid.to == S::kPaid);
  CHECK(paid.duties.has(PaymentDuty::kAwaitDebit));
  CHECK(step({.state = S::kPaid, .debited = true}, E::kSaidKnown).duties.empty());
  CHECK(step({.state = S::kExported, .lost = true}, E::kSaidKnown).question == Q::kGivenTwice);
  for (const S state : kStates) {
    const PaymentStep taken = step({.state = state}, E::kSaidKnown);
    CHECK_FALSE(taken.duties.has(PaymentDuty::kTellCase));
    CHECK(taken.to != S::kOrdered);
  }
}

TEST_CASE("a refusal after paid asks a person, and the case is told nothing") {
  const PaymentStep taken = step({.state = S::kPaid}, E::kSaidRejected);
  CHECK(taken.to == S::kPaid);
  CHECK(taken.answer == A::kContradicts);
  CHECK(taken.question == Q::kRejectedAfterPaid);
  CHECK(taken.duties.empty());
  CHECK(
      step({.state = S::kReturned, .question = Q::kRejectedAfterPaid}, E::kBroughtBack).question ==
      Q::kNone);
}

TEST_CASE(
    "a refusal that two people have looked into, of what shows as debited, asks no second time") {
  const PaymentFacts asked = {
      .state = S::kPaid, .debited = true, .question = Q::kRejectedAfterPaid};
  CHECK(step(asked, E::kReleased).duties.has(PaymentDuty::kNoteRejected));
  CHECK(step({.state = S::kPaid, .debited = true, .rejected = true}, E::kSaidRejected).answer ==
        A::kKnown);
  // What no line shows may have been refused after all.
  CHECK(step({.state = S::kPaid, .rejected = true}, E::kSaidRejected).answer == A::kContradicts);
  CHECK_FALSE(step({.state = S::kPaid, .question = Q::kRejectedAfterPaid}, E::kReleased)
                  .duties.has(PaymentDuty::kNoteRejected));
}

TEST_CASE("what a line has brought back was with the bank, whatever the store knows of that") {
  const PaymentStep back = step({.state = S::kTakenBack, .lost = true}, E::kBroughtBack);
  CHECK(back.to == S::kReturned);
  // Its debit comes after that: nothing of it is out any more.
  CHECK(step({.state = back.to, .lost = true}, E::kDebited).question == Q::kNone);
  CHECK(step({.state = back.to, .lost = true, .seen_back = true}, E::kSaidPaid).question ==
        Q::kNone);
}

TEST_CASE("what a line debits and the case has back can be said to be out, and nothing else") {
  const PaymentFacts out{.state = S::kReturned,
                         .debited = true,
                         .still_out = true,
                         .question = Q::kDebitedAndReturned};
  const PaymentStep taken = step(out, E::kWentOut);
  CHECK(taken.to == S::kReturned);
  CHECK(taken.question == Q::kNone);
  CHECK(taken.duties.has(PaymentDuty::kTellOut));
  CHECK(step({.state = S::kReturned, .debited = true}, E::kWentOut).answer == A::kIsNotOut);
  CHECK(step({.state = S::kReturned, .still_out = true}, E::kWentOut).answer == A::kIsNotOut);
  CHECK(step({.state = S::kPaid, .debited = true, .still_out = true}, E::kWentOut).refused());
}

TEST_CASE("what the bank says of another amount moves nothing, and a person is asked") {
  for (const S state : kStates) {
    const PaymentStep taken = step({.state = state}, E::kSaidOther);
    CHECK(taken.to == state);
    CHECK(taken.question == Q::kOther);
  }
}

TEST_CASE("a release answers what is asked, then what is doubted") {
  CHECK(step({.state = S::kPaid}, E::kReleased).answer == A::kNotHeld);
  const PaymentFacts asked{.state = S::kOrdered, .doubtful = true, .question = Q::kOther};
  CHECK(step(asked, E::kReleased).question == Q::kNone);
  CHECK(step(asked, E::kReleased).duties.empty());
  const PaymentFacts doubted{.state = S::kOrdered, .doubtful = true};
  CHECK(step(doubted, E::kReleased).duties.has(PaymentDuty::kStampRelease));
  CHECK(step({.state = S::kOrdered, .doubtful = true, .acknowledged = true}, E::kReleased).answer ==
        A::kIsAcknowledged);
  CHECK(step({.state = S::kOrdered, .doubtful = true, .recovering = true}, E::kReleased).answer ==
        A::kIsRecovering);
  CHECK(step({.state = S::kExported, .debit_overdue = true}, E::kReleased)
            .duties.has(PaymentDuty::kStampRelease));
}

TEST_CASE("questions are known again by their text") {
  for (int i = 0; i < static_cast<int>(Q::kOther); ++i) {
    const auto question = static_cast<Q>(i);
    if (!text(question).empty()) CHECK(question_of(text(question)) == question);
  }
  CHECK(question_of("what an earlier version asked") == Q::kOther);
  CHECK(question_of("") == Q::kOther);
}

TEST_CASE("names of what happens to payments are distinct and not empty") {
  std::set<std::string_view> names;
  for_each_event([&](E event) { CHECK(names.insert(name(event)).second); });
  for (int i = 0; i <= static_cast<int>(PaymentIf::kLast); ++i) {
    CHECK(names.insert(name(static_cast<PaymentIf>(i))).second);
  }
  for (int i = 0; i <= static_cast<int>(A::kLast); ++i) {
    CHECK(names.insert(name(static_cast<A>(i))).second);
  }
  names.clear();
  for (int i = 0; i <= static_cast<int>(PaymentDuty::kLast); ++i) {
    CHECK(names.insert(name(static_cast<PaymentDuty>(i))).second);
  }
  for (int i = 0; i <= static_cast<int>(Q::kOther); ++i) {
    CHECK(names.insert(name(static_cast<Q>(i))).second);
  }
  CHECK_FALSE(names.contains(""));
}

TEST_CASE("of several obstacles the first of the ladder is told") {
  CHECK(obstacle_to({}).empty());
  CHECK(obstacle_to({.contradicted = true, .doubtful = true}) == kContradictedPayment);
  CHECK(obstacle_to({.contradicted = true, .out_after_all = true}) == kOutAfterAll);
  CHECK(obstacle_to({.contradicted = true, .other_asked = true}) == kContradictedPayment);
  CHECK(obstacle_to({.other_asked = true, .doubtful = true}) == kOtherContradicted);
  CHECK(obstacle_to({.awaits_debit = true, .debit_overdue = true}) == kDebitOverdue);
  CHECK(obstacle_to({.doubtful = true, .acknowledged = true}) == kAcknowledgedPayment);
  CHECK(obstacle_to({.doubtful = true, .payee_confirmed = false}) == kDoubtfulPayment);
  CHECK(obstacle_to({.acknowledged = true}).empty());
  CHECK(obstacle_to({.payee_confirmed = false}) == kUnlistedPayee);
}

}  // namespace payment_machine_test
