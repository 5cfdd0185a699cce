// Names of states and events, and what follows from a number alone.
#include <array>
#include <utility>

#include "daemon/cases/case.h"
#include "daemon/cases/event.h"
#include "daemon/cases/lookup.h"
#include "daemon/cases/table.h"

namespace jiexu {
namespace {

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
    {Funds::kPaid, "PAID"},
    {Funds::kBankReturned, "BANK_RETURNED"},
    {Funds::kAckedByIn, "ACKED_BY_IN"},
    {Funds::kRefundToPerson, "REFUND_TO_PERSON"},
    {Funds::kNothingToPay, "NOTHING_TO_PAY"},
    {Funds::kOverpaid, "OVERPAID"},
    {Funds::kRefundDue, "REFUND_DUE"},
};

constexpr std::pair<Overlay, std::string_view> kOverlays[] = {
    {Overlay::kNone, "NONE"},
    {Overlay::kReminded, "REMINDED"},
    {Overlay::kClarifying, "CLARIFYING"},
    {Overlay::kSuspended, "SUSPENDED"},
    {Overlay::kWithdrawalPending, "WITHDRAWAL_PENDING"},
    {Overlay::kReopenPending, "REOPEN_PENDING"},
    {Overlay::kInvalidated, "INVALIDATED"},
    {Overlay::kReminding, "REMINDING"},
    {Overlay::kAsking, "ASKING"},
    {Overlay::kReopenAsked, "REOPEN_ASKED"},
    {Overlay::kCancelPending, "CANCEL_PENDING"},
    {Overlay::kCancelAsked, "CANCEL_ASKED"},
    {Overlay::kPayeeWanted, "PAYEE_WANTED"},
    {Overlay::kFundsDiffer, "FUNDS_DIFFER"},
    {Overlay::kEscalated, "ESCALATED"},
    {Overlay::kUnclear, "UNCLEAR"},
    {Overlay::kUpstreamOpen, "UPSTREAM_OPEN"},
    {Overlay::kIncomplete, "INCOMPLETE"},
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
    {EventKind::kChangePayee, "change-payee"},
    {EventKind::kReturnFunds, "return-funds"},
    {EventKind::kReportDifference, "report-difference"},
    {EventKind::kAcceptLetter, "accept-letter"},
    {EventKind::kRejectLetter, "reject-letter"},
    {EventKind::kStopInsurance, "stop-insurance"},
    {EventKind::kIssueForm, "issue-form"},
    {EventKind::kRemit, "remit"},
    {EventKind::kForwardLetter, "forward-letter"},
    {EventKind::kHold, "hold"},
    {EventKind::kResume, "resume"},
    {EventKind::kInvalidateForm, "invalidate-form"},
    {EventKind::kBankReturned, "bank-returned"},
    {EventKind::kRefund, "refund"},
    {EventKind::kKeyPaper, "key-paper"},
    {EventKind::kAsk, "ask"},
    {EventKind::kAnswer, "answer"},
    {EventKind::kReplyReminder, "reply-reminder"},
    {EventKind::kCancel, "cancel"},
    {EventKind::kReopen, "reopen"},
    {EventKind::kAgree, "agree"},
    {EventKind::kDecline, "decline"},
    {EventKind::kMarkSeen, "mark-seen"},
    {EventKind::kAskStatus, "ask-status"},
    {EventKind::kSupplementForm, "supplement-form"},
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
    {EventKind::kBankReversal, "bank-reversal"},
    {EventKind::kPropose, "propose"},
    {EventKind::kApprove, "approve"},
    {EventKind::kRetract, "retract"},
    {EventKind::kRejudge, "deadlines-moved"},
    {EventKind::kAssign, "assign"},
    {EventKind::kLetterForwardedIn, "letter-forwarded-received"},
    {EventKind::kHoldIn, "hold-received"},
    {EventKind::kResumeIn, "resume-received"},
    {EventKind::kClarifyIn, "question-received"},
    {EventKind::kClarifyReplyIn, "answer-received"},
    {EventKind::kInvalidateIn, "invalidation-received"},
    {EventKind::kPayeeChangeIn, "payee-change-received"},
    {EventKind::kFundsDiffIn, "difference-received"},
    {EventKind::kFundsReturnedIn, "funds-returned-received"},
    {EventKind::kBankReturnedIn, "bank-returned-received"},
    {EventKind::kRefundToPersonIn, "refund-received"},
    {EventKind::kReminderIn, "reminder-received"},
    {EventKind::kReminderReplyIn, "reminder-reply-received"},
    {EventKind::kCancelRequestIn, "cancel-request-received"},
    {EventKind::kCancelReplyIn, "cancel-reply-received"},
    {EventKind::kReopenRequestIn, "reopen-request-received"},
    {EventKind::kReopenReplyIn, "reopen-reply-received"},
    {EventKind::kStatusQueryIn, "status-query-received"},
    {EventKind::kStatusReplyIn, "status-reply-received"},
    {EventKind::kContradiction, "contradiction-found"},
    {EventKind::kAttach, "attach"},
    {EventKind::kDetach, "detach"},
    {EventKind::kAttachmentHere, "attachment-complete"},
    {EventKind::kAttachmentGone, "attachment-gone"},
    {EventKind::kAttachmentDamaged, "attachment-damaged"},
    {EventKind::kBatchExported, "batch-exported"},
    {EventKind::kBankPaidAgain, "bank-paid-again"},
    {EventKind::kMatchUndone, "match-undone"},
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

bool is_dead(Relationship relationship) {
  static constexpr StateSet<Relationship> kDead = {
      Relationship::kRefusedByOut,   Relationship::kWithdrawn,       Relationship::kFailed,
      Relationship::kLetterRejected, Relationship::kLetterForwarded, Relationship::kOutWithdrawn,
      Relationship::kOutFailed};
  return kDead.has(relationship);
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
std::string text(Overlays overlays) {
  std::string out;
  for (const auto& [overlay, known] : kOverlays) {
    if (overlay == Overlay::kNone || !overlays.has(overlay)) continue;
    out += out.empty() ? "" : ",";
    out += known;
  }
  return out.empty() ? "NONE" : out;
}
std::string_view name(EventKind kind) {
  return find(kEvents, kind);
}
bool is_action(EventKind kind) {
  return (kind != EventKind::kNone && static_cast<uint8_t>(kind) < 40) ||
         kind == EventKind::kAskStatus || kind == EventKind::kSupplementForm ||
         kind == EventKind::kAttach || kind == EventKind::kDetach;
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
    case v1::Message::kLetterForwarded: return EventKind::kLetterForwardedIn;
    case v1::Message::kHold: return EventKind::kHoldIn;
    case v1::Message::kResume: return EventKind::kResumeIn;
    case v1::Message::kClarify: return EventKind::kClarifyIn;
    case v1::Message::kClarifyReply: return EventKind::kClarifyReplyIn;
    case v1::Message::kInvalidate: return EventKind::kInvalidateIn;
    case v1::Message::kPayeeChange: return EventKind::kPayeeChangeIn;
    case v1::Message::kFundsDiff: return EventKind::kFundsDiffIn;
    case v1::Message::kFundsReturned: return EventKind::kFundsReturnedIn;
    case v1::Message::kBankReturned: return EventKind::kBankReturnedIn;
    case v1::Message::kRefundToPerson: return EventKind::kRefundToPersonIn;
    case v1::Message::kReminder: return EventKind::kReminderIn;
    case v1::Message::kReminderReply: return EventKind::kReminderReplyIn;
    case v1::Message::kCancelRequest: return EventKind::kCancelRequestIn;
    case v1::Message::kCancelReply: return EventKind::kCancelReplyIn;
    case v1::Message::kReopenRequest: return EventKind::kReopenRequestIn;
    case v1::Message::kReopenReply: return EventKind::kReopenReplyIn;
    case v1::Message::kStatusQuery: return EventKind::kStatusQueryIn;
    case v1::Message::kStatusReply: return EventKind::kStatusReplyIn;
    case v1::Message::kDailyStatement:
    case v1::Message::BODY_NOT_SET: return EventKind::kNone;
  }
  return EventKind::kNone;
}

std::string_view deadline_name(DeadlineKind kind) {
  switch (kind) {
    case DeadlineKind::kLetterDue: return "letter-due";
    case DeadlineKind::kFormDue: return "form-due";
    case DeadlineKind::kFundsDue: return "funds-due";
    case DeadlineKind::kIntakeDue: return "intake-due";
    case DeadlineKind::kCreditDue: return "credit-due";
    case DeadlineKind::kAcceptDue: return "accept-due";
    case DeadlineKind::kDecideDue: return "decide-due";
    case DeadlineKind::kCorrectDue: return "correct-due";
    case DeadlineKind::kRefundDue: return "refund-due";
    case DeadlineKind::kCloseDue: return "close-due";
    case DeadlineKind::kAnswerDue: return "answer-due";
    case DeadlineKind::kApproveDue: return "approve-due";
    case DeadlineKind::kSettleDue: return "settle-due";
  }
  return "";
}

std::string_view name(Attachment::Content content) {
  switch (content) {
    case Attachment::Content::kMissing: return "missing";
    case Attachment::Content::kHere: return "here";
    case Attachment::Content::kGone: return "gone";
    case Attachment::Content::kDamaged: return "damaged";
  }
  return "";
}

const Deadline* Case::deadline(DeadlineKind kind) const {
  for (const Deadline& deadline : deadlines) {
    if (deadline.kind == kind) return &deadline;
  }
  return nullptr;
}

}  // namespace jiexu
