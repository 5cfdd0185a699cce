// Names of what the tables hold, for people.
#include "daemon/payments/rules/batch_machine.h"
#include "daemon/payments/rules/payment_machine.h"

namespace jiexu {

std::string_view name(PaymentEvent event) {
  switch (event) {
    case PaymentEvent::kCollected: return "collected";
    case PaymentEvent::kDropped: return "dropped";
    case PaymentEvent::kExported: return "exported";
    case PaymentEvent::kTakenBack: return "taken-back-by-case";
    case PaymentEvent::kSaidPending: return "said-pending";
    case PaymentEvent::kSaidPaid: return "said-paid";
    case PaymentEvent::kSaidRejected: return "said-rejected";
    case PaymentEvent::kSaidKnown: return "refused-as-known";
    case PaymentEvent::kCaseRefused: return "case-refused-rejection";
    case PaymentEvent::kRejectionTaken: return "case-took-rejection";
    case PaymentEvent::kDebited: return "debited";
    case PaymentEvent::kBroughtBack: return "brought-back";
    case PaymentEvent::kAcknowledged: return "acknowledged";
    case PaymentEvent::kPaidTwice: return "paid-twice";
    case PaymentEvent::kReleased: return "released";
    case PaymentEvent::kSaidOther: return "said-of-another-amount";
    case PaymentEvent::kWentOut: return "went-out";
  }
  return "";
}

std::string_view name(PaymentIf condition) {
  switch (condition) {
    case PaymentIf::kAlways: return "always";
    case PaymentIf::kDoubtful: return "the store may have forgotten that the bank has it";
    case PaymentIf::kCertain: return "the store has forgotten nothing of it";
    case PaymentIf::kUnreachable: return "the other agency cannot be told now";
    case PaymentIf::kLost: return "the store had lost what it knew of it";
    case PaymentIf::kLostUndebited:
      return "the store had lost what it knew of it, and no line has debited it";
    case PaymentIf::kWentAndCame: return "a line has debited it or brought it back";
    case PaymentIf::kSettled:
      return "a line has said what became of it, or the bank has refused it";
    case PaymentIf::kAskedForReturn: return "a person looks for the line that brings it back";
    case PaymentIf::kStillOut: return "a line may still bring it back";
    case PaymentIf::kWholeBack: return "the case has all of it back";
    case PaymentIf::kNotHeld: return "it waits for nobody";
    case PaymentIf::kAckedDoubt: return "the other agency has credited it";
    case PaymentIf::kRecovering: return "the other agency may still tell of it";
    case PaymentIf::kAsked: return "a person is asked";
    case PaymentIf::kDebitedOut: return "a line has debited it, and none has brought it back";
    case PaymentIf::kRefusalKnown:
      return "a line has debited it, and people have looked into its refusal";
    case PaymentIf::kRefusedDebited:
      return "a line has debited it, and a person is asked about its refusal";
  }
  return "";
}

std::string_view name(PaymentAnswer answer) {
  switch (answer) {
    case PaymentAnswer::kDone: return "done";
    case PaymentAnswer::kPending: return "pending";
    case PaymentAnswer::kPaid: return "paid";
    case PaymentAnswer::kKnown: return "known";
    case PaymentAnswer::kRejected: return "rejected";
    case PaymentAnswer::kDuplicate: return "duplicate";
    case PaymentAnswer::kLater: return "later";
    case PaymentAnswer::kContradicts: return "contradicts";
    case PaymentAnswer::kNotWaiting: return "refused: it does not wait";
    case PaymentAnswer::kNotInBatch: return "refused: it is in no batch";
    case PaymentAnswer::kNotHeld: return "refused: it waits for nobody";
    case PaymentAnswer::kIsAcknowledged: return "refused: the other agency has it";
    case PaymentAnswer::kIsRecovering: return "refused: messages are being recovered";
    case PaymentAnswer::kIsNotOut: return "refused: no line shows it, or the case lacks nothing";
  }
  return "";
}

std::string_view name(PaymentDuty duty) {
  switch (duty) {
    case PaymentDuty::kLeaveBatch: return "leaves its batch";
    case PaymentDuty::kTellCase: return "the case is told that it comes back";
    case PaymentDuty::kNoteRejected: return "noted as rejected";
    case PaymentDuty::kStampExport: return "the bank has it from now on";
    case PaymentDuty::kAwaitDebit: return "its debit is awaited";
    case PaymentDuty::kStampRelease: return "released";
    case PaymentDuty::kForgetKnown: return "all is well";
    case PaymentDuty::kTellOut: return "the case is told that it is out";
  }
  return "";
}

std::string_view name(BatchEvent event) {
  switch (event) {
    case BatchEvent::kLeft: return "payments-left";
    case BatchEvent::kApprove: return "approve";
    case BatchEvent::kExport: return "export";
    case BatchEvent::kReplayed: return "known-from-notices";
  }
  return "";
}

std::string_view name(BatchIf condition) {
  switch (condition) {
    case BatchIf::kAlways: return "always";
    case BatchIf::kEmpty: return "it holds nothing any more";
    case BatchIf::kSameAgain: return "the same person has approved the same";
    case BatchIf::kByMaker: return "the person has made it";
    case BatchIf::kByOrderer: return "the person has ordered a payment in it";
    case BatchIf::kShrunk: return "payments had to leave it";
    case BatchIf::kNotAsSeen: return "it is not what was seen or approved";
    case BatchIf::kOtherFormat: return "it was exported in another format";
    case BatchIf::kFileLost: return "its file is lost";
    case BatchIf::kUnconfirmed: return "the store may be an older copy";
    case BatchIf::kUnreachable: return "an agency cannot be told now";
  }
  return "";
}

std::string_view name(BatchAnswer answer) {
  switch (answer) {
    case BatchAnswer::kDone: return "done";
    case BatchAnswer::kAsBefore: return "as before";
    case BatchAnswer::kWrongState: return "refused: not now";
    case BatchAnswer::kNotApproved: return "refused: it is not approved";
    case BatchAnswer::kSamePersonMade: return "refused: who made it does not approve it";
    case BatchAnswer::kSamePersonOrdered: return "refused: who ordered does not approve";
    case BatchAnswer::kChanged: return "refused: it has changed";
    case BatchAnswer::kFormatDiffers: return "refused: the format is another one";
    case BatchAnswer::kFileGone: return "refused: there is no file";
    case BatchAnswer::kUnconfirmed: return "refused: the store may be an older copy";
    case BatchAnswer::kRecovering: return "refused: messages are being recovered";
  }
  return "";
}

}  // namespace jiexu
