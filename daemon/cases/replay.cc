#include "daemon/cases/replay.h"

namespace jiexu {
namespace {

Replay act(EventKind kind) {
  Replay replay;
  replay.kind = kind;
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
  form.set_applied_on(letter.issued_on());
  return form;
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
  acts.push_back(act(EventKind::kIssueForm));
  *acts.back().input.mutable_form() = form;
  return acts;
}

std::vector<Replay> acts_behind_remittance(const Case& subject,
                                           const v1::RemittanceNotice& notice) {
  std::vector<Replay> acts;
  if (subject.relationship == Relationship::kOutAccepted) {
    acts.push_back(act(EventKind::kStopInsurance));
  }
  acts.push_back(act(EventKind::kRemit));
  acts.back().input.set_amount_fen(notice.amount_fen());
  acts.back().input.set_date(notice.paid_on());
  return acts;
}

// We had said that the money was matched and credited, so the bank had told us of it.
std::vector<Replay> acts_behind_ack(const Case& subject, const v1::FundsAck& ack) {
  std::vector<Replay> acts;
  if (subject.funds == Funds::kExpected || subject.funds == Funds::kNoticed) {
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
  return replay;
}

Replay query_behind(const v1::InformationQuery& query) {
  Replay replay = act(EventKind::kQueryForm);
  *replay.input.mutable_findings() = query.findings();
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
    case v1::Message::kWithdrawReply:
    case v1::Message::kFault:
    case v1::Message::BODY_NOT_SET: return {};
  }
  return {};
}

}  // namespace jiexu
