// The life of a payment on one page: what becomes of it by each event, as rows of data. step() asks
// the rows and changes nothing; the service that owns the record loads the facts, asks, and writes
// what the answer says. `jiexu remit states` prints the rows, daemon/payments/README.md draws them.
//
// The first row whose event and state fit and whose condition holds is taken. Every cell of state
// and event has a row without a condition, so that every cell has an answer; the rows of an event
// are its ladder: what stands above goes before.
//
// A payment that the bank has is paid at most once: nothing leads from kExported or kPaid back to
// where it could be exported, and what is not sure waits for a person as a question. Pure.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>

#include "daemon/payments/rules/payment_state.h"

namespace jiexu {

// A set of enumerators. REQUIRES: numbers below 32.
template <class Value>
struct SetOf {
  uint32_t bits = 0;

  constexpr SetOf() = default;
  constexpr SetOf(Value one) { add(one); }
  constexpr SetOf(std::initializer_list<Value> values) {
    for (const Value value : values) add(value);
  }
  constexpr bool has(Value value) const { return bits >> static_cast<uint32_t>(value) & 1; }
  constexpr bool empty() const { return bits == 0; }
  constexpr bool operator==(const SetOf&) const = default;

 private:
  constexpr void add(Value value) { bits |= 1u << static_cast<uint32_t>(value); }
};

enum class PaymentEvent : uint8_t {
  kCollected,       // put into a batch
  kDropped,         // taken out of it: the case has changed
  kExported,        // its batch has gone to the bank
  kTakenBack,       // the case has some of it back, or all
  kSaidPending,     // the bank's list: not decided
  kSaidPaid,        // the bank's list
  kSaidRejected,    // the bank's list: it will not be paid
  kSaidKnown,       // the bank's list: refused, because the bank has this EndToEndId
  kCaseRefused,     // the case does not take what the bank rejects
  kRejectionTaken,  // the case has taken it
  kDebited,         // a line of a statement says that it was paid
  kBroughtBack,     // a line has brought it back, and the case has it
  kAcknowledged,    // the other agency has credited it
  kPaidTwice,       // the bank has paid it once more
  kReleased,        // two people have looked and say that it may go on
  kSaidOther,       // the bank's list: it names another amount
  kWentOut,         // two people have looked: it is out, though the case has it back
  kLast = kWentOut,
};

// What a person is asked about a payment. Stored as its text.
enum class PaymentQuestion : uint8_t {
  kNone,
  kPaidUnexported,
  kPaidAndBack,
  kDebitedAndReturned,
  kRejectedUnexported,
  kRejectedAfterPaid,
  kKnownAndUnexported,
  kKnownAndReturned,
  kGivenTwice,
  kAckedUnexported,
  kOther,  // with a text of its own: why the case refused, or an earlier version's
};
// Empty for kNone and kOther.
std::string_view text(PaymentQuestion question);
// The question of a record that waits for a person, by its text.
PaymentQuestion question_of(std::string_view text);

// Everything that decides.
struct PaymentFacts {
  PaymentState state = PaymentState::kOrdered;
  bool doubtful = false;    // it waits, and the store may have forgotten that the bank has it
  bool lost = false;        // the store has lost what was known of it
  bool forgotten = false;   // the same, and neither bank nor person has said anything since
  bool debited = false;     // a line says that it was paid
  bool seen_back = false;   // a line has brought some of it back
  bool still_out = false;   // a line may still bring some of it back
  bool whole_back = false;  // the case has all of it back
  bool rejected = false;  // the bank has booked nothing for it, for another reason than kSaidKnown
  bool acknowledged = false;   // by the other agency
  bool recovering = false;     // messages with the other agency are being recovered
  bool debit_overdue = false;  // the bank has it, and has shown no debit for three working days
  bool looked = false;         // two people have looked since it was exported
  PaymentQuestion question = PaymentQuestion::kNone;
};

enum class PaymentIf : uint8_t {
  kAlways,
  kDoubtful,
  kCertain,      // not doubtful
  kUnreachable,  // the case can tell the other agency nothing now
  kLost,
  kLostUndebited,   // the same, no line says that it was paid, and nobody was asked yet
  kWentAndCame,     // a line has debited it or brought it back
  kSettled,         // the same, or the bank has refused it for another reason
  kAskedForReturn,  // a person looks for the line by which it came back
  kStillOut,
  kWholeBack,
  kNotHeld,         // neither a question nor a doubt
  kAckedDoubt,      // doubted, and the other agency has credited it
  kRecovering,      // doubted, and the other agency may still tell of it
  kAsked,           // a person looks
  kDebitedOut,      // a line has debited it, and may still bring it back
  kRefusalKnown,    // ... and two people have said that it stays paid, whatever the list says
  kRefusedDebited,  // a line has debited it, and a person is asked about its refusal
  kLast = kRefusedDebited,
};

enum class PaymentAnswer : uint8_t {
  kDone,
  kPending,
  kPaid,
  kKnown,     // it was known, and changes nothing
  kRejected,  // the case is to take it back
  kDuplicate,
  kLater,        // the list is to be handed in again
  kContradicts,  // a person is asked
  // Refused, and nothing changes.
  kNotWaiting,
  kNotInBatch,
  kNotHeld,
  kIsAcknowledged,
  kIsRecovering,
  kIsNotOut,
  kLast = kIsNotOut,
};

// What the service does besides.
enum class PaymentDuty : uint8_t {
  kLeaveBatch,    // if it is in one
  kTellCase,      // that the bank sends it back
  kNoteRejected,  // the bank has booked nothing
  kStampExport,   // the bank has it from now on
  kAwaitDebit,    // within three working days, else a person looks
  kStampRelease,  // two people have looked
  kForgetKnown,   // the remark that the bank has it, and all is well
  kTellOut,       // another payment of the case stands for it; none is paid in its place
  kLast = kTellOut,
};

// What becomes of the question.
enum class PaymentAsk : uint8_t {
  kKeep,
  kAnswered,        // whatever it was
  kKnownAnswered,   // of a refusal as known: answered by what the bank says of the first
  kReturnAnswered,  // the same, and of a return that was looked for
  kAsk,             // `question` of the row
};

inline constexpr auto kSamePayment = static_cast<PaymentState>(31);

struct PaymentRow {
  PaymentEvent event;
  SetOf<PaymentState> from;
  PaymentIf condition;
  PaymentState to;
  PaymentAsk ask;
  PaymentQuestion question;
  PaymentAnswer answer;
  SetOf<PaymentDuty> duties;
};

std::span<const PaymentRow> payment_rows();
bool holds(PaymentIf condition, const PaymentFacts& facts);

struct PaymentStep {
  PaymentState to{};
  PaymentQuestion question{};  // afterwards
  PaymentAnswer answer{};
  SetOf<PaymentDuty> duties;
  bool refused() const { return answer >= PaymentAnswer::kNotWaiting; }
};
PaymentStep step(const PaymentFacts& facts, PaymentEvent event);

std::string_view name(PaymentEvent event);
std::string_view name(PaymentIf condition);
// "paid", "known", ...: as answers to the bank's list have it.
std::string_view name(PaymentAnswer answer);
std::string_view name(PaymentDuty duty);
std::string_view name(PaymentQuestion question);

// --- texts ---

inline constexpr std::string_view kDebitedAndReturned =
    "debited, and said to have come back before: no line of the bank brings it back";
// Of a payment that the bank has refused to take a second time. Each begins with kBankHasIt.
inline constexpr std::string_view kBankHasIt =
    "the bank has it already, and takes it no second time";
inline constexpr std::string_view kKnownAndOut =
    "the bank has it already, and takes it no second time: it stays as it is; wait for its debit, "
    "or for the bank's report of the first";
inline constexpr std::string_view kKnownAndUnexported =
    "the bank has it already, and takes it no second time, and nothing here says that it was "
    "exported: ask the bank for day, amount and account of the first";
inline constexpr std::string_view kKnownAndReturned =
    "the bank has it already, and takes it no second time, but the case has it back: ask the bank "
    "what became of the first before anything is paid in its place";
inline constexpr std::string_view kGivenTwice =
    "the bank has it already, and takes it no second time; the store had lost data, so the number "
    "may have been given twice: ask the bank for day, amount and account of the first";
inline constexpr std::string_view kAckedUnexported =
    "the other agency has credited it, and nothing here says that it was exported: ask it and the "
    "bank whose money that was";
inline constexpr std::string_view kRejectedAfterPaid =
    "the bank refuses what it has paid: ask it where the money is before anything is paid in its "
    "place";
// Each with the number of the other payment behind it.
inline constexpr std::string_view kWentOutAsThis =
    "out all the same, though the case had this payment back";
inline constexpr std::string_view kNotNeeded = "not needed, for this payment went out after all";
// With what the bank's list says and what was ordered behind it.
inline constexpr std::string_view kOtherAmount =
    "the bank's report names another amount than was ordered, ask it which it has (reported / "
    "ordered)";

}  // namespace jiexu
