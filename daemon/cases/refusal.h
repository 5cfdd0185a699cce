// Why an event is refused: one number, one name, one sentence for each rule. The order of the enum
// is the order in which step() checks. Numbers go into answers, faults and quarantine records and
// are never reused.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>

namespace jiexu {

enum class Refusal : uint16_t {
  kNone = 0,
  // The idempotency of the exchange comes before every rule of business.
  kReplayed = 1,       // message with a case_seq that was used before
  kOutOfOrder = 2,     // message with a case_seq that skips one
  kWrongPeer = 3,      // the case is with another agency
  kUnknownCase = 4,    // no such case here
  kCaseExists = 5,     // letter for a case id that exists
  kCaseClosed = 6,     // both ledgers are terminal
  kNotAllowedNow = 7,  // the table has no row for the event in this state
  kGuardFailed = 8,    // it has, but its condition does not hold
  // Content of actions and messages.
  kInputMissing = 20,  // the action needs a field that is not there
  kApplicationInvalid = 21,
  kLetterInvalid = 22,
  kFormInvalid = 23,
  kFormNotOfLetter = 24,  // letter number, person or scheme differ from the letter's
  kFormVersion = 25,      // not the version that comes next
  kAmountNotPositive = 26,
  kAmountDiffers = 27,      // not the amount of form or payment
  kUnknownAgency = 28,      // not in the directory
  kOwnAgency = 29,          // a person cannot be transferred from us to us
  kDuplicateOpenCase = 30,  // X31: an open case of the same person with the same agency
  kClaimedByOther = 31,     // X32: accepted for another destination
  kDateInvalid = 32,
  kRejectCodeMissing = 33,
  kLetterNumbersExhausted = 34,  // 99,999 letters in one day
  kLetterNumberTaken = 35,
  // 36: a money order from a clock ahead of ours was refused; its whole link waits instead.
  kAmountTooLarge = 37,  // more than the forms can hold; sums of such could overflow the ledger
  kInputTooLarge = 38,   // the action says more than fits into a message
  kRecovering = 39,      // messages of ours are being fetched back from this peer (store lost)
  kPayeeInvalid = 40,    // the account breaks a rule
  kPaperInvalid = 41,    // what was keyed in is no message of the other side
  kRefundPaid = 42,      // the person was paid already; the form cannot say otherwise
  kTooManyAttachments = 43,
  kAttachmentInvalid = 44,    // size, name or hash
  kAttachmentUnknown = 45,    // no such file was uploaded, or its bytes are not here
  kTooManyPayments = 46,      // of one case, of which nothing or not all has come back
  kLetterNumberForeign = 47,  // begins with another agency's area and office than its writer's
  kLetterNumberDiffers = 48,  // the message names another letter than its case's
  kBatchNumberForeign = 49,   // begins with another agency's area and office than the payer's
  kTextHidden = 50,           // holds a line end or another character that nobody sees
  kFieldNotTaken = 51,        // the action does not take it, so that it would be dropped
  kNoticeAttempt = 55,        // the payment is neither the next one nor known
  kNoticeContradicts = 56,    // the payment is known, with another amount
  kNoticePayee = 57,          // it goes to another account than the case's
  // The daemon as a whole.
  kStorageLow = 60,          // the disk is nearly full
  kIdempotencyReused = 61,   // the key stands for another request of the user
  kIdempotencyTooMany = 62,  // keys of one user within a day
  kUnconfirmed = 63,         // since the start no peer has said what it has of ours
  kNothingToMail = 64,       // no message of this number waits to be sent to the agency by mail
  kCertificateInvalid = 65,  // it breaks a rule of certificates
  kNotSetAside = 66,         // no message stands at this place in quarantine
  // Bank lines and batches.
  kBankLineUnknown = 80,
  kBankLineSettled = 81,     // it waits in no exception queue, or its money stands with a case
  kAllotmentSum = 82,        // the shares do not add up to the line
  kBankLineNotUnsure = 83,   // nobody asks whether it is another booking
  kBankLineNotDecided = 84,  // no two people have decided on it, or that is undone
  kBankLineOfPayment = 85,   // of a payment of ours, whose own acts undo it
  kBankLineMoneyGone = 86,   // its case does not have the money any more
  kBankLineCaseClosed = 87,  // its case is closed, and the person was credited
  kBankFileNotHeld = 88,     // it waits for nobody
  kBankFileUnknown = 89,     // what is to stand for another file is not here, or waits itself
  // Four eyes.
  kUnknownProposal = 90,
  kOwnProposal = 91,
  kProposalChanged = 92,  // the digest is not that of what would be done now
  kProposalOpen = 93,     // another one waits for its second person
  // Payments and their batches.
  kBatchUnknown = 100,
  kBatchState = 101,        // what was asked for does not fit where it is
  kBatchNotApproved = 102,  // and so it is not exported
  kSamePerson = 103,        // who approves has made the batch, or ordered a payment in it
  kBatchChanged = 104,      // it holds something else than what was seen
  kFileUnwritable = 105,    // a field does not fit the file's format
  kPaymentUnknown = 106,
  kPaymentNotHeld = 107,       // it waits for nobody
  kPayeeListed = 108,          // the account needs no confirmation
  kPayeeNotAsSeen = 109,       // the account is another than what was seen
  kPaymentAcknowledged = 110,  // the other agency has it
  kPaymentAtBank = 111,        // what is taken for its return says that the bank has it
  kPaymentNotOut = 112,        // no line says that it went out, or the case does not have it back
  // Daily statements of a peer.
  kStatementDay = 120,      // no day, one that is not over, or one that was stated before
  kStatementOrder = 121,    // a part or a case is not where it belongs
  kStatementContent = 122,  // a figure that cannot be
};

// The name in answers, such as "duplicate_open_case".
std::string_view name(Refusal refusal);
// One sentence: what was wrong and what to do.
std::string_view explain(Refusal refusal);

// Returned by step(): the event changed nothing.
struct Rejection {
  Refusal refusal = Refusal::kNone;
  std::string detail;  // which field, which rule; no personal data
};

inline Rejection rejection(Refusal refusal, std::string detail = "") {
  return {refusal, std::move(detail)};
}

// The same for functions that return something else if all is well: `return
// refuse(Refusal::kPayeeListed);`
inline tl::unexpected<Rejection> refuse(Refusal refusal, std::string detail = "") {
  return tl::unexpected(Rejection{refusal, std::move(detail)});
}

}  // namespace jiexu
