#include "daemon/cases/content.h"

#include "daemon/base/check.h"
#include "daemon/base/limits.h"
#include "daemon/rules/field_checks.h"
#include "daemon/rules/form_check.h"
#include "daemon/rules/history.h"

namespace jiexu {
namespace {

using Checked = std::optional<Rejection>;

Rejection reject(Refusal refusal, std::string detail = "") {
  return {refusal, std::move(detail)};
}

// A peer's clock may already be past midnight.
Date latest_today(Instant now) {
  return date_of(now.plus_ms(limits::kClockSkewMsMax));
}

std::string describe(const std::vector<Finding>& findings) {
  std::string out;
  for (size_t i = 0; i < findings.size() && i < 10; ++i) {
    if (i > 0) out += "; ";
    out += findings[i].field + ": " + findings[i].text;
  }
  return out;
}

Checked check_date(int32_t yyyymmdd, Date today) {
  const auto date = Date::from_yyyymmdd(yyyymmdd);
  if (!date) return reject(Refusal::kDateInvalid, "date: must be a day as yyyymmdd");
  if (*date > today) return reject(Refusal::kDateInvalid, "date: lies in the future");
  return std::nullopt;
}

// --- IN ---

Checked check_apply(const Case& subject, const Event& event, const Context& context) {
  if (event.input == nullptr || !event.input->has_application()) {
    return reject(Refusal::kInputMissing, "application: is missing");
  }
  const auto findings = check_application(event.input->application(), date_of(event.at));
  if (!findings.empty()) return reject(Refusal::kApplicationInvalid, describe(findings));
  if (subject.peer == context.self) return reject(Refusal::kOwnAgency, "origin_agency");
  if (!context.peer_known) return reject(Refusal::kUnknownAgency, "origin_agency");
  if (!context.duplicate_of.empty()) {
    return reject(Refusal::kDuplicateOpenCase, "case " + context.duplicate_of.str());
  }
  return std::nullopt;
}

// The letter that the transfer-in agency would hold the form against.
v1::ContactLetter letter_of(const Case& subject) {
  v1::ContactLetter letter;
  letter.set_letter_number(subject.letter_number);
  *letter.mutable_person() = subject.person;
  letter.set_scheme_from(subject.scheme_from);
  letter.set_scheme_to(subject.scheme_to);
  return letter;
}

std::vector<v1::Finding> to_wire(const std::vector<Finding>& findings) {
  std::vector<v1::Finding> out;
  for (const Finding& finding : findings) {
    if (out.size() == limits::kFindingsMax) break;
    v1::Finding& wire = out.emplace_back();
    wire.set_rule(static_cast<uint32_t>(finding.rule));
    wire.set_field(finding.field);
    wire.set_text(finding.text);
  }
  return out;
}

Checked check_form_in(const Case& subject, const Event& event, Content& content) {
  const v1::InformationForm& form = event.message->information_form();
  if (form.version() != subject.form_version + 1) {
    return reject(Refusal::kFormVersion,
                  "version: must be " + std::to_string(subject.form_version + 1));
  }
  const auto against = check_form_against_letter(form, letter_of(subject));
  if (!against.empty()) return reject(Refusal::kFormNotOfLetter, describe(against));
  // Every other finding is for a clerk to query, but this amount would get into the ledger.
  const int64_t amount = form.account().amount_fen();
  if (amount < 0 || amount > kFormAmountMaxFen) {
    return reject(Refusal::kFormInvalid, "account.amount_fen: is out of range");
  }
  content.form = &form;
  content.findings = to_wire(check_form(form, latest_today(event.at)));
  return std::nullopt;
}

Checked check_amount(Fen amount, Content& content) {
  if (amount.value <= 0) return reject(Refusal::kAmountNotPositive, "amount_fen");
  if (amount.value > kFormAmountMaxFen) return reject(Refusal::kAmountTooLarge, "amount_fen");
  content.amount = amount;
  return std::nullopt;
}

Checked check_money_message(const Event& event, int64_t amount_fen, Content& content) {
  // Sent long ago is normal after an outage; only a clock ahead of ours is wrong for certain.
  if (event.message->sent_at_ms() > event.at.plus_ms(limits::kClockSkewMsMax).ms) {
    return reject(Refusal::kClockSkew, "sent_at_ms: is ahead of our clock");
  }
  return check_amount(Fen{amount_fen}, content);
}

// --- OUT ---

Checked check_letter_in(const Event& event, const Context& context) {
  const v1::ContactLetter& letter = event.message->letter();
  const auto findings = check_letter(letter, latest_today(event.at));
  if (!findings.empty()) return reject(Refusal::kLetterInvalid, describe(findings));
  if (context.letter_number_taken) return reject(Refusal::kLetterNumberTaken, "letter_number");
  return std::nullopt;
}

// Fills in what the case knows and what follows from the rows, so that a clerk enters each once.
v1::InformationForm* complete_form(const Case& subject, const Event& event,
                                   const Context& context) {
  auto* form = google::protobuf::Arena::CreateMessage<v1::InformationForm>(context.arena);
  *form = event.input->form();
  const uint32_t version = subject.form_version + 1;
  form->set_letter_number(subject.letter_number);
  form->set_form_number(subject.letter_number + "-" + std::to_string(version));
  form->set_version(version);
  form->set_replaces(subject.form_version);
  *form->mutable_person() = subject.person;
  form->set_scheme_from(subject.scheme_from);
  form->set_scheme_to(subject.scheme_to);
  if (form->stopped_on() == 0) form->set_stopped_on(subject.stopped_on);
  form->set_issued_on(date_of(event.at).yyyymmdd());
  fill_derived(*form);
  return form;
}

Checked check_issue_form(const Case& subject, const Event& event, const Context& context,
                         Content& content) {
  if (event.input == nullptr || !event.input->has_form()) {
    return reject(Refusal::kInputMissing, "form: is missing");
  }
  const v1::InformationForm* form = complete_form(subject, event, context);
  const auto findings = check_form(*form, date_of(event.at));
  if (!findings.empty()) return reject(Refusal::kFormInvalid, describe(findings));
  content.form = form;
  return std::nullopt;
}

Checked check_remit(const Case& subject, const Event& event, Content& content) {
  const int64_t entered = event.input != nullptr ? event.input->amount_fen() : 0;
  const bool form_says = subject.form_version > 0;
  if (entered == 0 && !form_says) return reject(Refusal::kInputMissing, "amount_fen: is missing");
  if (form_says && entered != 0 && entered != subject.due.value) {
    return reject(Refusal::kAmountDiffers, "amount_fen: the form says " + subject.due.yuan());
  }
  return check_amount(form_says ? subject.due : Fen{entered}, content);
}

Checked check_reject_letter(const Event& event) {
  if (event.input == nullptr || event.input->code() == v1::REJECT_CODE_UNSPECIFIED ||
      !v1::RejectCode_IsValid(event.input->code())) {
    return reject(Refusal::kRejectCodeMissing, "code: is missing");
  }
  return std::nullopt;
}

Checked check_event(const Case& subject, const Event& event, const Context& context,
                    Content& content) {
  switch (event.kind) {
    case EventKind::kApply: return check_apply(subject, event, context);
    case EventKind::kSendLetter:
      if (context.letter_number.empty()) return reject(Refusal::kLetterNumbersExhausted);
      return std::nullopt;
    case EventKind::kInfoFormIn: return check_form_in(subject, event, content);
    case EventKind::kRemitNoticeIn:
      return check_money_message(event, event.message->remittance_notice().amount_fen(), content);
    case EventKind::kFundsAckIn:
      return check_money_message(event, event.message->funds_ack().amount_fen(), content);
    case EventKind::kBankCredit: return check_amount(event.amount, content);
    case EventKind::kCredit: content.amount = subject.due; return std::nullopt;
    case EventKind::kLetterIn: return check_letter_in(event, context);
    case EventKind::kAcceptLetter:
      if (context.claimed_by_other) return reject(Refusal::kClaimedByOther);
      return std::nullopt;
    case EventKind::kRejectLetter: return check_reject_letter(event);
    case EventKind::kIssueForm: return check_issue_form(subject, event, context, content);
    case EventKind::kRemit: return check_remit(subject, event, content);
    default: return std::nullopt;
  }
}

// --- absorb ---

void absorb_application(const Content& content, Case& subject) {
  const v1::Application& form = content.event->input->application();
  subject.side = Side::kIn;
  subject.person = form.person();
  subject.person_hash = content.context->person_hash;
  subject.scheme_from = form.scheme_from();
  subject.scheme_to = form.scheme_to();
  subject.certificate_number = form.certificate_number();
  const Profile* profile = default_profile(date_of(content.event->at));
  if (profile != nullptr) subject.policy_profile = profile->name;
}

void absorb_letter(const Content& content, Case& subject) {
  const v1::ContactLetter& letter = content.event->message->letter();
  subject.side = Side::kOut;
  subject.funds = Funds::kNotComputed;
  subject.letter_number = letter.letter_number();
  subject.person = letter.person();
  subject.person_hash = content.context->person_hash;
  subject.scheme_from = letter.scheme_from();
  subject.scheme_to = letter.scheme_to();
  subject.payee = letter.payee();
  subject.certificate_number = letter.certificate_number();
  subject.policy_profile = letter.policy_profile();
  subject.letter_place = content.event->place;
}

void absorb_form(const Content& content, Case& subject) {
  const v1::InformationForm& form = *content.form;
  const bool transfers = form.account().disposition() == v1::DISPOSITION_TRANSFER;
  subject.form_version = form.version();
  subject.disposition = form.account().disposition();
  subject.due = Fen{transfers ? form.account().amount_fen() : 0};
  subject.findings = content.findings;
  subject.stopped_on = form.stopped_on();
  if (content.event->kind == EventKind::kInfoFormIn) subject.form_place = content.event->place;
}

}  // namespace

tl::expected<Content, Rejection> read_content(const Case& subject, const Event& event,
                                              const Context& context) {
  Content content;
  content.event = &event;
  content.context = &context;
  const Date today = date_of(event.at);
  content.date = today.yyyymmdd();
  if (event.input != nullptr && event.input->ByteSizeLong() > limits::kInputBytesMax) {
    return tl::unexpected(reject(Refusal::kInputTooLarge));
  }
  if (event.input != nullptr && event.input->date() != 0) {
    if (auto wrong = check_date(event.input->date(), today)) return tl::unexpected(*wrong);
    content.date = event.input->date();
  }
  if (auto wrong = check_event(subject, event, context, content)) return tl::unexpected(*wrong);
  return content;
}

void absorb(const Content& content, Case& subject) {
  const Event& event = *content.event;
  switch (event.kind) {
    case EventKind::kApply: absorb_application(content, subject); break;
    case EventKind::kSendLetter:
      subject.letter_number = content.context->letter_number;
      subject.payee = *content.context->own_payee;
      break;
    case EventKind::kLetterIn: absorb_letter(content, subject); break;
    case EventKind::kLetterRejectIn:
      subject.reject_code = event.message->letter_reject().code();
      break;
    case EventKind::kRejectLetter: subject.reject_code = event.input->code(); break;
    case EventKind::kStopInsurance: subject.stopped_on = content.date; break;
    case EventKind::kIssueForm:
    case EventKind::kInfoFormIn: absorb_form(content, subject); break;
    case EventKind::kRemit:
      subject.attempt += 1;
      subject.due = content.amount;
      subject.moved = content.amount;
      break;
    case EventKind::kRemitNoticeIn:
      subject.attempt = event.message->remittance_notice().attempt();
      subject.noticed = content.amount;
      break;
    case EventKind::kBankCredit: {
      const auto sum = add(subject.moved, content.amount);
      CHECK(sum.has_value());
      subject.moved = *sum;
      break;
    }
    case EventKind::kCredit:
    case EventKind::kFundsAckIn: subject.credited = content.amount; break;
    case EventKind::kFaultIn: subject.last_fault = event.message->fault().code(); break;
    default: break;
  }
}

}  // namespace jiexu
