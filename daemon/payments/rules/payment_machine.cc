#include "daemon/payments/rules/payment_machine.h"

#include <algorithm>
#include <iterator>

#include "daemon/base/check.h"

namespace jiexu {
namespace {

using E = PaymentEvent;
using S = PaymentState;
using I = PaymentIf;
using Q = PaymentQuestion;
using A = PaymentAnswer;
using D = PaymentDuty;
using K = PaymentAsk;

using States = SetOf<S>;
using Duties = SetOf<D>;

constexpr States kAny = {S::kOrdered, S::kBatched,  S::kExported,
                         S::kPaid,    S::kReturned, S::kTakenBack};
constexpr States kWaits = {S::kOrdered, S::kBatched};
constexpr States kAtBank = {S::kExported, S::kPaid};
constexpr States kOwed = {S::kOrdered, S::kBatched, S::kExported};
constexpr States kBack = {S::kReturned, S::kTakenBack};
constexpr S kStay = kSamePayment;
constexpr Duties kNo;

// clang-format off
constexpr PaymentRow kRows[] = {
    // event              from           if                  to              the question                                  answer            and
    {E::kCollected,       S::kOrdered,   I::kAlways,         S::kBatched,    K::kKeep,           Q::kNone,                 A::kDone,         kNo},
    {E::kCollected,       kAny,          I::kAlways,         kStay,          K::kKeep,           Q::kNone,                 A::kNotWaiting,   kNo},
    {E::kDropped,         S::kBatched,   I::kAlways,         S::kOrdered,    K::kKeep,           Q::kNone,                 A::kDone,         kNo},
    {E::kDropped,         kAny,          I::kAlways,         kStay,          K::kKeep,           Q::kNone,                 A::kNotInBatch,   kNo},
    {E::kExported,        S::kBatched,   I::kAlways,         S::kExported,   K::kKeep,           Q::kNone,                 A::kDone,         D::kStampExport},
    {E::kExported,        kAny,          I::kAlways,         kStay,          K::kKeep,           Q::kNone,                 A::kNotInBatch,   kNo},

    {E::kTakenBack,       kWaits,        I::kWholeBack,      S::kTakenBack,  K::kKeep,           Q::kNone,                 A::kDone,         D::kLeaveBatch},
    {E::kTakenBack,       kWaits,        I::kAlways,         S::kOrdered,    K::kKeep,           Q::kNone,                 A::kDone,         D::kLeaveBatch},
    {E::kTakenBack,       kAtBank,       I::kWholeBack,      S::kReturned,   K::kKeep,           Q::kNone,                 A::kDone,         kNo},
    {E::kTakenBack,       kAny,          I::kAlways,         kStay,          K::kKeep,           Q::kNone,                 A::kDone,         kNo},

    {E::kSaidPending,     kAny,          I::kAlways,         kStay,          K::kKeep,           Q::kNone,                 A::kPending,      kNo},

    {E::kSaidPaid,        kWaits,        I::kDoubtful,       S::kPaid,       K::kKeep,           Q::kNone,                 A::kPaid,         {D::kLeaveBatch, D::kForgetKnown}},
    {E::kSaidPaid,        kWaits,        I::kAlways,         S::kPaid,       K::kAsk,            Q::kPaidUnexported,       A::kContradicts,  D::kLeaveBatch},
    {E::kSaidPaid,        S::kExported,  I::kAlways,         S::kPaid,       K::kKeep,           Q::kNone,                 A::kPaid,         D::kForgetKnown},
    {E::kSaidPaid,        S::kPaid,      I::kAlways,         kStay,          K::kKeep,           Q::kNone,                 A::kKnown,        kNo},
    {E::kSaidPaid,        S::kReturned,  I::kWentAndCame,    kStay,          K::kKeep,           Q::kNone,                 A::kKnown,        kNo},
    {E::kSaidPaid,        S::kReturned,  I::kAskedForReturn, kStay,          K::kAsk,            Q::kDebitedAndReturned,   A::kContradicts,  kNo},
    {E::kSaidPaid,        S::kTakenBack, I::kLost,           S::kReturned,   K::kAsk,            Q::kDebitedAndReturned,   A::kContradicts,  kNo},
    {E::kSaidPaid,        kBack,         I::kAlways,         kStay,          K::kAsk,            Q::kPaidAndBack,          A::kContradicts,  kNo},

    {E::kSaidRejected,    kWaits,        I::kCertain,        kStay,          K::kAsk,            Q::kRejectedUnexported,   A::kContradicts,  kNo},
    {E::kSaidRejected,    kOwed,         I::kUnreachable,    kStay,          K::kKeep,           Q::kNone,                 A::kLater,        kNo},
    {E::kSaidRejected,    kOwed,         I::kAlways,         kStay,          K::kKeep,           Q::kNone,                 A::kRejected,     D::kTellCase},
    {E::kSaidRejected,    S::kPaid,      I::kRefusalKnown,   kStay,          K::kKeep,           Q::kNone,                 A::kKnown,        kNo},
    {E::kSaidRejected,    S::kPaid,      I::kAlways,         kStay,          K::kAsk,            Q::kRejectedAfterPaid,    A::kContradicts,  kNo},
    {E::kSaidRejected,    S::kReturned,  I::kAlways,         kStay,          K::kKnownAnswered,  Q::kNone,                 A::kKnown,        D::kNoteRejected},
    {E::kSaidRejected,    S::kTakenBack, I::kLost,           S::kReturned,   K::kKnownAnswered,  Q::kNone,                 A::kKnown,        D::kNoteRejected},
    {E::kSaidRejected,    S::kTakenBack, I::kAlways,         kStay,          K::kKnownAnswered,  Q::kNone,                 A::kKnown,        kNo},

    {E::kSaidKnown,       S::kPaid,      I::kWentAndCame,    kStay,          K::kKeep,           Q::kNone,                 A::kDuplicate,    kNo},
    {E::kSaidKnown,       S::kPaid,      I::kAlways,         kStay,          K::kKeep,           Q::kNone,                 A::kDuplicate,    D::kAwaitDebit},
    {E::kSaidKnown,       S::kExported,  I::kLostUndebited,  kStay,          K::kAsk,            Q::kGivenTwice,           A::kContradicts,  kNo},
    {E::kSaidKnown,       S::kExported,  I::kAlways,         kStay,          K::kKeep,           Q::kNone,                 A::kDuplicate,    D::kAwaitDebit},
    {E::kSaidKnown,       kWaits,        I::kAlways,         S::kExported,   K::kAsk,            Q::kKnownAndUnexported,   A::kContradicts,  {D::kLeaveBatch, D::kStampExport}},
    {E::kSaidKnown,       kBack,         I::kSettled,        kStay,          K::kKeep,           Q::kNone,                 A::kKnown,        kNo},
    {E::kSaidKnown,       kBack,         I::kAlways,         S::kReturned,   K::kAsk,            Q::kKnownAndReturned,     A::kContradicts,  kNo},

    {E::kCaseRefused,     kAny,          I::kAlways,         kStay,          K::kAsk,            Q::kOther,                A::kContradicts,  kNo},
    {E::kRejectionTaken,  kBack,         I::kAlways,         S::kReturned,   K::kKnownAnswered,  Q::kNone,                 A::kRejected,     D::kNoteRejected},
    {E::kRejectionTaken,  kAny,          I::kAlways,         kStay,          K::kKnownAnswered,  Q::kNone,                 A::kRejected,     D::kNoteRejected},

    {E::kDebited,         kWaits,        I::kDoubtful,       S::kPaid,       K::kKnownAnswered,  Q::kNone,                 A::kPaid,         D::kLeaveBatch},
    {E::kDebited,         kWaits,        I::kAlways,         S::kPaid,       K::kAsk,            Q::kPaidUnexported,       A::kContradicts,  D::kLeaveBatch},
    {E::kDebited,         S::kExported,  I::kAlways,         S::kPaid,       K::kKnownAnswered,  Q::kNone,                 A::kPaid,         D::kForgetKnown},
    {E::kDebited,         S::kPaid,      I::kAlways,         kStay,          K::kKnownAnswered,  Q::kNone,                 A::kPaid,         D::kForgetKnown},
    {E::kDebited,         S::kReturned,  I::kStillOut,       kStay,          K::kAsk,            Q::kDebitedAndReturned,   A::kContradicts,  kNo},
    {E::kDebited,         S::kReturned,  I::kAlways,         kStay,          K::kKnownAnswered,  Q::kNone,                 A::kKnown,        kNo},
    {E::kDebited,         S::kTakenBack, I::kLost,           S::kReturned,   K::kAsk,            Q::kDebitedAndReturned,   A::kContradicts,  kNo},
    {E::kDebited,         S::kTakenBack, I::kAlways,         kStay,          K::kAsk,            Q::kPaidAndBack,          A::kContradicts,  kNo},

    {E::kBroughtBack,     S::kTakenBack, I::kAlways,         S::kReturned,   K::kReturnAnswered, Q::kNone,                 A::kDone,         kNo},
    {E::kBroughtBack,     kAny,          I::kAlways,         kStay,          K::kReturnAnswered, Q::kNone,                 A::kDone,         kNo},

    {E::kAcknowledged,    kWaits,        I::kDoubtful,       S::kPaid,       K::kKeep,           Q::kNone,                 A::kPaid,         D::kLeaveBatch},
    {E::kAcknowledged,    kWaits,        I::kAlways,         kStay,          K::kAsk,            Q::kAckedUnexported,      A::kContradicts,  kNo},
    {E::kAcknowledged,    kAny,          I::kAlways,         kStay,          K::kKeep,           Q::kNone,                 A::kKnown,        kNo},
    {E::kPaidTwice,       kWaits,        I::kAlways,         S::kPaid,       K::kKeep,           Q::kNone,                 A::kPaid,         D::kLeaveBatch},
    {E::kPaidTwice,       kAny,          I::kAlways,         kStay,          K::kKeep,           Q::kNone,                 A::kKnown,        kNo},

    {E::kReleased,        kAny,          I::kNotHeld,        kStay,          K::kKeep,           Q::kNone,                 A::kNotHeld,      kNo},
    {E::kReleased,        kWaits,        I::kAckedDoubt,     kStay,          K::kKeep,           Q::kNone,                 A::kIsAcknowledged, kNo},
    {E::kReleased,        kAny,          I::kRecovering,     kStay,          K::kKeep,           Q::kNone,                 A::kIsRecovering, kNo},
    {E::kReleased,        S::kPaid,      I::kRefusedDebited, kStay,          K::kAnswered,       Q::kNone,                 A::kDone,         {D::kStampRelease, D::kNoteRejected}},
    {E::kReleased,        kAtBank,       I::kAsked,          kStay,          K::kAnswered,       Q::kNone,                 A::kDone,         D::kStampRelease},
    {E::kReleased,        kAny,          I::kAsked,          kStay,          K::kAnswered,       Q::kNone,                 A::kDone,         kNo},
    {E::kReleased,        kAny,          I::kAlways,         kStay,          K::kKeep,           Q::kNone,                 A::kDone,         D::kStampRelease},

    {E::kSaidOther,       kAny,          I::kAlways,         kStay,          K::kAsk,            Q::kOther,                A::kContradicts,  kNo},
    {E::kWentOut,         kBack,         I::kUnreachable,    kStay,          K::kKeep,           Q::kNone,                 A::kIsRecovering, kNo},
    {E::kWentOut,         kBack,         I::kDebitedOut,     kStay,          K::kAnswered,       Q::kNone,                 A::kDone,         D::kTellOut},
    {E::kWentOut,         kAny,          I::kAlways,         kStay,          K::kKeep,           Q::kNone,                 A::kIsNotOut,     kNo},
};

struct QuestionText {
  Q question;
  std::string_view name;
  std::string_view text;
};
// Texts are stored: a changed one would be an earlier version's, and read as kOther.
constexpr QuestionText kQuestions[] = {
    {Q::kNone,               "none",                  ""},
    {Q::kPaidUnexported,     "paid-unexported",       "paid, and was not exported from here"},
    {Q::kPaidAndBack,        "paid-and-back",         "paid, and the case has it back"},
    {Q::kDebitedAndReturned, "debited-and-returned",  kDebitedAndReturned},
    {Q::kRejectedUnexported, "rejected-unexported",   "rejected, and was not exported from here"},
    {Q::kRejectedAfterPaid,  "rejected-after-paid",   kRejectedAfterPaid},
    {Q::kKnownAndUnexported, "known-and-unexported",  kKnownAndUnexported},
    {Q::kKnownAndReturned,   "known-and-returned",    kKnownAndReturned},
    {Q::kGivenTwice,         "number-given-twice",    kGivenTwice},
    {Q::kAckedUnexported,    "credited-unexported",   kAckedUnexported},
    {Q::kOther,              "other",                 ""},
};
// clang-format on

bool asks_of_known(Q question) {
  return question == Q::kKnownAndUnexported || question == Q::kKnownAndReturned ||
         question == Q::kGivenTwice;
}

Q asked_after(const PaymentRow& row, Q before) {
  switch (row.ask) {
    case K::kKeep: return before;
    case K::kAnswered: return Q::kNone;
    case K::kKnownAnswered: return asks_of_known(before) ? Q::kNone : before;
    case K::kReturnAnswered: {
      const bool returned = before == Q::kDebitedAndReturned || before == Q::kRejectedAfterPaid;
      return returned || asks_of_known(before) ? Q::kNone : before;
    }
    case K::kAsk: return row.question;
  }
  return before;
}

}  // namespace

std::span<const PaymentRow> payment_rows() {
  return kRows;
}

bool holds(PaymentIf condition, const PaymentFacts& facts) {
  const bool doubted = facts.doubtful || facts.forgotten;
  const bool went_and_came = facts.debited || facts.seen_back;
  const bool asked = facts.question != Q::kNone;
  switch (condition) {
    case I::kAlways: return true;
    case I::kDoubtful: return facts.doubtful;
    case I::kCertain: return !facts.doubtful;
    case I::kUnreachable: return facts.recovering;
    case I::kLost: return facts.lost;
    case I::kLostUndebited: return facts.lost && !facts.debited && !facts.looked && !asked;
    case I::kWentAndCame: return went_and_came;
    case I::kSettled: return went_and_came || facts.rejected;
    case I::kAskedForReturn:
      return facts.question == Q::kDebitedAndReturned || facts.question == Q::kKnownAndReturned;
    case I::kStillOut: return facts.still_out;
    case I::kWholeBack: return facts.whole_back;
    case I::kNotHeld: return !asked && !doubted && !facts.debit_overdue;
    case I::kAckedDoubt: return doubted && facts.acknowledged;
    case I::kRecovering: return doubted && facts.recovering;
    case I::kAsked: return asked;
    case I::kDebitedOut: return facts.debited && facts.still_out;
    case I::kRefusalKnown: return facts.debited && facts.rejected;
    case I::kRefusedDebited: return facts.debited && facts.question == Q::kRejectedAfterPaid;
  }
  return false;
}

PaymentStep step(const PaymentFacts& facts, PaymentEvent event) {
  for (const PaymentRow& row : kRows) {
    if (row.event != event || !row.from.has(facts.state) || !holds(row.condition, facts)) continue;
    const PaymentState to = row.to == kSamePayment ? facts.state : row.to;
    return {to, asked_after(row, facts.question), row.answer, row.duties};
  }
  CHECK(false);  // each event ends with a row of every state without a condition
  return {};
}

std::string_view text(PaymentQuestion question) {
  return kQuestions[static_cast<size_t>(question)].text;
}

std::string_view name(PaymentQuestion question) {
  return kQuestions[static_cast<size_t>(question)].name;
}

PaymentQuestion question_of(std::string_view text) {
  for (const QuestionText& known : kQuestions) {
    if (!known.text.empty() && known.text == text) return known.question;
  }
  return Q::kOther;
}

}  // namespace jiexu
