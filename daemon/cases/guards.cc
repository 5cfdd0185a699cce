#include "daemon/cases/guards.h"

#include <algorithm>

#include "daemon/cases/attachments.h"

namespace jiexu {
namespace {

v1::WithdrawOutcome outcome_of(const Content& content) {
  return content.event->message->withdraw_reply().outcome();
}

bool is_agreed(const v1::Message& message) {
  return message.has_cancel_reply() ? message.cancel_reply().agreed()
                                    : message.reopen_reply().agreed();
}

uint32_t version_of(const v1::Message& message) {
  return message.has_information_confirm() ? message.information_confirm().version()
                                           : message.information_query().version();
}

// Of the money of the case, by what the bank or transfer-in says now.
Fen left_at_in(const Case& subject, const Content& content) {
  const v1::Message* message = content.event->message;
  if (message != nullptr) return Fen{message->funds_diff().received_fen()};
  return Fen{subject.moved.value - content.amount.value};
}

// The sender did not know our last turn when it wrote this.
bool is_overtaken(const Case& subject, const Event& event) {
  return is_numbered(event) && event.message->seen_case_seq() < subject.turn;
}

// The letter stays in the other agency's quarantine: there is no case, and nothing of this one can
// be answered there.
bool is_about_letter(const Case& subject, const v1::Fault& fault) {
  const auto& letter = subject.letter_place;
  return fault.code() == v1::FAULT_CODE_BAD_CONTENT && letter && letter->epoch == fault.epoch() &&
         letter->seq == fault.seq();
}

// Neither is the case with this agency nor was it.
bool is_new_to(const Case& subject, std::string_view agency) {
  const auto id = AgencyId::parse(agency);
  return id && *id != subject.peer && !subject.was_with(*id);
}

}  // namespace

bool may_hold(Guard guard, const Case& subject) {
  switch (guard) {
    case Guard::kNoFindings: return subject.findings.empty();
    case Guard::kHasAccount: return subject.scheme_from != v1::SCHEME_RESIDENT;
    case Guard::kFundsTerminal: return is_terminal(subject.funds);
    case Guard::kAllOnPaper: return is_terminal(subject.funds) && subject.received_case_seq == 0;
    case Guard::kMoreHereThanDue: return subject.moved > subject.due;
    case Guard::kAmountStillOut: return subject.moved > subject.credited;
    case Guard::kAttachmentWaits: return std::ranges::any_of(subject.attachments, is_waiting);
    case Guard::kAttachmentAbsent:
      return std::ranges::any_of(subject.attachments, [](const Attachment& attachment) {
        return attachment.content != Attachment::Content::kHere;
      });
    default: return true;
  }
}

bool holds(Guard guard, const Case& subject, const Content& content) {
  const Fen amount = content.amount;
  switch (guard) {
    case Guard::kAlways: return true;
    case Guard::kWithdrawalAccepted: return outcome_of(content) == v1::WITHDRAW_OUTCOME_ACCEPTED;
    case Guard::kWithdrawalFailed:
      return outcome_of(content) == v1::WITHDRAW_OUTCOME_TOO_LATE ||
             outcome_of(content) == v1::WITHDRAW_OUTCOME_MOOT;
    case Guard::kAgreed: return is_agreed(*content.event->message);
    case Guard::kVersionCurrent: return version_of(*content.event->message) == subject.form_version;
    case Guard::kSuccessorKnown:
      return content.context->agency_known &&
             is_new_to(subject, content.event->message->letter_forwarded().to_agency());
    case Guard::kAmountAcknowledged:
      return amount.value <= subject.moved.value + subject.returned.value;
    case Guard::kAmountStillOut:
      return may_hold(guard, subject) &&
             amount.value <= subject.moved.value - subject.credited.value;
    case Guard::kAmountMoved: return amount <= subject.moved;
    case Guard::kLeavesWhatIsDue: return left_at_in(subject, content) == subject.due;
    case Guard::kAmountNoticed: return amount <= subject.noticed;
    case Guard::kLessCredited:
      return content.event->message->funds_returned().credited_fen() <= subject.credited.value;
    case Guard::kPaidAgain: return content.event->message->remittance_notice().again_of() != 0;
    case Guard::kCrossed:
    case Guard::kOvertaken: return is_overtaken(subject, *content.event);
    case Guard::kOnPaper: return content.event->on_paper;
    case Guard::kLetterUnusable: return is_about_letter(subject, content.event->message->fault());
    case Guard::kNoFindings:
    case Guard::kHasAccount:
    case Guard::kFundsTerminal:
    case Guard::kAllOnPaper:
    case Guard::kAttachmentWaits:
    case Guard::kAttachmentAbsent:
    case Guard::kMoreHereThanDue: return may_hold(guard, subject);
  }
  return false;
}

}  // namespace jiexu
