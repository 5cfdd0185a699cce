// Names of states, events, guards, effects and refusals, and what follows from a number alone.
#include <array>
#include <utility>

#include "daemon/cases/case.h"
#include "daemon/cases/event.h"
#include "daemon/cases/refusal.h"
#include "daemon/cases/table.h"

namespace jiexu {
namespace {

template <class Key, size_t N>
std::string_view find(const std::pair<Key, std::string_view> (&table)[N], Key key) {
  for (const auto& [known, text] : table) {
    if (known == key) return text;
  }
  return "";
}

constexpr std::pair<Relationship, std::string_view> kRelationships[] = {
    {Relationship::kNone, "NONE"},
    {Relationship::kDraft, "DRAFT"},
    {Relationship::kAccepted, "ACCEPTED"},
    {Relationship::kLetterSent, "LETTER_SENT"},
    {Relationship::kLetterDelivered, "LETTER_DELIVERED"},
    {Relationship::kLetterAccepted, "LETTER_ACCEPTED"},
    {Relationship::kInfoReceived, "INFO_RECEIVED"},
    {Relationship::kInfoDisputed, "INFO_DISPUTED"},
    {Relationship::kInfoConfirmed, "INFO_CONFIRMED"},
    {Relationship::kDone, "DONE"},
    {Relationship::kRefusedByOut, "REFUSED_BY_OUT"},
    {Relationship::kWithdrawn, "WITHDRAWN"},
    {Relationship::kFailed, "FAILED"},
    {Relationship::kPaper, "PAPER"},
    {Relationship::kLetterReceived, "LETTER_RECEIVED"},
    {Relationship::kLetterChecking, "LETTER_CHECKING"},
    {Relationship::kLetterRejected, "LETTER_REJECTED"},
    {Relationship::kLetterForwarded, "LETTER_FORWARDED"},
    {Relationship::kOutAccepted, "OUT_ACCEPTED"},
    {Relationship::kStopped, "STOPPED"},
    {Relationship::kFormIssued, "FORM_ISSUED"},
    {Relationship::kFormDisputed, "FORM_DISPUTED"},
    {Relationship::kFormConfirmed, "FORM_CONFIRMED"},
    {Relationship::kOutDone, "OUT_DONE"},
    {Relationship::kOutWithdrawn, "OUT_WITHDRAWN"},
    {Relationship::kOutFailed, "OUT_FAILED"},
};

constexpr std::pair<Funds, std::string_view> kFunds[] = {
    {Funds::kUnknown, "UNKNOWN"},
    {Funds::kNoneDue, "NONE_DUE"},
    {Funds::kExpected, "EXPECTED"},
    {Funds::kNoticed, "NOTICED"},
    {Funds::kReceivedDiffers, "RECEIVED_DIFFERS"},
    {Funds::kMatched, "MATCHED"},
    {Funds::kCredited, "CREDITED"},
    {Funds::kReturnedToOut, "RETURNED_TO_OUT"},
    {Funds::kRefundedToPerson, "REFUNDED_TO_PERSON"},
    {Funds::kSuspense, "SUSPENSE"},
    {Funds::kNotComputed, "NOT_COMPUTED"},
    {Funds::kComputed, "COMPUTED"},
    {Funds::kWithFinance, "WITH_FINANCE"},
    {Funds::kPaid, "PAID"},
    {Funds::kBankReturned, "BANK_RETURNED"},
    {Funds::kAckedByIn, "ACKED_BY_IN"},
    {Funds::kRefundToPerson, "REFUND_TO_PERSON"},
    {Funds::kNothingToPay, "NOTHING_TO_PAY"},
};

constexpr std::pair<Overlay, std::string_view> kOverlays[] = {
    {Overlay::kNone, "NONE"},
    {Overlay::kReminded, "REMINDED"},
    {Overlay::kClarifying, "CLARIFYING"},
    {Overlay::kSuspended, "SUSPENDED"},
    {Overlay::kWithdrawalPending, "WITHDRAWAL_PENDING"},
    {Overlay::kReopenPending, "REOPEN_PENDING"},
    {Overlay::kInvalidated, "INVALIDATED"},
};

constexpr std::pair<EventKind, std::string_view> kEvents[] = {
    {EventKind::kApply, "apply"},
    {EventKind::kAccept, "accept"},
    {EventKind::kSendLetter, "send-letter"},
    {EventKind::kWithdraw, "withdraw"},
    {EventKind::kConfirmForm, "confirm-form"},
    {EventKind::kQueryForm, "query-form"},
    {EventKind::kCredit, "credit"},
    {EventKind::kClose, "close"},
    {EventKind::kAcceptLetter, "accept-letter"},
    {EventKind::kRejectLetter, "reject-letter"},
    {EventKind::kStopInsurance, "stop-insurance"},
    {EventKind::kIssueForm, "issue-form"},
    {EventKind::kRemit, "remit"},
    {EventKind::kLetterIn, "letter-received"},
    {EventKind::kLetterAcceptIn, "letter-accept-received"},
    {EventKind::kLetterRejectIn, "letter-reject-received"},
    {EventKind::kWithdrawIn, "withdraw-received"},
    {EventKind::kWithdrawReplyIn, "withdraw-reply-received"},
    {EventKind::kInfoFormIn, "form-received"},
    {EventKind::kInfoConfirmIn, "form-confirm-received"},
    {EventKind::kInfoQueryIn, "form-query-received"},
    {EventKind::kRemitNoticeIn, "remittance-notice-received"},
    {EventKind::kFundsAckIn, "funds-ack-received"},
    {EventKind::kCloseIn, "close-received"},
    {EventKind::kFaultIn, "fault-received"},
    {EventKind::kBankCredit, "bank-credit"},
    {EventKind::kDelivered, "letter-delivered"},
    {EventKind::kDeadlinePassed, "deadline-passed"},
};

constexpr std::pair<Guard, std::string_view> kGuards[] = {
    {Guard::kAlways, "always"},
    {Guard::kNoWithdrawalPending, "no withdrawal is pending"},
    {Guard::kWithdrawalAccepted, "the withdrawal is accepted"},
    {Guard::kWithdrawalTooLate, "the withdrawal came too late"},
    {Guard::kWithdrawalMoot, "there is nothing to withdraw"},
    {Guard::kFormTransfers, "the form transfers a balance"},
    {Guard::kFormTransfersMoved, "the form transfers what has been paid"},
    {Guard::kFormRefunds, "the form refunds the person"},
    {Guard::kFormPaysNothing, "the form moves no money"},
    {Guard::kVersionCurrent, "it is about the newest form version"},
    {Guard::kNoFindings, "the form breaks no rule"},
    {Guard::kFormMissing, "no form has come yet"},
    {Guard::kHasAccount, "the scheme has a personal account"},
    {Guard::kAmountCompletes, "received equals due"},
    {Guard::kAmountAcknowledges, "the amount is what was paid"},
    {Guard::kFundsTerminal, "the funds are settled"},
};

constexpr std::pair<Effect, std::string_view> kEffects[] = {
    {Effect::kSendLetter, "send letter"},
    {Effect::kSendLetterAccept, "send letter-accept"},
    {Effect::kSendLetterReject, "send letter-reject"},
    {Effect::kSendWithdraw, "send withdraw"},
    {Effect::kReplyWithdrawAccepted, "send withdraw-reply(accepted)"},
    {Effect::kReplyWithdrawTooLate, "send withdraw-reply(too late)"},
    {Effect::kReplyWithdrawMoot, "send withdraw-reply(moot)"},
    {Effect::kSendForm, "send information-form"},
    {Effect::kSendInfoConfirm, "send information-confirm"},
    {Effect::kSendInfoQuery, "send information-query"},
    {Effect::kSendRemitNotice, "send remittance-notice"},
    {Effect::kSendFundsAck, "send funds-ack"},
    {Effect::kSendClose, "send close"},
    {Effect::kPostPayable, "post payable"},
    {Effect::kPostPaid, "post paid"},
    {Effect::kPostSettled, "post settled"},
    {Effect::kPostReceivable, "post receivable"},
    {Effect::kPostReceived, "post received"},
    {Effect::kPostSuspense, "post suspense"},
    {Effect::kPostFromSuspense, "post from suspense"},
    {Effect::kPostCredited, "post credited"},
};

struct RefusalText {
  Refusal refusal;
  std::string_view name;
  std::string_view text;
};

constexpr RefusalText kRefusals[] = {
    {Refusal::kReplayed, "replayed", "This message of the case was received before."},
    {Refusal::kOutOfOrder, "out_of_order", "A message of the case before this one is missing."},
    {Refusal::kWrongPeer, "wrong_peer", "The case is with another agency."},
    {Refusal::kUnknownCase, "unknown_case", "There is no such case here; check the number."},
    {Refusal::kCaseExists, "case_exists", "A case with this id exists already."},
    {Refusal::kCaseClosed, "case_closed",
     "The case is closed; relationship and funds are settled."},
    {Refusal::kNotAllowedNow, "not_allowed_now",
     "This cannot be done in the case's present state; see what is allowed now."},
    {Refusal::kGuardFailed, "condition_not_met", "A condition for this does not hold."},
    {Refusal::kInputMissing, "input_missing", "A field that this needs is missing."},
    {Refusal::kApplicationInvalid, "application_invalid", "The application breaks a rule."},
    {Refusal::kLetterInvalid, "letter_invalid", "The contact letter breaks a rule."},
    {Refusal::kFormInvalid, "form_invalid", "The information form breaks a rule."},
    {Refusal::kFormNotOfLetter, "form_not_of_letter",
     "The form is about another letter, person or scheme."},
    {Refusal::kFormVersion, "form_version", "The form does not have the version that comes next."},
    {Refusal::kAmountNotPositive, "amount_not_positive", "The amount must be above zero."},
    {Refusal::kAmountDiffers, "amount_differs",
     "The amount is not the one of the form or the payment; not a fen may differ."},
    {Refusal::kUnknownAgency, "unknown_agency",
     "The agency is not in the directory; add its entry and reload."},
    {Refusal::kOwnAgency, "own_agency", "The transfer-out agency is this agency."},
    {Refusal::kDuplicateOpenCase, "duplicate_open_case",
     "The person has an open case with the same agency."},
    {Refusal::kClaimedByOther, "claimed_by_other",
     "The person's transfer was accepted for another destination."},
    {Refusal::kDateInvalid, "date_invalid", "The date does not exist or lies in the future."},
    {Refusal::kRejectCodeMissing, "reject_code_missing", "A letter is refused only with a code."},
    {Refusal::kLetterNumbersExhausted, "letter_numbers_exhausted",
     "All 99,999 letter numbers of today are used; go on tomorrow."},
    {Refusal::kLetterNumberTaken, "letter_number_taken",
     "A case with this letter number exists already."},
    {Refusal::kClockSkew, "clock_skew",
     "The sender's clock differs too much from ours for an order about money."},
    {Refusal::kAmountTooLarge, "amount_too_large", "The amount is above 9,999,999,999.99 yuan."},
    {Refusal::kInputTooLarge, "input_too_large", "The input is too long; shorten its texts."},
    {Refusal::kRecovering, "recovering",
     "Messages to this agency are being fetched back after a loss of data here; try again later."},
    {Refusal::kBankLineUnknown, "bank_line_unknown", "There is no such bank line."},
    {Refusal::kBankLineSettled, "bank_line_settled",
     "The line waits in no tray, or its money stands with a case: act on the case."},
    {Refusal::kAllotmentSum, "allotment_sum",
     "The shares must be above 0 and add up to the line's amount."},
    {Refusal::kStorageLow, "storage_low",
     "The disk is nearly full; nothing was done. Free some space and try again."},
};

}  // namespace

bool is_terminal(Relationship relationship) {
  static constexpr StateSet<Relationship> kTerminal = {Relationship::kDone,
                                                       Relationship::kRefusedByOut,
                                                       Relationship::kWithdrawn,
                                                       Relationship::kFailed,
                                                       Relationship::kPaper,
                                                       Relationship::kLetterRejected,
                                                       Relationship::kLetterForwarded,
                                                       Relationship::kOutDone,
                                                       Relationship::kOutWithdrawn,
                                                       Relationship::kOutFailed};
  return kTerminal.has(relationship);
}

bool is_terminal(Funds funds) {
  static constexpr StateSet<Funds> kTerminal = {
      Funds::kNoneDue,   Funds::kCredited,       Funds::kReturnedToOut, Funds::kRefundedToPerson,
      Funds::kAckedByIn, Funds::kRefundToPerson, Funds::kNothingToPay};
  return kTerminal.has(funds);
}

std::string_view name(Side side) {
  return side == Side::kIn ? "IN" : "OUT";
}
std::string_view name(Relationship relationship) {
  return find(kRelationships, relationship);
}
std::string_view name(Funds funds) {
  return find(kFunds, funds);
}
std::string_view name(Overlay overlay) {
  return find(kOverlays, overlay);
}
std::string_view name(EventKind kind) {
  return find(kEvents, kind);
}
std::string_view name(Guard guard) {
  return find(kGuards, guard);
}
std::string_view name(Effect effect) {
  return find(kEffects, effect);
}

std::string_view name(Refusal refusal) {
  for (const RefusalText& row : kRefusals) {
    if (row.refusal == refusal) return row.name;
  }
  return "none";
}

std::string_view explain(Refusal refusal) {
  for (const RefusalText& row : kRefusals) {
    if (row.refusal == refusal) return row.text;
  }
  return "";
}

bool is_action(EventKind kind) {
  return kind != EventKind::kNone && static_cast<uint8_t>(kind) < 40;
}

std::optional<EventKind> action_from_name(std::string_view text) {
  for (const auto& [kind, known] : kEvents) {
    if (known == text && is_action(kind)) return kind;
  }
  return std::nullopt;
}

EventKind event_of(v1::Message::BodyCase body) {
  switch (body) {
    case v1::Message::kLetter: return EventKind::kLetterIn;
    case v1::Message::kLetterAccept: return EventKind::kLetterAcceptIn;
    case v1::Message::kLetterReject: return EventKind::kLetterRejectIn;
    case v1::Message::kWithdraw: return EventKind::kWithdrawIn;
    case v1::Message::kWithdrawReply: return EventKind::kWithdrawReplyIn;
    case v1::Message::kInformationForm: return EventKind::kInfoFormIn;
    case v1::Message::kInformationConfirm: return EventKind::kInfoConfirmIn;
    case v1::Message::kInformationQuery: return EventKind::kInfoQueryIn;
    case v1::Message::kRemittanceNotice: return EventKind::kRemitNoticeIn;
    case v1::Message::kFundsAck: return EventKind::kFundsAckIn;
    case v1::Message::kClose: return EventKind::kCloseIn;
    case v1::Message::kFault: return EventKind::kFaultIn;
    case v1::Message::BODY_NOT_SET: return EventKind::kNone;
  }
  return EventKind::kNone;
}

const Deadline* Case::deadline(DeadlineKind kind) const {
  for (const Deadline& deadline : deadlines) {
    if (deadline.kind == kind) return &deadline;
  }
  return nullptr;
}

}  // namespace jiexu
