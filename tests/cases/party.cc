#include "tests/cases/party.h"

#include <catch2/catch.hpp>
#include <map>
#include <sstream>

#include "daemon/rules/letter_number.h"
#include "tests/rules/sample_forms.h"

namespace jiexu {
namespace {

constexpr int32_t kToday = 20261120;

const Calendar& calendar() {
  static const auto* const kCalendar = new Calendar(Calendar::shipped());
  return *kCalendar;
}

const v1::ContactLetter& letter() {
  static const auto* const kLetter = new v1::ContactLetter(sample_letter());
  return *kLetter;
}

const OwnEntry& own_entry() {
  static const auto* const kEntry = new OwnEntry(letter().payee(), letter().contact());
  return *kEntry;
}

const std::string& next_letter_number() {
  static const auto* const kNumber =
      new std::string(LetterNumber::make(in_agency(), {2026, 11, 20}, 7)->text());
  return *kNumber;
}

// "refund" and "none" name dispositions; a number is an amount in fen.
void set_account(const std::string& variant, const Case& subject, v1::Account& account) {
  const bool pays = variant != "refund" && variant != "none";
  int64_t amount = subject.moved.value > 0 ? subject.moved.value : kBalance;
  if (pays && !variant.empty()) amount = std::stoll(variant);
  account.set_disposition(variant == "refund" ? v1::DISPOSITION_REFUND_PERSON
                          : variant == "none" ? v1::DISPOSITION_NONE
                                              : v1::DISPOSITION_TRANSFER);
  account.set_amount_fen(pays ? amount : 0);
  account.set_balance_fen(variant == "none" ? 0 : amount);
  account.set_principal_fen(account.balance_fen());
  account.set_interest_fen(0);
}

// A file whose hash begins with the case's version, so that two forms do not name the same one.
v1::Attachment sample_file(const Case& subject) {
  v1::Attachment file;
  file.set_sha256(std::string(1, static_cast<char>(subject.form_version)) + std::string(31, 'f'));
  file.set_size(300'000);
  file.set_name("信息表.pdf");
  file.set_media_type("application/pdf");
  return file;
}

v1::InformationForm form_for(const Case& subject, std::string variant) {
  v1::InformationForm form = sample_form();
  if (variant == "file") {
    *form.add_attachments() = sample_file(subject);
    variant.clear();
  }
  form.set_letter_number(subject.letter_number);
  form.set_version(subject.form_version + 1);
  form.set_replaces(subject.form_version);
  if (form.replaces() > 0) form.set_reason("corrected");
  form.set_form_number(subject.letter_number + "-" + std::to_string(form.version()));
  set_account(variant == "wrong" ? "" : variant, subject, *form.mutable_account());
  if (variant == "wrong") form.set_actual_months(1);
  return form;
}

// A clerk leaves out what the case has, and what follows from the rows and the day.
v1::InformationForm as_entered(v1::InformationForm form) {
  form.clear_person();
  form.clear_issued_on();
  form.clear_gaps();
  form.clear_actual_months();
  form.clear_deemed_months();
  form.clear_continuous_months();
  return form;
}

v1::WithdrawOutcome outcome_for(const Case& subject, const std::string& variant) {
  if (variant == "accepted") return v1::WITHDRAW_OUTCOME_ACCEPTED;
  if (variant == "late") return v1::WITHDRAW_OUTCOME_TOO_LATE;
  if (variant == "moot" || subject.relationship == Relationship::kRefusedByOut) {
    return v1::WITHDRAW_OUTCOME_MOOT;
  }
  const bool early = subject.relationship == Relationship::kLetterSent ||
                     subject.relationship == Relationship::kLetterDelivered;
  return early ? v1::WITHDRAW_OUTCOME_ACCEPTED : v1::WITHDRAW_OUTCOME_TOO_LATE;
}

int64_t amount_of(const std::string& variant, int64_t otherwise) {
  return variant.empty() ? otherwise : std::stoll(variant);
}

// What a bank line must bring for the case to be complete, or take for it to be as it was before.
int64_t sound_amount(const Case& subject, EventKind kind) {
  const int64_t missing = subject.due.value - subject.moved.value;
  const bool undone = kind == EventKind::kMatchUndone && subject.moved > subject.credited;
  if (undone || kind == EventKind::kBankReversal) {
    const bool stays = undone || subject.side == Side::kOut;
    const int64_t open = subject.moved.value - (stays ? subject.credited.value : 0);
    return open > 0 ? open : kBalance;
  }
  if (subject.side == Side::kOut && missing < 0) return -missing;
  return missing > 0 ? missing : kBalance;
}

void fill_fault(const Case& subject, const std::string& variant, v1::Fault& fault) {
  fault.set_code(v1::FAULT_CODE_NOT_ALLOWED);
  if (variant != "letter" || !subject.letter_place) return;
  fault.set_code(v1::FAULT_CODE_BAD_CONTENT);
  fault.set_epoch(subject.letter_place->epoch);
  fault.set_seq(subject.letter_place->seq);
}

void fill_exception(const Case& subject, EventKind kind, const std::string& variant,
                    v1::Message& out);

v1::Payee other_payee() {
  v1::Payee payee = letter().payee();
  payee.set_account_number("6200999900001111");
  return payee;
}

void fill_notice(const Case& subject, v1::RemittanceNotice& notice) {
  notice.set_attempt(subject.attempt + 1 + notice.again_of());
  const uint32_t of = notice.again_of() != 0 ? notice.again_of() : notice.attempt();
  notice.set_end_to_end_id(subject.letter_number + "-" + std::to_string(of));
  const auto letter = LetterNumber::parse(subject.letter_number);
  notice.set_paid_on(letter ? letter->issued_on().yyyymmdd() : kToday);
  *notice.mutable_payee() = subject.payee;
}

void fill_body(const Case& subject, EventKind kind, const std::string& variant, v1::Message& out) {
  const uint32_t version = variant.empty() ? subject.form_version : std::stoul("0" + variant);
  switch (kind) {
    case EventKind::kLetterIn:
      *out.mutable_letter() = letter();
      if (variant == "changed") out.mutable_letter()->set_certificate_number("8");
      if (variant == "file") *out.mutable_letter()->add_attachments() = sample_file(subject);
      break;
    case EventKind::kLetterAcceptIn:
      out.mutable_letter_accept()->set_accepted_on(variant == "changed" ? 20261119 : 20261120);
      break;
    case EventKind::kLetterRejectIn:
      out.mutable_letter_reject()->set_code(v1::REJECT_CODE_NOT_FOUND);
      break;
    case EventKind::kLetterForwardedIn:
      out.mutable_letter_forwarded()->set_to_agency(third_agency().str());
      out.mutable_letter_forwarded()->set_code(v1::REJECT_CODE_WRONG_AGENCY);
      break;
    case EventKind::kWithdrawIn: out.mutable_withdraw(); break;
    case EventKind::kWithdrawReplyIn:
      out.mutable_withdraw_reply()->set_outcome(outcome_for(subject, variant));
      break;
    case EventKind::kInfoFormIn:
      *out.mutable_information_form() = form_for(subject, variant);
      break;
    case EventKind::kInfoConfirmIn: out.mutable_information_confirm()->set_version(version); break;
    case EventKind::kInfoQueryIn: out.mutable_information_query()->set_version(version); break;
    case EventKind::kRemitNoticeIn:
      out.mutable_remittance_notice()->set_amount_fen(
          variant == "again" ? kBalance : amount_of(variant, kBalance));
      out.mutable_remittance_notice()->set_letter_number(subject.letter_number);
      out.mutable_remittance_notice()->set_again_of(variant == "again" ? 1 : 0);
      fill_notice(subject, *out.mutable_remittance_notice());
      break;
    case EventKind::kFundsAckIn:
      out.mutable_funds_ack()->set_credited_on(kToday);
      out.mutable_funds_ack()->set_letter_number(subject.letter_number);
      out.mutable_funds_ack()->set_amount_fen(
          amount_of(variant, subject.moved.value > 0 ? subject.moved.value : kBalance));
      break;
    case EventKind::kCloseIn: out.mutable_close(); break;
    default: fill_exception(subject, kind, variant, out);
  }
}

// The messages of the paths beside the straight one.
void fill_exception(const Case& subject, EventKind kind, const std::string& variant,
                    v1::Message& out) {
  switch (kind) {
    case EventKind::kHoldIn: out.mutable_hold()->set_code(v1::REJECT_CODE_STILL_ACTIVE); break;
    case EventKind::kResumeIn: out.mutable_resume(); break;
    case EventKind::kClarifyIn: out.mutable_clarify()->set_question("which name?"); break;
    case EventKind::kClarifyReplyIn: out.mutable_clarify_reply()->set_answer("this one"); break;
    case EventKind::kInvalidateIn:
      out.mutable_invalidate()->set_version(subject.form_version);
      break;
    case EventKind::kPayeeChangeIn:
      out.mutable_payee_change()->set_version(subject.payee_version + 1);
      *out.mutable_payee_change()->mutable_payee() = other_payee();
      break;
    case EventKind::kFundsDiffIn:
      out.mutable_funds_diff()->set_letter_number(subject.letter_number);
      out.mutable_funds_diff()->set_due_fen(subject.due.value);
      if (variant == "reversed") {
        out.mutable_funds_diff()->set_reversed_fen(subject.due.value);
      } else {
        out.mutable_funds_diff()->set_received_fen(amount_of(variant, 0));
      }
      break;
    case EventKind::kFundsReturnedIn:
      out.mutable_funds_returned()->set_letter_number(subject.letter_number);
      out.mutable_funds_returned()->set_returned_on(kToday);
      out.mutable_funds_returned()->set_amount_fen(amount_of(variant, kBalance));
      break;
    case EventKind::kBankReturnedIn:
      out.mutable_bank_returned()->set_letter_number(subject.letter_number);
      out.mutable_bank_returned()->set_returned_on(kToday);
      out.mutable_bank_returned()->set_amount_fen(
          amount_of(variant, subject.noticed.value > 0 ? subject.noticed.value : kBalance));
      out.mutable_bank_returned()->set_attempt(subject.attempt);
      break;
    case EventKind::kRefundToPersonIn:
      out.mutable_refund_to_person()->set_letter_number(subject.letter_number);
      out.mutable_refund_to_person()->set_paid_on(kToday);
      out.mutable_refund_to_person()->set_amount_fen(kBalance);
      break;
    case EventKind::kReminderIn:
      out.mutable_reminder()->set_duty(
          static_cast<uint32_t>(amount_of(variant, static_cast<int64_t>(DeadlineKind::kFormDue))));
      break;
    case EventKind::kReminderReplyIn:
      out.mutable_reminder_reply()->set_duty(static_cast<uint32_t>(DeadlineKind::kFormDue));
      out.mutable_reminder_reply()->set_expected_on(20261210);
      break;
    case EventKind::kCancelRequestIn: out.mutable_cancel_request(); break;
    case EventKind::kCancelReplyIn: out.mutable_cancel_reply()->set_agreed(variant != "no"); break;
    case EventKind::kReopenRequestIn: out.mutable_reopen_request(); break;
    case EventKind::kReopenReplyIn: out.mutable_reopen_reply()->set_agreed(variant != "no"); break;
    case EventKind::kStatusQueryIn: out.mutable_status_query(); break;
    case EventKind::kStatusReplyIn: out.mutable_status_reply()->set_relationship("STOPPED"); break;
    case EventKind::kFaultIn: fill_fault(subject, variant, *out.mutable_fault()); break;
    default: break;
  }
}

// The first whose bytes are not here.
Digest absent_file(const Case& subject) {
  for (const Attachment& attachment : subject.attachments) {
    if (attachment.content != Attachment::Content::kHere) return attachment.sha256;
  }
  return {};
}

bool is_of_bytes(EventKind kind) {
  return kind == EventKind::kAttachmentHere || kind == EventKind::kAttachmentGone ||
         kind == EventKind::kAttachmentDamaged;
}

}  // namespace

Party::Party(Side side) {
  subject.id = *CaseId::parse("019a0000-0000-7000-8000-000000000001");
  subject.peer = side == Side::kIn ? out_agency() : in_agency();
  context.self = side == Side::kIn ? in_agency() : out_agency();
  context.own_entry = &own_entry();
  context.calendar = &calendar();
  context.profile = default_profile(date_of(kNow))->name;
  context.letter_number = next_letter_number();
  context.agency_known = true;
  context.original_letter = &letter();
}

Outcome Party::apply(Event event) {
  google::protobuf::Arena arena;
  context.arena = &arena;
  Outcome out;
  auto decided = step(subject, event, context);
  context.arena = nullptr;
  if (!decided) {
    out.rejection = decided.error();
    return out;
  }
  for (const v1::Message* message : decided->messages) out.messages.push_back(*message);
  // As the log would have it.
  if (event.kind == EventKind::kSendLetter) subject.letter_place = LogPlace{true, 1, 1};
  out.postings = decided->postings;
  out.row = decided->row;
  posted_.insert(posted_.end(), out.postings.begin(), out.postings.end());
  return out;
}

Outcome Party::act(EventKind action, const v1::ActionInput& input) {
  Event event;
  event.kind = action;
  event.at = now;
  event.actor = user_actor("clerk");
  event.input = &input;
  return apply(event);
}

Outcome Party::hear(const v1::Message& message) {
  Event event;
  event.kind = event_of(message.body_case());
  event.at = now;
  event.actor = {ActorKind::kPeer, subject.peer.text()};
  event.message = &message;
  event.place = {false, 1, 1};
  return apply(event);
}

Outcome Party::bank(int64_t fen, EventKind kind) {
  Event event;
  event.kind = kind;
  event.at = now;
  event.actor = kBankActor;
  event.amount = Fen{fen};
  return apply(event);
}

Outcome Party::pass(DeadlineKind kind) {
  Event event;
  event.kind = EventKind::kDeadlinePassed;
  event.at = now;
  event.actor = kTimerActor;
  event.deadline = kind;
  return apply(event);
}

Outcome Party::play_token(const std::string& token) {
  const size_t colon = std::min(token.find(':'), token.size());
  const bool unaware = token.starts_with('~');
  const std::string word = token.substr(unaware ? 1 : 0, colon - (unaware ? 1 : 0));
  const std::string variant = colon < token.size() ? token.substr(colon + 1) : "";
  for (const EventKind kind : all_events()) {
    if (name(kind) != word) continue;
    if (is_action(kind)) return act(kind, sound_input(subject, kind, variant));
    if (kind == EventKind::kBankCredit || kind == EventKind::kBankReversal ||
        kind == EventKind::kBatchExported || kind == EventKind::kBankPaidAgain ||
        kind == EventKind::kMatchUndone) {
      return bank(amount_of(variant, sound_amount(subject, kind)), kind);
    }
    if (is_of_bytes(kind)) {
      Event event;
      event.kind = kind;
      event.at = now;
      event.attachment = absent_file(subject);
      return apply(event);
    }
    if (kind != EventKind::kDelivered && kind != EventKind::kContradiction) {
      v1::Message message = sound_message(subject, kind, variant);
      message.set_sent_at_ms(now.ms);
      if (unaware) message.set_seen_case_seq(0);
      return hear(message);
    }
    Event event;
    event.kind = kind;
    event.at = now;
    return apply(event);
  }
  FAIL("no event is named " << word);
  return {};
}

Outcome Party::play(std::string_view script) {
  std::istringstream words{std::string(script)};
  Outcome last;
  for (std::string token; words >> token;) {
    INFO("before " << token << " in: " << script);
    REQUIRE(last.refusal() == Refusal::kNone);
    last = play_token(token);
  }
  return last;
}

int64_t Party::balance(LedgerAccount account) const {
  int64_t sum = 0;
  for (const Posting& posting : posted_) {
    if (posting.debit == account) sum += posting.amount.value;
    if (posting.credit == account) sum -= posting.amount.value;
  }
  return sum;
}

int64_t Party::ledger_sum() const {
  int64_t sum = 0;
  for (int account = 1; account <= 14; ++account)
    sum += balance(static_cast<LedgerAccount>(account));
  return sum;
}

namespace {

// Of a file whose hash is one digit again and again.
v1::AttachmentInput sample_attachment(const std::string& digit) {
  v1::AttachmentInput file;
  file.set_sha256(std::string(64, digit.empty() ? '1' : digit[0]));
  file.set_size(1'000);
  file.set_name("scan " + digit + ".pdf");
  file.set_media_type("application/pdf");
  return file;
}

// The message that the variant names, such as "form-received".
v1::Message paper_for(const Case& subject, const std::string& variant) {
  v1::Message paper;
  for (const EventKind kind : all_events()) {
    if (name(kind) == variant) paper = sound_message(subject, kind);
  }
  paper.clear_case_id();
  paper.clear_case_seq();
  return paper;
}

// Tests write other people in, and the certificate is to stay theirs.
v1::Application application_of_anybody() {
  v1::Application application = full_application();
  application.mutable_certificate()->clear_name();
  application.mutable_certificate()->clear_document_number();
  return application;
}

}  // namespace

v1::ActionInput sound_input(const Case& subject, EventKind action, const std::string& variant) {
  v1::ActionInput input;
  switch (action) {
    case EventKind::kApply: *input.mutable_application() = application_of_anybody(); break;
    case EventKind::kRejectLetter: input.set_code(v1::REJECT_CODE_NOT_FOUND); break;
    case EventKind::kIssueForm:
    case EventKind::kSupplementForm:
      *input.mutable_form() = as_entered(form_for(subject, variant));
      break;
    case EventKind::kHold: input.set_code(v1::REJECT_CODE_STILL_ACTIVE); break;
    case EventKind::kForwardLetter:
      input.set_code(v1::REJECT_CODE_WRONG_AGENCY);
      input.set_agency(third_agency().str());
      break;
    case EventKind::kRemit:
      if (!variant.empty() || subject.due == subject.moved) {
        input.set_amount_fen(amount_of(variant, kBalance));
      }
      break;
    case EventKind::kStopInsurance: input.set_date(date_of(kNow).yyyymmdd()); break;
    case EventKind::kReturnFunds: input.set_reason("reason"); [[fallthrough]];
    case EventKind::kBankReturned: input.set_amount_fen(amount_of(variant, 0)); break;
    case EventKind::kChangePayee: *input.mutable_payee() = other_payee(); break;
    case EventKind::kReplyReminder: input.set_date(20261231); break;
    case EventKind::kDecline:
    case EventKind::kMarkSeen:
    case EventKind::kAnswer: input.set_note("this one"); break;
    case EventKind::kKeyPaper: *input.mutable_paper() = paper_for(subject, variant); break;
    case EventKind::kAttach:
    case EventKind::kDetach: *input.mutable_attachment() = sample_attachment(variant); break;
    case EventKind::kAsk:
    case EventKind::kCancel:
    case EventKind::kReopen:
    case EventKind::kInvalidateForm:
    case EventKind::kQueryForm:
    case EventKind::kWithdraw: input.set_reason("reason"); break;
    default: break;
  }
  return input;
}

v1::Message sound_message(const Case& subject, EventKind kind, const std::string& variant) {
  v1::Message message;
  message.set_case_id(std::string(subject.id.bytes()));
  message.set_case_seq(subject.received_case_seq + 1);
  message.set_sent_at_ms(kNow.ms);
  message.set_seen_case_seq(subject.sent_case_seq);
  fill_body(subject, kind, variant, message);
  return message;
}

Event sound_event(const Case& subject, EventKind kind, v1::ActionInput& input,
                  v1::Message& message) {
  Event event;
  event.kind = kind;
  event.at = kNow;
  event.actor = user_actor("test");
  if (is_action(kind)) {
    input = sound_input(subject, kind);
    event.input = &input;
  } else if (kind == EventKind::kBankCredit || kind == EventKind::kBankReversal ||
             kind == EventKind::kBatchExported || kind == EventKind::kBankPaidAgain ||
             kind == EventKind::kMatchUndone) {
    event.amount = Fen{sound_amount(subject, kind)};
  } else if (kind == EventKind::kDeadlinePassed) {
    event.deadline = DeadlineKind::kFormDue;
  } else if (is_of_bytes(kind)) {
    event.attachment = absent_file(subject);
  } else if (kind != EventKind::kDelivered && kind != EventKind::kContradiction) {
    message = sound_message(subject, kind);
    event.message = &message;
  }
  return event;
}

}  // namespace jiexu
