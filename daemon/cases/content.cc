#include "daemon/cases/content.h"

#include "daemon/base/limits.h"
#include "daemon/cases/attachments.h"
#include "daemon/cases/entered.h"
#include "daemon/cases/hidden_text.h"
#include "daemon/cases/money_check.h"
#include "daemon/cases/payments.h"
#include "daemon/rules/field_checks.h"
#include "daemon/rules/form_check.h"
#include "daemon/rules/history.h"

namespace jiexu {
namespace {

using Checked = std::optional<Rejection>;

// A peer's clock may already be past midnight.
Date latest_today(Instant now) {
  return date_of(now.plus_ms(limits::kClockSkewMsMax));
}

// --- IN ---

Checked check_apply(const Case& subject, const Event& event, const Context& context) {
  if (event.input == nullptr || !event.input->has_application()) {
    return rejection(Refusal::kInputMissing, "application: is missing");
  }
  const auto findings = check_application(event.input->application(), date_of(event.at));
  if (!findings.empty()) return rejection(Refusal::kApplicationInvalid, describe(findings));
  if (subject.peer == context.self) return rejection(Refusal::kOwnAgency, "origin_agency");
  if (!context.peer_known) return rejection(Refusal::kUnknownAgency, "origin_agency");
  if (!context.duplicate_of.empty()) {
    return rejection(Refusal::kDuplicateOpenCase, "case " + context.duplicate_of.str());
  }
  return std::nullopt;
}

// What the letter says of our own agency is not the clerk's doing: the peer would refuse it, and
// who keeps the directory must know.
Checked check_send_letter(const Context& context) {
  if (context.unconfirmed) return rejection(Refusal::kUnconfirmed);
  if (context.letter_number.empty()) return rejection(Refusal::kLetterNumbersExhausted);
  const std::vector<Finding>& findings = context.own_entry->findings();
  if (findings.empty()) return std::nullopt;
  return rejection(Refusal::kLetterInvalid,
                   describe(findings) +
                       "; to be put right in this agency's own entry of the directory: contact in"
                       " [agency.contact], payee in [agency.bank]");
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
    return rejection(Refusal::kFormVersion,
                     "version: must be " + std::to_string(subject.form_version + 1));
  }
  const auto against = check_form_against_letter(form, letter_of(subject));
  if (!against.empty()) return rejection(Refusal::kFormNotOfLetter, describe(against));
  // Every other finding is for a clerk to query, but this amount would get into the ledger.
  const int64_t amount = form.account().amount_fen();
  if (amount < 0 || amount > kFormAmountMaxFen) {
    return rejection(Refusal::kFormInvalid, "account.amount_fen: is out of range");
  }
  content.form = &form;
  content.findings = to_wire(check_form(form, latest_today(event.at)));
  return check_named(subject, form.attachments());
}

// --- OUT ---

Checked check_letter_in(const Event& event, const Context& context) {
  const v1::ContactLetter& letter = event.message->letter();
  const auto findings = check_letter(letter, latest_today(written_at(event)));
  if (!findings.empty()) return rejection(Refusal::kLetterInvalid, describe(findings));
  if (context.number_foreign) return rejection(Refusal::kLetterNumberForeign, "letter_number");
  if (context.letter_number_taken) return rejection(Refusal::kLetterNumberTaken, "letter_number");
  return check_named(Case(), letter.attachments());
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

// A person who was paid at origin has been paid.
Checked check_refunded(const Case& subject, const v1::InformationForm& form) {
  if (subject.refunded.value == 0) return std::nullopt;
  const v1::Account& account = form.account();
  if (account.disposition() == v1::DISPOSITION_REFUND_PERSON &&
      account.balance_fen() >= subject.refunded.value) {
    return std::nullopt;
  }
  return rejection(Refusal::kRefundPaid, "account.disposition");
}

Checked check_issue_form(const Case& subject, const Event& event, const Context& context,
                         Content& content) {
  if (event.input == nullptr || !event.input->has_form()) {
    return rejection(Refusal::kInputMissing, "form: is missing");
  }
  v1::InformationForm* form = complete_form(subject, event, context);
  if (!event.replayed) {
    if (auto wrong = check_given(event.input->form(), *form)) return wrong;
  }
  auto findings = check_form(*form, date_of(event.at));
  if (findings.empty()) {
    findings = check_earlier_rows(*form, context.earlier_forms, context.our_agencies);
  }
  if (!findings.empty()) return rejection(Refusal::kFormInvalid, describe(findings));
  content.form = form;
  const bool here = !event.replayed;
  if (auto wrong = name_attachments(subject, here, *form->mutable_attachments())) return wrong;
  return check_refunded(subject, *form);
}

// The amount that a person entered, or all of `open`; not more than that. Whether anything is open
// at all is asked by the row.
Checked check_part(const Event& event, Fen open, Content& content) {
  const int64_t entered = event.input != nullptr ? event.input->amount_fen() : 0;
  if (open.value <= 0) return std::nullopt;
  if (entered > open.value) {
    return rejection(Refusal::kAmountDiffers, "amount_fen: at most " + open.yuan());
  }
  return check_amount(entered != 0 ? Fen{entered} : open, content);
}

Checked check_remit(const Case& subject, const Event& event, Content& content) {
  const int64_t entered = event.input != nullptr ? event.input->amount_fen() : 0;
  const Fen open{subject.due.value - subject.moved.value};
  if (auto full = check_room_for_payment(subject, subject.attempt + 1)) return full;
  if (open.value > 0) return check_part(event, open, content);
  if (entered == 0) return rejection(Refusal::kInputMissing, "amount_fen: is missing");
  if (auto wrong = check_amount(Fen{entered}, content)) return wrong;
  return check_sum(subject.moved, content.amount);
}

Checked check_return(const Case& subject, const Event& event, Content& content) {
  const Fen more{subject.moved.value - subject.due.value};
  if (auto wrong = check_part(event, more, content)) return wrong;
  return check_sum(subject.returned, content.amount);
}

// The bank, and our own messages that a recovery leads back, say which payment it was.
Checked check_bank_returned(const Case& subject, const Event& event, Content& content) {
  const uint32_t entered = event.input != nullptr ? event.input->attempt() : 0;
  content.attempt = event.attempt != 0 ? event.attempt : entered;
  Fen open{subject.moved.value - subject.credited.value};
  if (!event.replayed && !subject.payments.empty()) {
    const auto payment = which_payment(subject, content.attempt);
    if (!payment) return payment.error();
    content.attempt = payment->attempt;
    open = std::min(open, payment->open);
  }
  return check_part(event, open, content);
}

// --- both ---

Checked check_text(const std::string& text, const char* field) {
  if (!text.empty()) return std::nullopt;
  return rejection(Refusal::kInputMissing, std::string(field) + ": is missing");
}

Checked check_code(v1::RejectCode code) {
  if (code != v1::REJECT_CODE_UNSPECIFIED && v1::RejectCode_IsValid(code)) return std::nullopt;
  return rejection(Refusal::kRejectCodeMissing, "code: is missing; such as REJECT_CODE_NOT_FOUND");
}

Checked check_forward(const Case& subject, const v1::ActionInput& input, const Context& context) {
  if (auto wrong = check_text(input.agency(), "agency")) return wrong;
  if (input.agency() == context.self.text())
    return rejection(Refusal::kOwnAgency, "agency: is ours");
  if (input.agency() == subject.peer.text()) {
    return rejection(Refusal::kUnknownAgency, "agency: is the one that wrote the letter");
  }
  if (!context.agency_known) return rejection(Refusal::kUnknownAgency, "agency: " + input.agency());
  return check_code(input.code());
}

// The right agency, if it is named, may be one that is not in our directory.
Checked check_reject(const v1::ActionInput& input) {
  if (!input.agency().empty() && !AgencyId::parse(input.agency())) {
    return rejection(Refusal::kUnknownAgency, "agency: a code is 'S' and 11 digits");
  }
  return check_code(input.code());
}

Checked check_payee_of(const v1::Payee& payee) {
  const auto findings = check_payee(payee);
  if (findings.empty()) return std::nullopt;
  return rejection(Refusal::kPayeeInvalid, describe(findings));
}

Checked check_entered(const v1::Payee& payee) {
  const auto findings = check_entered_payee(payee);
  if (findings.empty()) return std::nullopt;
  return rejection(Refusal::kPayeeInvalid, describe(findings));
}

Checked check_payee_change(const Case& subject, const v1::PayeeChange& change) {
  if (change.version() <= subject.payee_version) {
    return rejection(Refusal::kFormVersion,
                     "version: must be above " + std::to_string(subject.payee_version));
  }
  return check_payee_of(change.payee());
}

Checked check_version(uint32_t version, uint32_t wanted) {
  if (version == wanted) return std::nullopt;
  return rejection(Refusal::kFormVersion, "version: must be " + std::to_string(wanted));
}

const v1::ActionInput& input_of(const Event& event) {
  return event.input != nullptr ? *event.input : v1::ActionInput::default_instance();
}

Checked check_action(const Case& subject, const Event& event, const Context& context,
                     Content& content) {
  const v1::ActionInput& input = input_of(event);
  switch (event.kind) {
    case EventKind::kApply: return check_apply(subject, event, context);
    case EventKind::kSendLetter: return check_send_letter(context);
    case EventKind::kAcceptLetter:
      if (context.claimed_by.empty()) return std::nullopt;
      return rejection(Refusal::kClaimedByOther, "case " + context.claimed_by.str());
    case EventKind::kRejectLetter: return check_reject(input);
    case EventKind::kHold: return check_code(input.code());
    case EventKind::kQueryForm: return check_query(subject, event);
    case EventKind::kForwardLetter: return check_forward(subject, input, context);
    case EventKind::kIssueForm:
    case EventKind::kSupplementForm: return check_issue_form(subject, event, context, content);
    case EventKind::kInvalidateForm: return check_text(input.reason(), "reason");
    case EventKind::kRemit: return check_remit(subject, event, content);
    case EventKind::kRefund:
      return check_amount(Fen{subject.refund.value - subject.refunded.value}, content);
    case EventKind::kBankReturned: return check_bank_returned(subject, event, content);
    case EventKind::kReturnFunds: return check_return(subject, event, content);
    case EventKind::kChangePayee: return check_entered(input.payee());
    case EventKind::kAsk: return check_text(input.reason(), "reason");
    case EventKind::kAnswer: return check_text(input.note(), "note");
    case EventKind::kAttach: return check_attach(subject, input.attachment());
    case EventKind::kDetach: return check_detach(subject, input.attachment());
    default: return std::nullopt;
  }
}

Checked check_bank_credit(const Case& subject, const Event& event, Content& content) {
  if (auto wrong = check_amount(event.amount, content)) return wrong;
  // At OUT it has come back.
  return check_sum(subject.side == Side::kOut ? subject.returned : subject.moved, content.amount);
}

// The number of the letter that a message about money names; nullptr: of another kind.
const std::string* letter_named_in(const v1::Message& message) {
  switch (message.body_case()) {
    case v1::Message::kRemittanceNotice: return &message.remittance_notice().letter_number();
    case v1::Message::kFundsAck: return &message.funds_ack().letter_number();
    case v1::Message::kFundsDiff: return &message.funds_diff().letter_number();
    case v1::Message::kFundsReturned: return &message.funds_returned().letter_number();
    case v1::Message::kBankReturned: return &message.bank_returned().letter_number();
    case v1::Message::kRefundToPerson: return &message.refund_to_person().letter_number();
    default: return nullptr;  // a form: by its own rules
  }
}

// A clerk who keys in a sheet may leave the number out, as the case is named already, or give the
// one that is on it.
Checked check_letter_named(const Case& subject, const Event& event) {
  const std::string* named = letter_named_in(*event.message);
  if (named == nullptr || *named == subject.letter_number) return std::nullopt;
  const bool as_on_sheet = named->empty() || *named == subject.paper_number;
  if (event.on_paper && as_on_sheet) return std::nullopt;
  return rejection(Refusal::kLetterNumberDiffers, "letter_number");
}

Checked check_message(const Case& subject, const Event& event, const Context& context,
                      Content& content) {
  const v1::Message& message = *event.message;
  if (auto wrong = check_letter_named(subject, event)) return wrong;
  if (is_about_money(event.kind)) return check_money(subject, event, context, content);
  switch (event.kind) {
    case EventKind::kLetterIn: return check_letter_in(event, context);
    case EventKind::kInfoFormIn: return check_form_in(subject, event, content);
    case EventKind::kInvalidateIn:
      return check_version(message.invalidate().version(), subject.form_version);
    case EventKind::kPayeeChangeIn: return check_payee_change(subject, message.payee_change());
    default: return std::nullopt;
  }
}

Checked check_event(const Case& subject, const Event& event, const Context& context,
                    Content& content) {
  if (event.message != nullptr) return check_message(subject, event, context, content);
  if (event.kind == EventKind::kBankCredit) return check_bank_credit(subject, event, content);
  if (event.kind == EventKind::kBankPaidAgain) {
    if (auto full = check_room_for_payment(subject, subject.attempt + 1)) return full;
    if (auto wrong = check_amount(event.amount, content)) return wrong;
    return check_sum(subject.moved, content.amount);
  }
  if (event.kind == EventKind::kBankReversal || event.kind == EventKind::kBatchExported ||
      event.kind == EventKind::kMatchUndone) {
    return check_amount(event.amount, content);
  }
  return check_action(subject, event, context, content);
}

// What has texts but those of an application, a letter or a form, whose rules look at each field;
// these come by the thousand. Of a peer's form with such a text a person asks.
bool has_loose_texts(EventKind kind) {
  return kind != EventKind::kApply && kind != EventKind::kAccept &&
         kind != EventKind::kSendLetter && kind != EventKind::kLetterIn &&
         kind != EventKind::kInfoFormIn;
}

// Most acts say nothing, and what says nothing hides nothing: its type's fields need no look.
bool says_nothing(const v1::ActionInput& input) {
  return input.reason().empty() && input.note().empty() && input.agency().empty() &&
         input.keys_tried().empty() && input.findings().empty() && input.paper_sha256().empty() &&
         !input.has_payee() && !input.has_paper() && !input.has_attachment();
}

// What was said before is not judged anew.
Checked check_texts(const Event& event) {
  if (event.replayed || !has_loose_texts(event.kind)) return std::nullopt;
  const bool input = event.input != nullptr && !says_nothing(*event.input);
  auto where = input ? hidden_text(*event.input) : std::nullopt;
  if (!where && event.message != nullptr) where = hidden_text(*event.message);
  if (where) return rejection(Refusal::kTextHidden, *where);
  return std::nullopt;
}

// Acts of people, whose day they may enter.
bool moves_money(EventKind kind) {
  switch (kind) {
    case EventKind::kRemit:
    case EventKind::kBankReturned:
    case EventKind::kCredit:
    case EventKind::kReturnFunds:
    case EventKind::kRefund: return true;
    default: return false;
  }
}

bool tells_day_of_money(EventKind kind) {
  return moves_money(kind) || kind == EventKind::kBatchExported ||
         kind == EventKind::kBankPaidAgain || kind == EventKind::kBankReversal;
}

}  // namespace

Instant written_at(const Event& event) {
  const int64_t said = std::min(event.message->sent_at_ms(), limits::kWallClockMsMax);
  return std::max(event.at, Instant{said});
}

tl::expected<Content, Rejection> read_content(const Case& subject, const Event& event,
                                              const Context& context) {
  Content content;
  content.event = &event;
  content.context = &context;
  const Date today = date_of(event.at);
  content.date = today.yyyymmdd();
  // The other agency's clock may have been past a midnight that ours is before.
  if (tells_day_of_money(event.kind)) {
    content.date = not_before_letter(subject, today).yyyymmdd();
  }
  if (event.input != nullptr && event.input->ByteSizeLong() > limits::kInputBytesMax) {
    return tl::unexpected(rejection(Refusal::kInputTooLarge));
  }
  if (auto hidden = check_texts(event)) return tl::unexpected(*hidden);
  if (event.input != nullptr && event.input->date() != 0) {
    if (auto wrong = check_day(subject, event)) return tl::unexpected(*wrong);
    if (!is_day_expected(event.kind)) content.date = event.input->date();
    const bool judged = moves_money(event.kind) && !event.replayed;
    if (judged && is_before_letter(subject, *Date::from_yyyymmdd(content.date))) {
      return refuse(Refusal::kDateInvalid, "date: lies before the letter");
    }
  }
  if (auto wrong = check_event(subject, event, context, content)) return tl::unexpected(*wrong);
  if (auto wrong = check_fields(event)) return tl::unexpected(*wrong);
  return content;
}

}  // namespace jiexu
