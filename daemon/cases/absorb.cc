#include "daemon/cases/absorb.h"

#include <algorithm>

#include "daemon/cases/attachments.h"
#include "daemon/cases/payments.h"

namespace jiexu {
namespace {

// Of a peer's message, what this version knows and has checked. The rest may be of any size: it
// stays in the log, while a case is kept in memory and written anew with each change. `to` keeps
// the memory of its strings. REQUIRES: a message without messages in it.
template <class T>
void take_known(const T& from, T& to) {
  to = from;
  const auto* fields = to.GetReflection();
  if (!fields->GetUnknownFields(to).empty()) fields->MutableUnknownFields(&to)->Clear();
}

void absorb_application(const Content& content, Case& subject) {
  const v1::Application& form = content.event->input->application();
  subject.side = Side::kIn;
  subject.person = form.person();
  subject.person_hash = content.context->person_hash;
  subject.scheme_from = form.scheme_from();
  subject.scheme_to = form.scheme_to();
  subject.certificate_number =
      form.has_certificate() ? form.certificate().number() : form.certificate_number();
  if (form.has_filing()) subject.filing = form.filing().SerializeAsString();
  subject.policy_profile = content.context->profile;
}

void absorb_letter(const Content& content, Case& subject) {
  const v1::ContactLetter& letter = content.event->message->letter();
  subject.side = Side::kOut;
  subject.letter_number = letter.letter_number();
  if (content.event->on_paper) subject.paper_number = letter.paper_number();
  take_known(letter.person(), subject.person);
  subject.person_hash = content.context->person_hash;
  subject.scheme_from = letter.scheme_from();
  subject.scheme_to = letter.scheme_to();
  take_known(letter.payee(), subject.payee);
  subject.payee_version = 1;
  subject.certificate_number = letter.certificate_number();
  if (letter.has_filing()) {
    v1::Filing filing;
    take_known(letter.filing(), filing);
    subject.filing = filing.SerializeAsString();
  }
  subject.policy_profile = letter.policy_profile();
  subject.letter_place = content.event->place;
  if (content.context->upstream_open) subject.overlays.add(Overlay::kUpstreamOpen);
  if (!content.event->on_paper) take_attachments(letter.attachments(), 0, subject);
}

void absorb_form(const Content& content, Case& subject) {
  const v1::InformationForm& form = *content.form;
  const v1::Account& account = form.account();
  subject.form_version = form.version();
  subject.disposition = account.disposition();
  subject.due = Fen{account.disposition() == v1::DISPOSITION_TRANSFER ? account.amount_fen() : 0};
  subject.findings = content.findings;
  subject.stopped_on = form.stopped_on();
  if (content.event->kind == EventKind::kInfoFormIn) {
    subject.form_place = content.event->place;
    if (!content.event->on_paper) take_attachments(form.attachments(), form.version(), subject);
    return;
  }
  bind_attachments(form.attachments(), form.version(), subject);
  const bool refunds = account.disposition() == v1::DISPOSITION_REFUND_PERSON;
  subject.refund = Fen{refunds ? account.balance_fen() : 0};
}

// Ordered, or paid by the bank unasked.
void absorb_payment(const Content& content, Case& subject) {
  subject.attempt += 1;
  subject.last_order = content.amount;
  subject.moved.value += content.amount.value;
  subject.bounced &= content.event->kind != EventKind::kRemit;
  add_payment(subject.attempt, content.amount, subject);
  if (subject.form_version == 0) subject.due = subject.moved;
}

void absorb_bank_credit(const Content& content, Case& subject) {
  const bool in = subject.side == Side::kIn;
  subject.moved.value += in ? content.amount.value : -content.amount.value;
  if (!in) subject.returned.value += content.amount.value;
}

// Money leaves again: what was credited of it is credited no more.
void take_away(Fen amount, Case& subject) {
  subject.moved.value -= amount.value;
  if (subject.side == Side::kIn) subject.credited = std::min(subject.credited, subject.moved);
}

void absorb_hold(v1::RejectCode code, int32_t until, Case& subject) {
  subject.hold_code = code;
  subject.hold_until = until;
}

void absorb_reminder(const v1::Reminder& reminder, Case& subject) {
  for (Deadline& deadline : subject.deadlines) {
    if (static_cast<uint32_t>(deadline.kind) == reminder.duty()) deadline.reminded = true;
  }
}

void absorb_reminder_reply(const v1::ReminderReply& reply, Case& subject) {
  for (Deadline& deadline : subject.deadlines) {
    if (static_cast<uint32_t>(deadline.kind) != reply.duty()) continue;
    deadline.reminded = false;
    deadline.expected = Date::from_yyyymmdd(reply.expected_on());
  }
}

void absorb_action(const Content& content, Case& subject) {
  const Event& event = *content.event;
  switch (event.kind) {
    case EventKind::kApply: return absorb_application(content, subject);
    case EventKind::kSendLetter:
      subject.letter_number = content.context->letter_number;
      subject.payee = content.context->own_entry->payee();
      subject.payee_version = 1;
      bind_waiting(subject);
      return;
    case EventKind::kRejectLetter:
    case EventKind::kForwardLetter: subject.reject_code = event.input->code(); return;
    case EventKind::kStopInsurance: subject.stopped_on = content.date; return;
    case EventKind::kIssueForm:
    case EventKind::kSupplementForm: return absorb_form(content, subject);
    case EventKind::kRemit: return absorb_payment(content, subject);
    case EventKind::kRefund: subject.refunded = subject.refund; return;
    case EventKind::kCredit: subject.credited = subject.due; return;
    case EventKind::kChangePayee:
      subject.payee = event.input->payee();
      subject.payee_version += 1;
      return;
    case EventKind::kReturnFunds:
      subject.returned.value += content.amount.value;
      return take_away(content.amount, subject);
    case EventKind::kHold: return absorb_hold(event.input->code(), event.input->date(), subject);
    case EventKind::kResume: return absorb_hold(v1::REJECT_CODE_UNSPECIFIED, 0, subject);
    case EventKind::kAttach: return attach(event.input->attachment(), !event.replayed, subject);
    case EventKind::kDetach: return detach(event.input->attachment(), subject);
    default: return;
  }
}

void absorb_bytes(const Event& event, Case& subject) {
  using Content = Attachment::Content;
  switch (event.kind) {
    case EventKind::kAttachmentHere: return set_content(event.attachment, Content::kHere, subject);
    case EventKind::kAttachmentGone: return set_content(event.attachment, Content::kGone, subject);
    case EventKind::kAttachmentDamaged:
      return set_content(event.attachment, Content::kDamaged, subject);
    default: return;
  }
}

void absorb_bank(const Content& content, Case& subject) {
  switch (content.event->kind) {
    case EventKind::kBankCredit: return absorb_bank_credit(content, subject);
    case EventKind::kBankPaidAgain: return absorb_payment(content, subject);
    case EventKind::kBankReturned:
    case EventKind::kMatchUndone:
    case EventKind::kBankReversal:
      subject.bounced = subject.side == Side::kOut;
      if (subject.bounced) take_from_payment(content.attempt, content.amount, subject);
      return take_away(content.amount, subject);
    default: return;
  }
}

// The payment may be known: then it is said in which batch it went to the bank, or nothing new.
void absorb_notice(const Content& content, Case& subject) {
  if (content.attempt <= subject.attempt && subject.payment(content.attempt) != nullptr) return;
  subject.attempt = std::max(subject.attempt, content.attempt);
  subject.noticed.value += content.amount.value;
  add_payment(content.attempt, content.amount, subject);
}

void absorb_credited(Fen credited, const v1::Message& message, Case& subject) {
  subject.credited = credited;
  subject.credited_case_seq = std::max(subject.credited_case_seq, message.case_seq());
}

void absorb_message(const Content& content, const v1::Message& message, Case& subject) {
  switch (content.event->kind) {
    case EventKind::kLetterIn: return absorb_letter(content, subject);
    case EventKind::kLetterRejectIn: subject.reject_code = message.letter_reject().code(); return;
    case EventKind::kLetterForwardedIn:
      subject.reject_code = message.letter_forwarded().code();
      return;
    case EventKind::kInfoFormIn: return absorb_form(content, subject);
    case EventKind::kRemitNoticeIn: return absorb_notice(content, subject);
    case EventKind::kBankReturnedIn:
      subject.noticed.value -= content.amount.value;
      return take_from_payment(message.bank_returned().attempt(), content.amount, subject);
    case EventKind::kFundsAckIn: return absorb_credited(content.amount, message, subject);
    case EventKind::kFundsDiffIn:
      // What their bank has taken back is credited no more.
      if (message.funds_diff().reversed_fen() == 0) return;
      return absorb_credited(std::min(subject.credited, Fen{message.funds_diff().received_fen()}),
                             message, subject);
    case EventKind::kFundsReturnedIn:
      return absorb_credited(Fen{message.funds_returned().credited_fen()}, message, subject);
    case EventKind::kPayeeChangeIn:
      take_known(message.payee_change().payee(), subject.payee);
      subject.payee_version = message.payee_change().version();
      return;
    // The rest is paid after a form that names more.
    case EventKind::kRefundToPersonIn: subject.refunded.value += content.amount.value; return;
    case EventKind::kHoldIn:
      return absorb_hold(message.hold().code(), message.hold().expected_on(), subject);
    case EventKind::kResumeIn: return absorb_hold(v1::REJECT_CODE_UNSPECIFIED, 0, subject);
    case EventKind::kReminderIn: return absorb_reminder(message.reminder(), subject);
    case EventKind::kReminderReplyIn:
      return absorb_reminder_reply(message.reminder_reply(), subject);
    case EventKind::kFaultIn: subject.last_fault = message.fault().code(); return;
    default: return;
  }
}

}  // namespace

void absorb(const Content& content, Case& subject) {
  if (content.event->message != nullptr) {
    return absorb_message(content, *content.event->message, subject);
  }
  absorb_action(content, subject);
  absorb_bank(content, subject);
  absorb_bytes(*content.event, subject);
}

}  // namespace jiexu
