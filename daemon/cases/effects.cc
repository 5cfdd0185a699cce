#include "daemon/cases/effects.h"

namespace jiexu {
namespace {

using Account = LedgerAccount;

v1::Message* new_message(const Content& content, Step& step) {
  auto* message = google::protobuf::Arena::CreateMessage<v1::Message>(content.context->arena);
  message->set_case_id(std::string(step.next.id.bytes()));
  message->set_case_seq(++step.next.sent_case_seq);
  message->set_sent_at_ms(content.event->at.ms);
  message->set_seen_case_seq(step.next.received_case_seq);
  step.messages.push_back(message);
  return message;
}

void send_letter(const Content& content, Step& step) {
  const Case& subject = step.next;
  v1::ContactLetter* letter = new_message(content, step)->mutable_letter();
  letter->set_letter_number(subject.letter_number);
  *letter->mutable_person() = subject.person;
  letter->set_scheme_from(subject.scheme_from);
  letter->set_scheme_to(subject.scheme_to);
  *letter->mutable_payee() = subject.payee;
  *letter->mutable_contact() = *content.context->own_contact;
  letter->set_certificate_number(subject.certificate_number);
  letter->set_issued_on(date_of(content.event->at).yyyymmdd());
  letter->set_policy_profile(subject.policy_profile);
}

void send_letter_reject(const Content& content, Step& step) {
  v1::LetterReject* reject = new_message(content, step)->mutable_letter_reject();
  reject->set_code(step.next.reject_code);
  reject->set_note(content.event->input->note());
}

void send_withdraw(const Content& content, Step& step) {
  v1::Withdraw* withdraw = new_message(content, step)->mutable_withdraw();
  if (content.event->input != nullptr) withdraw->set_reason(content.event->input->reason());
}

void reply_withdraw(v1::WithdrawOutcome outcome, const Content& content, Step& step) {
  new_message(content, step)->mutable_withdraw_reply()->set_outcome(outcome);
}

void send_form(const Content& content, Step& step) {
  *new_message(content, step)->mutable_information_form() = *content.form;
}

void send_info_query(const Content& content, Step& step) {
  v1::InformationQuery* query = new_message(content, step)->mutable_information_query();
  query->set_version(step.next.form_version);
  for (const v1::Finding& finding : step.next.findings) *query->add_findings() = finding;
  if (content.event->input == nullptr) return;
  for (const v1::Finding& finding : content.event->input->findings()) {
    *query->add_findings() = finding;
  }
  if (!content.event->input->reason().empty()) {
    query->add_findings()->set_text(content.event->input->reason());
  }
}

void send_remit_notice(const Content& content, Step& step) {
  const Case& subject = step.next;
  v1::RemittanceNotice* notice = new_message(content, step)->mutable_remittance_notice();
  notice->set_letter_number(subject.letter_number);
  notice->set_attempt(subject.attempt);
  notice->set_amount_fen(subject.moved.value);
  notice->set_paid_on(content.date);
  notice->set_end_to_end_id(subject.letter_number + "-" + std::to_string(subject.attempt));
  *notice->mutable_payee() = subject.payee;
}

void send_funds_ack(const Content& content, Step& step) {
  const Case& subject = step.next;
  v1::FundsAck* ack = new_message(content, step)->mutable_funds_ack();
  ack->set_letter_number(subject.letter_number);
  ack->set_attempt(subject.attempt);
  ack->set_amount_fen(subject.credited.value);
  ack->set_credited_on(content.date);
}

// A negative amount is posted the other way round, so that amounts in the ledger are positive.
void post(Account debit, Account credit, Fen amount, Step& step) {
  if (amount.value == 0) return;
  if (amount.value < 0) return step.postings.push_back({credit, debit, -amount});
  step.postings.push_back({debit, credit, amount});
}

}  // namespace

void apply_effect(Effect effect, const Content& content, Fen due_before, Step& step) {
  const Case& subject = step.next;
  const Fen due_change{subject.due.value - due_before.value};
  const int32_t today = date_of(content.event->at).yyyymmdd();
  switch (effect) {
    case Effect::kNone: return;
    case Effect::kSendLetter: return send_letter(content, step);
    case Effect::kSendLetterAccept:
      return new_message(content, step)->mutable_letter_accept()->set_accepted_on(today);
    case Effect::kSendLetterReject: return send_letter_reject(content, step);
    case Effect::kSendWithdraw: return send_withdraw(content, step);
    case Effect::kReplyWithdrawAccepted:
      return reply_withdraw(v1::WITHDRAW_OUTCOME_ACCEPTED, content, step);
    case Effect::kReplyWithdrawTooLate:
      return reply_withdraw(v1::WITHDRAW_OUTCOME_TOO_LATE, content, step);
    case Effect::kReplyWithdrawMoot:
      return reply_withdraw(v1::WITHDRAW_OUTCOME_MOOT, content, step);
    case Effect::kSendForm: return send_form(content, step);
    case Effect::kSendInfoConfirm:
      return new_message(content, step)
          ->mutable_information_confirm()
          ->set_version(subject.form_version);
    case Effect::kSendInfoQuery: return send_info_query(content, step);
    case Effect::kSendRemitNotice: return send_remit_notice(content, step);
    case Effect::kSendFundsAck: return send_funds_ack(content, step);
    case Effect::kSendClose:
      return new_message(content, step)->mutable_close()->set_closed_on(today);
    case Effect::kPostPayable: return post(Account::kFund, Account::kPayable, due_change, step);
    case Effect::kPostPaid:
      return post(Account::kPayable, Account::kInTransit, content.amount, step);
    case Effect::kPostSettled:
      return post(Account::kInTransit, Account::kSettled, content.amount, step);
    case Effect::kPostReceivable:
      return post(Account::kReceivable, Account::kOwedPersons, due_change, step);
    case Effect::kPostReceived:
      return post(Account::kBank, Account::kReceivable, content.amount, step);
    case Effect::kPostSuspense:
      return post(Account::kBank, Account::kSuspense, content.amount, step);
    case Effect::kPostFromSuspense:
      return post(Account::kSuspense, Account::kReceivable, subject.moved, step);
    case Effect::kPostCredited:
      return post(Account::kOwedPersons, Account::kCredited, content.amount, step);
  }
}

}  // namespace jiexu
