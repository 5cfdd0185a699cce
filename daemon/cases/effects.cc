#include "daemon/cases/effects.h"

#include "daemon/base/check.h"
#include "daemon/cases/attachments.h"
#include "daemon/cases/deadlines.h"

namespace jiexu {
namespace {

// After these, what the peer wrote without knowing them may have lost its object.
bool turns_the_case(Effect effect) {
  switch (effect) {
    case Effect::kSendLetterReject:
    case Effect::kSendLetterForwarded:
    case Effect::kReplyWithdrawAccepted:
    case Effect::kSendForm:
    case Effect::kSendInvalidate:
    case Effect::kSendClose:
    case Effect::kSendCancelRequest:
    case Effect::kSendCancelAgreed:
    case Effect::kSendReopenRequest:
    case Effect::kSendReopenAgreed: return true;
    default: return false;
  }
}

v1::Message* new_message(const Event& event, const Context& context, Case& subject, Step& step) {
  auto* message = google::protobuf::Arena::CreateMessage<v1::Message>(context.arena);
  message->set_case_id(std::string(subject.id.bytes()));
  message->set_case_seq(++subject.sent_case_seq);
  message->set_sent_at_ms(event.at.ms);
  message->set_seen_case_seq(subject.received_case_seq);
  step.messages.push_back(message);
  return message;
}

// One message in the making.
struct Sending {
  Effect effect;
  const Content& content;
  const Case& subject;
  const v1::ActionInput& input;
  int32_t today;
  v1::Message& out;
};

void fill_letter(const Sending& s) {
  v1::ContactLetter* letter = s.out.mutable_letter();
  letter->set_letter_number(s.subject.letter_number);
  *letter->mutable_person() = s.subject.person;
  letter->set_scheme_from(s.subject.scheme_from);
  letter->set_scheme_to(s.subject.scheme_to);
  *letter->mutable_payee() = s.subject.payee;
  *letter->mutable_contact() = s.content.context->own_entry->contact();
  letter->set_certificate_number(s.subject.certificate_number);
  if (!s.subject.filing.empty()) {
    CHECK(letter->mutable_filing()->ParseFromString(s.subject.filing));
  }
  letter->set_issued_on(s.today);
  letter->set_policy_profile(s.subject.policy_profile);
  add_of_letter(s.subject, letter->mutable_attachments());
}

void fill_letter_on(const Sending& s) {
  v1::ContactLetter* letter = s.out.mutable_letter();
  *letter = *s.content.context->original_letter;
  letter->clear_former_agencies();
  for (const FormerPeer& former : s.subject.former_peers) {
    letter->add_former_agencies(former.agency.str());
  }
}

void fill_reject(const Sending& s) {
  v1::LetterReject* reject = s.out.mutable_letter_reject();
  reject->set_code(s.subject.reject_code);
  reject->set_note(s.input.note());
  reject->set_right_agency(s.input.agency());
  *reject->mutable_keys_tried() = s.input.keys_tried();
}

void fill_forwarded(const Sending& s) {
  v1::LetterForwarded* forwarded = s.out.mutable_letter_forwarded();
  forwarded->set_to_agency(s.input.agency());
  forwarded->set_code(s.subject.reject_code);
  forwarded->set_note(s.input.note());
}

void fill_withdraw_reply(const Sending& s) {
  s.out.mutable_withdraw_reply()->set_outcome(
      s.effect == Effect::kReplyWithdrawAccepted  ? v1::WITHDRAW_OUTCOME_ACCEPTED
      : s.effect == Effect::kReplyWithdrawTooLate ? v1::WITHDRAW_OUTCOME_TOO_LATE
                                                  : v1::WITHDRAW_OUTCOME_MOOT);
}

void fill_info_query(const Sending& s) {
  v1::InformationQuery* query = s.out.mutable_information_query();
  query->set_version(s.subject.form_version);
  query->set_refund_person(s.input.refund_person());
  for (const v1::Finding& finding : s.subject.findings) *query->add_findings() = finding;
  for (const v1::Finding& finding : s.input.findings()) *query->add_findings() = finding;
  if (!s.input.reason().empty()) query->add_findings()->set_text(s.input.reason());
}

void fill_remit_notice(const Sending& s) {
  v1::RemittanceNotice* notice = s.out.mutable_remittance_notice();
  notice->set_letter_number(s.subject.letter_number);
  const Event& event = *s.content.event;
  const bool again = event.kind == EventKind::kBankPaidAgain;
  const uint32_t attempt = event.attempt != 0 ? event.attempt : s.subject.attempt;
  notice->set_attempt(again ? s.subject.attempt : attempt);
  if (again) notice->set_again_of(attempt);
  notice->set_amount_fen(s.content.amount.value);
  notice->set_paid_on(s.content.date);
  notice->set_end_to_end_id(s.subject.letter_number + "-" + std::to_string(attempt));
  *notice->mutable_payee() = s.subject.payee;
  notice->set_batch_number(std::string(event.batch.number));
  notice->set_batch_lines(event.batch.lines);
  notice->set_batch_total_fen(event.batch.total.value);
}

void fill_funds_ack(const Sending& s) {
  v1::FundsAck* ack = s.out.mutable_funds_ack();
  ack->set_letter_number(s.subject.letter_number);
  ack->set_attempt(s.subject.attempt);
  ack->set_amount_fen(s.subject.credited.value);
  ack->set_credited_on(s.content.date);
}

void fill_funds_diff(const Sending& s) {
  v1::FundsDiff* diff = s.out.mutable_funds_diff();
  diff->set_letter_number(s.subject.letter_number);
  diff->set_due_fen(s.subject.due.value);
  diff->set_received_fen(s.subject.moved.value);
  diff->set_note(s.input.note());
  if (s.content.event->kind == EventKind::kBankReversal) {
    diff->set_reversed_fen(s.content.amount.value);
  }
}

void fill_funds_returned(const Sending& s) {
  v1::FundsReturned* returned = s.out.mutable_funds_returned();
  returned->set_letter_number(s.subject.letter_number);
  returned->set_amount_fen(s.content.amount.value);
  returned->set_kept_fen(s.subject.moved.value);
  returned->set_credited_fen(s.subject.credited.value);
  returned->set_returned_on(s.content.date);
  returned->set_reason(s.input.reason());
}

void fill_bank_returned(const Sending& s) {
  v1::BankReturned* returned = s.out.mutable_bank_returned();
  returned->set_letter_number(s.subject.letter_number);
  const uint32_t attempt = s.content.attempt;
  returned->set_attempt(attempt != 0 ? attempt : s.subject.attempt);
  returned->set_amount_fen(s.content.amount.value);
  returned->set_returned_on(s.content.date);
  returned->set_reason(s.input.reason());
}

void fill_refund(const Sending& s) {
  v1::RefundToPerson* refund = s.out.mutable_refund_to_person();
  refund->set_letter_number(s.subject.letter_number);
  refund->set_amount_fen(s.content.amount.value);
  refund->set_paid_on(s.content.date);
}

void fill_payee_change(const Sending& s) {
  v1::PayeeChange* change = s.out.mutable_payee_change();
  change->set_version(s.subject.payee_version);
  *change->mutable_payee() = s.subject.payee;
}

void fill_hold(const Sending& s) {
  v1::Hold* hold = s.out.mutable_hold();
  hold->set_code(s.subject.hold_code);
  hold->set_note(s.input.note());
  hold->set_expected_on(s.subject.hold_until);
}

void fill_status(const Sending& s) {
  v1::StatusReply* reply = s.out.mutable_status_reply();
  reply->set_relationship(std::string(name(s.subject.relationship)));
  reply->set_funds(std::string(name(s.subject.funds)));
  reply->set_held_for(s.subject.hold_code);
  reply->set_expected_on(s.subject.hold_until);
  *reply->mutable_contact() = s.content.context->own_entry->contact();
}

void fill_about_the_end(const Sending& s) {
  switch (s.effect) {
    case Effect::kSendCancelRequest:
      s.out.mutable_cancel_request()->set_code(s.input.code());
      return s.out.mutable_cancel_request()->set_reason(s.input.reason());
    case Effect::kSendCancelAgreed:
    case Effect::kSendCancelDeclined:
      s.out.mutable_cancel_reply()->set_agreed(s.effect == Effect::kSendCancelAgreed);
      return s.out.mutable_cancel_reply()->set_note(s.input.note());
    case Effect::kSendReopenRequest:
      return s.out.mutable_reopen_request()->set_reason(s.input.reason());
    case Effect::kSendReopenAgreed:
    case Effect::kSendReopenDeclined:
      s.out.mutable_reopen_reply()->set_agreed(s.effect == Effect::kSendReopenAgreed);
      return s.out.mutable_reopen_reply()->set_note(s.input.note());
    default: return s.out.mutable_close()->set_closed_on(s.today);
  }
}

void fill_invalidate(const Sending& s) {
  s.out.mutable_invalidate()->set_version(s.subject.form_version);
  s.out.mutable_invalidate()->set_reason(s.input.reason());
}

void fill(const Sending& s) {
  switch (s.effect) {
    case Effect::kNone: return;
    case Effect::kSendLetter: return fill_letter(s);
    case Effect::kSendLetterOn: return fill_letter_on(s);
    case Effect::kSendLetterAccept: return s.out.mutable_letter_accept()->set_accepted_on(s.today);
    case Effect::kSendLetterReject: return fill_reject(s);
    case Effect::kSendLetterForwarded: return fill_forwarded(s);
    case Effect::kSendWithdraw: return s.out.mutable_withdraw()->set_reason(s.input.reason());
    case Effect::kReplyWithdrawAccepted:
    case Effect::kReplyWithdrawTooLate:
    case Effect::kReplyWithdrawMoot: return fill_withdraw_reply(s);
    case Effect::kSendForm: *s.out.mutable_information_form() = *s.content.form; return;
    case Effect::kSendInvalidate: return fill_invalidate(s);
    case Effect::kSendInfoConfirm:
      return s.out.mutable_information_confirm()->set_version(s.subject.form_version);
    case Effect::kSendInfoQuery: return fill_info_query(s);
    case Effect::kSendRemitNotice: return fill_remit_notice(s);
    case Effect::kSendFundsAck: return fill_funds_ack(s);
    case Effect::kSendFundsDiff: return fill_funds_diff(s);
    case Effect::kSendFundsReturned: return fill_funds_returned(s);
    case Effect::kSendBankReturned: return fill_bank_returned(s);
    case Effect::kSendRefundToPerson: return fill_refund(s);
    case Effect::kSendPayeeChange: return fill_payee_change(s);
    case Effect::kSendHold: return fill_hold(s);
    case Effect::kSendResume: return s.out.mutable_resume()->set_note(s.input.note());
    case Effect::kSendClarify: return s.out.mutable_clarify()->set_question(s.input.reason());
    case Effect::kSendClarifyReply:
      return s.out.mutable_clarify_reply()->set_answer(s.input.note());
    case Effect::kSendReminderReply: return;  // one for each reminder, below
    case Effect::kSendClose:
    case Effect::kSendCancelRequest:
    case Effect::kSendCancelAgreed:
    case Effect::kSendCancelDeclined:
    case Effect::kSendReopenRequest:
    case Effect::kSendReopenAgreed:
    case Effect::kSendReopenDeclined: return fill_about_the_end(s);
    case Effect::kSendStatusQuery: s.out.mutable_status_query(); return;
    case Effect::kSendStatusReply: return fill_status(s);
  }
}

// The case goes on with another agency. What was said to the former one and by it is its own.
void go_to_next_peer(const Content& content, Case& subject) {
  const auto to = AgencyId::parse(content.event->message->letter_forwarded().to_agency());
  CHECK(to.has_value());
  subject.former_peers.push_back({subject.peer, subject.timeline_count});
  subject.peer = *to;
  subject.sent_case_seq = 0;
  subject.received_case_seq = 0;
  subject.credited_case_seq = 0;
  subject.turn = 0;
  subject.letter_place.reset();
  subject.reject_code = v1::REJECT_CODE_UNSPECIFIED;
  forget_peers_duties(subject);
}

void send_reminder_replies(const Content& content, Case& subject, Step& step) {
  for (Deadline& deadline : subject.deadlines) {
    if (!deadline.reminded || !is_ours(subject.side, deadline.kind)) continue;
    const v1::ActionInput& input = *content.event->input;
    deadline.reminded = false;
    deadline.expected = Date::from_yyyymmdd(input.date());
    v1::ReminderReply* reply =
        new_message(*content.event, *content.context, subject, step)->mutable_reminder_reply();
    reply->set_duty(static_cast<uint32_t>(deadline.kind));
    reply->set_expected_on(input.date());
    reply->set_note(input.note());
  }
}

}  // namespace

void apply_effect(Effect effect, const Content& content, Case& subject, Step& step) {
  if (effect == Effect::kNone) return;
  if (effect == Effect::kSendReminderReply) return send_reminder_replies(content, subject, step);
  if (effect == Effect::kSendLetterOn) go_to_next_peer(content, subject);
  const Event& event = *content.event;
  v1::Message* message = new_message(event, *content.context, subject, step);
  const auto& input = event.input != nullptr ? *event.input : v1::ActionInput::default_instance();
  fill({effect, content, subject, input, date_of(event.at).yyyymmdd(), *message});
  if (turns_the_case(effect)) subject.turn = subject.sent_case_seq;
}

void send_reminder(const Deadline& deadline, int32_t day, const Event& event,
                   const Context& context, Case& subject, Step& step) {
  v1::Reminder* reminder = new_message(event, context, subject, step)->mutable_reminder();
  reminder->set_duty(static_cast<uint32_t>(deadline.kind));
  if (deadline.due) reminder->set_due_on(deadline.due->yyyymmdd());
  reminder->set_day(day);
}

}  // namespace jiexu
