#include "daemon/cases/replay.h"

#include <algorithm>

#include "daemon/cases/attachments.h"

namespace jiexu {
namespace {

Replay act(EventKind kind) {
  Replay replay;
  replay.kind = kind;
  return replay;
}

Replay with_note(EventKind kind, const std::string& note) {
  Replay replay = act(kind);
  replay.input.set_note(note);
  return replay;
}

// The letter holds what the application had said, but for where the person had worked.
v1::Application application_behind(const Case& subject, const v1::ContactLetter& letter) {
  v1::Application form;
  *form.mutable_person() = letter.person();
  form.set_origin_agency(subject.peer.str());
  form.set_origin_area_name(std::string(subject.peer.area()));
  form.set_scheme_from(letter.scheme_from());
  form.set_scheme_to(letter.scheme_to());
  form.set_certificate_number(letter.certificate_number());
  if (letter.has_filing()) *form.mutable_filing() = letter.filing();
  form.set_applied_on(letter.issued_on());
  return form;
}

// The files had been uploaded; that their bytes may be lost is found out afterwards.
void add_attaching(const Case& subject, const NamedAttachments& named, std::vector<Replay>& acts) {
  for (const v1::Attachment& file : named) {
    const bool known = std::ranges::any_of(subject.attachments, [&](const Attachment& attachment) {
      return attachment.ours && view(attachment.sha256) == file.sha256();
    });
    if (known) continue;
    acts.push_back(act(EventKind::kAttach));
    v1::AttachmentInput* input = acts.back().input.mutable_attachment();
    input->set_sha256(to_hex(file.sha256()));
    input->set_size(file.size());
    input->set_name(file.name());
    input->set_media_type(file.media_type());
  }
}

std::vector<Replay> acts_behind_letter(const Case& subject, const v1::ContactLetter& letter) {
  std::vector<Replay> acts;
  if (!subject.exists()) {
    acts.push_back(act(EventKind::kApply));
    *acts.back().input.mutable_application() = application_behind(subject, letter);
  }
  if (!subject.exists() || subject.relationship == Relationship::kDraft) {
    acts.push_back(act(EventKind::kAccept));
  }
  add_attaching(subject, letter.attachments(), acts);
  acts.push_back(act(EventKind::kSendLetter));
  acts.back().letter_number = letter.letter_number();
  return acts;
}

std::vector<Replay> acts_behind_form(const Case& subject, const v1::InformationForm& form) {
  std::vector<Replay> acts;
  if (subject.relationship == Relationship::kOutAccepted) {
    acts.push_back(act(EventKind::kStopInsurance));
    acts.back().input.set_date(form.stopped_on());
  }
  const bool supplement = subject.relationship == Relationship::kFormIssued ||
                          subject.relationship == Relationship::kFormConfirmed;
  add_attaching(subject, form.attachments(), acts);
  acts.push_back(act(supplement ? EventKind::kSupplementForm : EventKind::kIssueForm));
  *acts.back().input.mutable_form() = form;
  return acts;
}

// What is beyond `left` had come back from the peer before; its bank line may be lost.
void add_come_back(const Case& subject, int64_t left, std::vector<Replay>& acts) {
  if (subject.moved.value <= left) return;
  acts.push_back(act(EventKind::kBankCredit));
  acts.back().amount = Fen{subject.moved.value - left};
}

Replay export_behind(const v1::RemittanceNotice& notice) {
  Replay replay = act(EventKind::kBatchExported);
  replay.amount = Fen{notice.amount_fen()};
  replay.attempt = notice.attempt();
  replay.batch = {notice.batch_number(), notice.batch_lines(), Fen{notice.batch_total_fen()}};
  return replay;
}

std::vector<Replay> acts_behind_remittance(const Case& subject,
                                           const v1::RemittanceNotice& notice) {
  std::vector<Replay> acts;
  if (!notice.batch_number().empty()) return {export_behind(notice)};
  if (notice.again_of() != 0) {
    acts.push_back(act(EventKind::kBankPaidAgain));
    acts.back().amount = Fen{notice.amount_fen()};
    acts.back().attempt = notice.again_of();
    return acts;
  }
  if (subject.relationship == Relationship::kOutAccepted) {
    acts.push_back(act(EventKind::kStopInsurance));
  }
  // No more is ordered than the form lacks, and before the form nothing is ordered twice.
  const int64_t before = subject.form_version == 0 ? 0 : subject.due.value - notice.amount_fen();
  add_come_back(subject, before, acts);
  acts.push_back(act(EventKind::kRemit));
  acts.back().input.set_amount_fen(notice.amount_fen());
  acts.back().input.set_date(notice.paid_on());
  return acts;
}

// We had said that the money was matched and credited, so the bank had told us of it.
std::vector<Replay> acts_behind_ack(const Case& subject, const v1::FundsAck& ack) {
  std::vector<Replay> acts;
  if (ack.amount_fen() > subject.moved.value) {
    acts.push_back(act(EventKind::kBankCredit));
    acts.back().amount = Fen{ack.amount_fen() - subject.moved.value};
  }
  acts.push_back(act(EventKind::kCredit));
  acts.back().input.set_date(ack.credited_on());
  return acts;
}

Replay rejection_behind(const v1::LetterReject& reject) {
  Replay replay = act(EventKind::kRejectLetter);
  replay.input.set_code(reject.code());
  replay.input.set_note(reject.note());
  replay.input.set_agency(reject.right_agency());
  *replay.input.mutable_keys_tried() = reject.keys_tried();
  return replay;
}

Replay forwarding_behind(const v1::LetterForwarded& forwarded) {
  Replay replay = act(EventKind::kForwardLetter);
  replay.input.set_agency(forwarded.to_agency());
  replay.input.set_code(forwarded.code());
  replay.input.set_note(forwarded.note());
  return replay;
}

Replay hold_behind(const v1::Hold& hold) {
  Replay replay = act(EventKind::kHold);
  replay.input.set_code(hold.code());
  replay.input.set_note(hold.note());
  replay.input.set_date(hold.expected_on());
  return replay;
}

// What came from the bank before is known by what we said of it.
std::vector<Replay> acts_behind_surplus(const Case& subject, int64_t here_fen, Replay last) {
  std::vector<Replay> acts;
  if (here_fen > subject.moved.value) {
    acts.push_back(act(EventKind::kBankCredit));
    acts.back().amount = Fen{here_fen - subject.moved.value};
  }
  acts.push_back(std::move(last));
  return acts;
}

std::vector<Replay> acts_behind_return(const Case& subject, const v1::FundsReturned& returned) {
  Replay last = act(EventKind::kReturnFunds);
  last.input.set_amount_fen(returned.amount_fen());
  last.input.set_date(returned.returned_on());
  last.input.set_reason(returned.reason());
  return acts_behind_surplus(subject, returned.kept_fen() + returned.amount_fen(), std::move(last));
}

// The bank had brought it before it took it back.
std::vector<Replay> acts_behind_difference(const Case& subject, const v1::FundsDiff& diff) {
  Replay last = with_note(EventKind::kReportDifference, diff.note());
  if (diff.reversed_fen() > 0) {
    last = act(EventKind::kBankReversal);
    last.amount = Fen{diff.reversed_fen()};
  }
  return acts_behind_surplus(subject, diff.received_fen() + diff.reversed_fen(), std::move(last));
}

Replay bounce_behind(const v1::BankReturned& returned) {
  Replay replay = act(EventKind::kBankReturned);
  replay.attempt = returned.attempt();
  replay.input.set_amount_fen(returned.amount_fen());
  replay.input.set_date(returned.returned_on());
  replay.input.set_reason(returned.reason());
  return replay;
}

Replay reminder_behind(const v1::Reminder& reminder) {
  Replay replay = act(EventKind::kDeadlinePassed);
  replay.deadline = static_cast<DeadlineKind>(reminder.duty());
  return replay;
}

Replay reminder_reply_behind(const v1::ReminderReply& reply) {
  Replay replay = act(EventKind::kReplyReminder);
  replay.input.set_date(reply.expected_on());
  replay.input.set_note(reply.note());
  return replay;
}

Replay payee_change_behind(const v1::PayeeChange& change) {
  Replay replay = act(EventKind::kChangePayee);
  *replay.input.mutable_payee() = change.payee();
  return replay;
}

Replay with_reason(EventKind kind, const std::string& reason) {
  Replay replay = act(kind);
  replay.input.set_reason(reason);
  return replay;
}

// To a request to give up, or to open again.
template <class Reply>
Replay answer_behind(const Reply& reply) {
  return with_note(reply.agreed() ? EventKind::kAgree : EventKind::kDecline, reply.note());
}

// The person is paid only when no more is at the peer than is due there.
std::vector<Replay> acts_behind_refund(const Case& subject, const v1::RefundToPerson& refund) {
  std::vector<Replay> acts;
  add_come_back(subject, subject.due.value, acts);
  acts.push_back(act(EventKind::kRefund));
  acts.back().input.set_date(refund.paid_on());
  return acts;
}

Replay query_behind(const v1::InformationQuery& query) {
  Replay replay = act(EventKind::kQueryForm);
  *replay.input.mutable_findings() = query.findings();
  replay.input.set_refund_person(query.refund_person());
  return replay;
}

}  // namespace

std::vector<Replay> acts_behind(const Case& subject, const v1::Message& own) {
  switch (own.body_case()) {
    case v1::Message::kLetter: return acts_behind_letter(subject, own.letter());
    case v1::Message::kLetterAccept: return {act(EventKind::kAcceptLetter)};
    case v1::Message::kLetterReject: return {rejection_behind(own.letter_reject())};
    case v1::Message::kWithdraw: return {act(EventKind::kWithdraw)};
    case v1::Message::kInformationForm: return acts_behind_form(subject, own.information_form());
    case v1::Message::kInformationConfirm: return {act(EventKind::kConfirmForm)};
    case v1::Message::kInformationQuery: return {query_behind(own.information_query())};
    case v1::Message::kRemittanceNotice:
      return acts_behind_remittance(subject, own.remittance_notice());
    case v1::Message::kFundsAck: return acts_behind_ack(subject, own.funds_ack());
    case v1::Message::kClose: return {act(EventKind::kClose)};
    case v1::Message::kLetterForwarded: return {forwarding_behind(own.letter_forwarded())};
    case v1::Message::kHold: return {hold_behind(own.hold())};
    case v1::Message::kResume: return {with_note(EventKind::kResume, own.resume().note())};
    case v1::Message::kClarify: return {with_reason(EventKind::kAsk, own.clarify().question())};
    case v1::Message::kClarifyReply:
      return {with_note(EventKind::kAnswer, own.clarify_reply().answer())};
    case v1::Message::kInvalidate:
      return {with_reason(EventKind::kInvalidateForm, own.invalidate().reason())};
    case v1::Message::kPayeeChange: return {payee_change_behind(own.payee_change())};
    case v1::Message::kFundsDiff: return acts_behind_difference(subject, own.funds_diff());
    case v1::Message::kFundsReturned: return acts_behind_return(subject, own.funds_returned());
    case v1::Message::kBankReturned: return {bounce_behind(own.bank_returned())};
    case v1::Message::kRefundToPerson: return acts_behind_refund(subject, own.refund_to_person());
    case v1::Message::kReminder: return {reminder_behind(own.reminder())};
    case v1::Message::kReminderReply: return {reminder_reply_behind(own.reminder_reply())};
    case v1::Message::kCancelRequest:
      return {with_reason(EventKind::kCancel, own.cancel_request().reason())};
    case v1::Message::kReopenRequest:
      return {with_reason(EventKind::kReopen, own.reopen_request().reason())};
    case v1::Message::kCancelReply: return {answer_behind(own.cancel_reply())};
    case v1::Message::kReopenReply: return {answer_behind(own.reopen_reply())};
    case v1::Message::kStatusQuery: return {act(EventKind::kAskStatus)};
    case v1::Message::kWithdrawReply:
    case v1::Message::kStatusReply:
    case v1::Message::kDailyStatement:
    case v1::Message::kFault:
    case v1::Message::BODY_NOT_SET: return {};
  }
  return {};
}

}  // namespace jiexu
