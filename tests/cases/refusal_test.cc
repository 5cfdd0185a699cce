// One test for each refusal: what leads to it, and that nothing else happens.
#include <catch2/catch.hpp>

#include "daemon/base/limits.h"
#include "daemon/rules/field_checks.h"
#include "tests/cases/party.h"

using namespace jiexu;

namespace refusal_test {
namespace {

using Try = Outcome (*)();

struct RefusalTest {
  Refusal refusal;
  const char* fact;
  Try attempt;
};

// A side at which the script was played.
Party at(Side side, std::string_view script) {
  Party party(side);
  REQUIRE(party.play(script).refusal() == Refusal::kNone);
  return party;
}

constexpr const char* kLetterSent = "apply accept send-letter";
constexpr const char* kAccepted = "apply accept send-letter letter-accept-received";
constexpr const char* kStopped = "letter-received accept-letter stop-insurance";

Outcome hear_again(uint32_t ahead) {
  Party in = at(Side::kIn, kAccepted);
  v1::Message message = sound_message(in.subject, EventKind::kInfoFormIn);
  message.set_case_seq(in.subject.received_case_seq + ahead);
  return in.hear(message);
}

// Hears a form in which one thing was changed.
template <class Change>
Outcome hear_form(const Change& change) {
  Party in = at(Side::kIn, kAccepted);
  v1::Message message = sound_message(in.subject, EventKind::kInfoFormIn);
  change(*message.mutable_information_form());
  return in.hear(message);
}

template <class Change>
Outcome hear_letter(const Change& change) {
  Party out(Side::kOut);
  v1::Message message = sound_message(out.subject, EventKind::kLetterIn);
  change(out, *message.mutable_letter());
  return out.hear(message);
}

template <class Change>
Outcome apply_with(const Change& change) {
  Party in(Side::kIn);
  v1::ActionInput input = sound_input(in.subject, EventKind::kApply);
  change(in, input);
  return in.act(EventKind::kApply, input);
}

Outcome act_at(Side side, const char* script, EventKind action, const v1::ActionInput& input) {
  return at(side, script).act(action, input);
}

v1::ActionInput with_amount(int64_t fen) {
  v1::ActionInput input;
  input.set_amount_fen(fen);
  return input;
}

v1::ActionInput with_date(int32_t date) {
  v1::ActionInput input;
  input.set_date(date);
  return input;
}

Outcome hear_notice(int64_t fen, int64_t sent_at_ms) {
  Party in = at(Side::kIn, kAccepted);
  v1::Message message = sound_message(in.subject, EventKind::kRemitNoticeIn);
  message.mutable_remittance_notice()->set_amount_fen(fen);
  message.set_sent_at_ms(sent_at_ms);
  return in.hear(message);
}

Outcome exhausted() {
  Party in = at(Side::kIn, "apply accept");
  in.context.letter_number = "";
  return in.play("send-letter");
}

Outcome claimed() {
  Party out = at(Side::kOut, "letter-received");
  out.context.claimed_by = CaseId::make(1, {});
  return out.play("accept-letter");
}

Outcome hear_return(void (*change)(v1::FundsReturned&)) {
  Party out = at(Side::kOut, kStopped);
  out.play("issue-form remit");
  v1::Message message = sound_message(out.subject, EventKind::kFundsReturnedIn);
  change(*message.mutable_funds_returned());
  return out.hear(message);
}

Outcome notices() {
  Party in = at(Side::kIn, kAccepted);
  in.subject.noticed = Fen{limits::kCaseFenMax};
  return in.hear(sound_message(in.subject, EventKind::kRemitNoticeIn));
}

Outcome issue_wrong_form() {
  Party out = at(Side::kOut, kStopped);
  v1::ActionInput input = sound_input(out.subject, EventKind::kIssueForm);
  input.mutable_form()->mutable_segments(0)->set_from_month(201513);
  return out.act(EventKind::kIssueForm, input);
}

v1::Attachment named_file() {
  v1::Attachment file;
  file.set_sha256(std::string(32, 'f'));
  file.set_size(1);
  file.set_name("form.pdf");
  file.set_media_type("application/pdf");
  return file;
}

// Hears a form that names a file of which one thing was changed.
template <class Change>
Outcome hear_file(const Change& change) {
  return hear_form([&](v1::InformationForm& form) {
    v1::Attachment file = named_file();
    change(file);
    *form.add_attachments() = file;
  });
}

Outcome many_files() {
  Party in = at(Side::kIn, kAccepted);
  Outcome last;
  for (size_t version = 1; version <= limits::kAttachmentsOfCaseMax / limits::kAttachmentsMax + 1;
       ++version) {
    v1::Message message = sound_message(in.subject, EventKind::kInfoFormIn);
    for (size_t n = 0; n < limits::kAttachmentsMax; ++n) {
      v1::Attachment& file = *message.mutable_information_form()->add_attachments();
      file = named_file();
      file.set_sha256(std::string(31, static_cast<char>(version)) + static_cast<char>(n));
    }
    last = in.hear(message);
    if (last.rejection) break;
  }
  return last;
}

constexpr int64_t kTooMuch = kFormAmountMaxFen + 1;

const RefusalTest kTests[] = {
    {Refusal::kReplayed, "a message heard before is refused", [] { return hear_again(0); }},
    {Refusal::kOutOfOrder, "a message that skips one is refused", [] { return hear_again(2); }},
    {Refusal::kUnknownCase, "a form for no case is refused",
     [] { return Party(Side::kIn).play("form-received"); }},
    {Refusal::kCaseExists, "a second letter for the case is refused",
     [] { return at(Side::kOut, "letter-received").play("letter-received"); }},
    {Refusal::kCaseExists, "a second application for the case is refused",
     [] { return at(Side::kIn, "apply").play("apply"); }},
    {Refusal::kCaseClosed, "a closed case takes no action",
     [] { return at(Side::kIn, "apply withdraw").play("accept"); }},
    {Refusal::kNotAllowedNow, "an action out of its state is refused",
     [] { return at(Side::kIn, "apply").play("send-letter"); }},
    {Refusal::kNotAllowedNow, "an action of the other side is refused",
     [] { return at(Side::kIn, "apply").play("accept-letter"); }},
    {Refusal::kGuardFailed, "a form that breaks a rule cannot be confirmed",
     [] { return at(Side::kIn, kAccepted).play("form-received:wrong confirm-form"); }},
    {Refusal::kGuardFailed, "a case with money on its way cannot be closed",
     [] { return at(Side::kIn, kAccepted).play("form-received confirm-form close"); }},
    {Refusal::kNotAllowedNow, "a withdrawal is asked for once",
     [] { return at(Side::kIn, kLetterSent).play("withdraw withdraw"); }},
    {Refusal::kGuardFailed, "an old form version cannot be confirmed",
     [] { return at(Side::kOut, kStopped).play("issue-form form-confirm-received:2"); }},
    {Refusal::kGuardFailed, "an acknowledgement of more than was paid is refused",
     [] { return at(Side::kOut, kStopped).play("issue-form remit funds-ack-received:123457"); }},
    {Refusal::kGuardFailed, "more cannot bounce than was paid",
     [] { return at(Side::kOut, kStopped).play("issue-form remit bank-reversal:123457"); }},
    {Refusal::kGuardFailed, "what was acknowledged does not bounce",
     [] {
       return at(Side::kOut, kStopped)
           .play(
               "issue-form remit:23456 funds-ack-received "
               "bank-reversal:1");
     }},
    {Refusal::kGuardFailed, "more cannot come back than was paid",
     [] { return at(Side::kOut, kStopped).play("issue-form remit bank-credit:123457"); }},
    {Refusal::kGuardFailed, "more cannot bounce than was announced",
     [] {
       return at(Side::kIn, kAccepted)
           .play("remittance-notice-received bank-returned-received:123457");
     }},
    {Refusal::kGuardFailed, "the bank cannot take back more than it credited",
     [] { return at(Side::kIn, kAccepted).play("bank-credit:5000 bank-reversal:5001"); }},
    {Refusal::kGuardFailed, "nothing is sent back of what is due",
     [] { return at(Side::kIn, kAccepted).play("form-received bank-credit:5000 return-funds"); }},
    {Refusal::kGuardFailed, "no more can stay credited than was",
     [] { return hear_return([](v1::FundsReturned& returned) { returned.set_credited_fen(1); }); }},
    {Refusal::kNotAllowedNow, "a held case issues no form",
     [] { return at(Side::kOut, kStopped).play("hold issue-form"); }},
    {Refusal::kNotAllowedNow, "a case that is to be given up pays nothing",
     [] { return at(Side::kOut, kStopped).play("issue-form cancel-request-received remit"); }},
    {Refusal::kNotAllowedNow, "a case that is to be given up is not closed",
     [] { return at(Side::kIn, kAccepted).play("form-received:none confirm-form cancel close"); }},
    {Refusal::kNotAllowedNow, "one question is asked at a time",
     [] { return at(Side::kIn, kAccepted).play("ask ask"); }},
    {Refusal::kNotAllowedNow, "who has not been asked cannot agree",
     [] { return at(Side::kIn, kAccepted).play("agree"); }},
    {Refusal::kInputMissing, "a form is taken back only with a reason",
     [] {
       return act_at(Side::kOut, "letter-received accept-letter stop-insurance issue-form",
                     EventKind::kInvalidateForm, {});
     }},
    {Refusal::kInputMissing, "a question has words",
     [] { return act_at(Side::kOut, "letter-received", EventKind::kAsk, {}); }},
    {Refusal::kInputMissing, "a letter is forwarded to somebody",
     [] { return act_at(Side::kOut, "letter-received", EventKind::kForwardLetter, {}); }},
    {Refusal::kInputMissing, "paper says something",
     [] { return act_at(Side::kOut, "letter-received", EventKind::kKeyPaper, {}); }},
    {Refusal::kPaperInvalid, "a fault does not come on paper",
     [] { return at(Side::kOut, "letter-received").play("key-paper:fault-received"); }},
    {Refusal::kPayeeInvalid, "an account without a number is not named",
     [] { return act_at(Side::kIn, kAccepted, EventKind::kChangePayee, {}); }},
    {Refusal::kPayeeInvalid, "an account that no payment file can hold is not named",
     [] {
       Party in = at(Side::kIn, kAccepted);
       v1::ActionInput input = sound_input(in.subject, EventKind::kChangePayee);
       input.mutable_payee()->set_account_holder("南阳市|社保");
       return in.act(EventKind::kChangePayee, input);
     }},
    {Refusal::kPayeeInvalid, "an account without a number is not taken over",
     [] {
       Party out = at(Side::kOut, kStopped);
       v1::Message message = sound_message(out.subject, EventKind::kPayeeChangeIn);
       message.mutable_payee_change()->mutable_payee()->clear_account_number();
       return out.hear(message);
     }},
    {Refusal::kRefundPaid, "a person who was paid is not paid again elsewhere",
     [] { return at(Side::kOut, kStopped).play("issue-form:refund refund supplement-form"); }},
    {Refusal::kUnknownAgency, "a letter is forwarded to an agency of the directory",
     [] {
       Party out = at(Side::kOut, "letter-received");
       out.context.agency_known = false;
       return out.play("forward-letter");
     }},
    {Refusal::kUnknownAgency, "a letter is not forwarded to the agency that wrote it",
     [] {
       v1::ActionInput input;
       input.set_agency(in_agency().str());
       return act_at(Side::kOut, "letter-received", EventKind::kForwardLetter, input);
     }},
    {Refusal::kUnknownAgency, "the right agency of a refused letter is a code",
     [] {
       v1::ActionInput input;
       input.set_code(v1::REJECT_CODE_WRONG_AGENCY);
       input.set_agency("S99");
       return act_at(Side::kOut, "letter-received", EventKind::kRejectLetter, input);
     }},
    {Refusal::kOwnAgency, "a letter is not forwarded to ourselves",
     [] {
       Party out = at(Side::kOut, "letter-received");
       out.context.self = third_agency();
       return out.play("forward-letter");
     }},
    {Refusal::kRejectCodeMissing, "a case is held only with a code",
     [] { return act_at(Side::kOut, "letter-received", EventKind::kHold, {}); }},
    {Refusal::kDateInvalid, "a reminder is answered with a day",
     [] {
       v1::ActionInput input;
       input.set_date(20261340);
       return act_at(Side::kOut, "letter-received accept-letter reminder-received",
                     EventKind::kReplyReminder, input);
     }},
    {Refusal::kFormVersion, "an old form version cannot be taken back",
     [] {
       Party in = at(Side::kIn, kAccepted);
       in.play("form-received");
       v1::Message message = sound_message(in.subject, EventKind::kInvalidateIn);
       message.mutable_invalidate()->set_version(2);
       return in.hear(message);
     }},
    {Refusal::kAmountDiffers, "no more is sent back than is too much",
     [] {
       return at(Side::kIn, kAccepted).play("form-received bank-credit:124456 return-funds:1001");
     }},
    {Refusal::kAmountTooLarge, "announcements that no ledger should hold are refused", notices},
    {Refusal::kAmountNotPositive, "what stays credited is not below nothing",
     [] {
       return hear_return([](v1::FundsReturned& returned) { returned.set_credited_fen(-1); });
     }},
    {Refusal::kInputMissing, "an application without its form is refused",
     [] { return Party(Side::kIn).act(EventKind::kApply, {}); }},
    {Refusal::kInputMissing, "a form is issued only with a form",
     [] { return act_at(Side::kOut, kStopped, EventKind::kIssueForm, {}); }},
    {Refusal::kInputMissing, "a payment before the form needs its amount",
     [] { return act_at(Side::kOut, kStopped, EventKind::kRemit, {}); }},
    {Refusal::kApplicationInvalid, "an application without a name is refused",
     [] {
       return apply_with([](Party&, v1::ActionInput& input) {
         input.mutable_application()->mutable_person()->clear_name();
       });
     }},
    {Refusal::kLetterInvalid, "a letter without an account is refused",
     [] { return hear_letter([](Party&, v1::ContactLetter& letter) { letter.clear_payee(); }); }},
    {Refusal::kLetterInvalid, "a letter that could name no phone of ours is not sent",
     [] {
       Party in = at(Side::kIn, "apply accept");
       v1::Contact contact = in.context.own_entry->contact();
       contact.clear_phone();
       const OwnEntry entry(in.context.own_entry->payee(), contact);
       in.context.own_entry = &entry;
       const Outcome outcome = in.play("send-letter");
       CHECK(outcome.rejection->detail.starts_with("contact.phone: "));
       CHECK(outcome.rejection->detail.find("[agency.contact]") != std::string::npos);
       return outcome;
     }},
    {Refusal::kFormInvalid, "a form with a thirteenth month is not issued", issue_wrong_form},
    {Refusal::kFormInvalid, "a form whose amount no ledger should hold is not taken in",
     [] {
       return hear_form(
           [](v1::InformationForm& form) { form.mutable_account()->set_amount_fen(INT64_MAX); });
     }},
    {Refusal::kFormNotOfLetter, "a form about another person is refused",
     [] {
       return hear_form([](v1::InformationForm& form) { form.mutable_person()->set_name("某人"); });
     }},
    {Refusal::kFormVersion, "a form version that skips one is refused",
     [] { return hear_form([](v1::InformationForm& form) { form.set_version(2); }); }},
    {Refusal::kAmountNotPositive, "a bank line of nothing is refused",
     [] { return at(Side::kIn, kAccepted).bank(0); }},
    {Refusal::kAmountNotPositive, "a notice of nothing is refused",
     [] { return hear_notice(0, kNow.ms); }},
    {Refusal::kAmountNotPositive, "a payment of less than nothing is refused",
     [] { return act_at(Side::kOut, kStopped, EventKind::kRemit, with_amount(-1)); }},
    {Refusal::kAmountDiffers, "a payment that differs from the form is refused",
     [] {
       return at(Side::kOut, kStopped).play("issue-form").rejection
                  ? Outcome()
                  : act_at(Side::kOut, "letter-received accept-letter stop-insurance issue-form",
                           EventKind::kRemit, with_amount(kBalance + 1));
     }},
    {Refusal::kUnknownAgency, "an application for an agency out of the directory is refused",
     [] { return apply_with([](Party& in, v1::ActionInput&) { in.context.peer_known = false; }); }},
    {Refusal::kOwnAgency, "an application from us to us is refused",
     [] { return apply_with([](Party& in, v1::ActionInput&) { in.subject.peer = in_agency(); }); }},
    {Refusal::kDuplicateOpenCase, "X31: a second open case of the person is refused",
     [] {
       return apply_with(
           [](Party& in, v1::ActionInput&) { in.context.duplicate_of = CaseId::make(1, {}); });
     }},
    {Refusal::kClaimedByOther, "X32: a person claimed by another destination is refused", claimed},
    {Refusal::kDateInvalid, "a date in the future is refused",
     [] {
       return act_at(Side::kOut, "letter-received accept-letter", EventKind::kStopInsurance,
                     with_date(20261121));
     }},
    {Refusal::kDateInvalid, "a day that does not exist is refused",
     [] {
       return act_at(Side::kOut, "letter-received accept-letter", EventKind::kStopInsurance,
                     with_date(20260230));
     }},
    {Refusal::kRejectCodeMissing, "a letter is refused only with a code",
     [] { return act_at(Side::kOut, "letter-received", EventKind::kRejectLetter, {}); }},
    {Refusal::kLetterNumbersExhausted, "a day without letter numbers sends no letter", exhausted},
    {Refusal::kUnconfirmed, "a store that may be an older one numbers no letter",
     [] {
       Party in = at(Side::kIn, "apply accept");
       in.context.unconfirmed = true;
       return in.play("send-letter");
     }},
    {Refusal::kLetterNumberTaken, "a letter number of another case is refused",
     [] {
       return hear_letter(
           [](Party& out, v1::ContactLetter&) { out.context.letter_number_taken = true; });
     }},
    {Refusal::kAmountTooLarge, "a bank line that no ledger should hold is refused",
     [] { return at(Side::kIn, kAccepted).bank(INT64_MAX); }},
    {Refusal::kAmountTooLarge, "a notice that no ledger should hold is refused",
     [] { return hear_notice(kTooMuch, kNow.ms); }},
    {Refusal::kAmountTooLarge, "a payment that no ledger should hold is refused",
     [] { return act_at(Side::kOut, kStopped, EventKind::kRemit, with_amount(kTooMuch)); }},
    {Refusal::kTooManyAttachments, "a ninth file does not go with a form",
     [] {
       return at(Side::kOut, kStopped)
           .play(
               "attach:1 attach:2 attach:3 attach:4 attach:5 attach:6 attach:7 attach:8 attach:9");
     }},
    {Refusal::kTooManyAttachments, "a form that names nine files is refused",
     [] {
       return hear_form([](v1::InformationForm& form) {
         for (char c = '0'; c < '9'; ++c) {
           v1::Attachment& file = *form.add_attachments();
           file = named_file();
           file.set_sha256(std::string(32, c));
         }
       });
     }},
    {Refusal::kTooManyAttachments, "a case that has named 64 files names no more", many_files},
    {Refusal::kAttachmentInvalid, "a form that names a file of nothing is refused",
     [] { return hear_file([](v1::Attachment& file) { file.set_size(0); }); }},
    {Refusal::kAttachmentInvalid, "a form that names a file above 20 MiB is refused",
     [] {
       return hear_file(
           [](v1::Attachment& file) { file.set_size(limits::kAttachmentBytesMax + 1); });
     }},
    {Refusal::kAttachmentInvalid, "a form that names half a hash is refused",
     [] { return hear_file([](v1::Attachment& file) { file.set_sha256("half"); }); }},
    {Refusal::kAttachmentInvalid, "a file's name is no path",
     [] { return hear_file([](v1::Attachment& file) { file.set_name("../form.pdf"); }); }},
    {Refusal::kAttachmentInvalid, "a file has a media type",
     [] { return hear_file([](v1::Attachment& file) { file.set_media_type("pdf"); }); }},
    {Refusal::kAttachmentInvalid, "a letter's files are looked at like a form's",
     [] {
       return hear_letter([](Party&, v1::ContactLetter& letter) { letter.add_attachments(); });
     }},
    {Refusal::kAttachmentInvalid, "a form does not name a file twice",
     [] {
       return hear_form([](v1::InformationForm& form) {
         *form.add_attachments() = named_file();
         *form.add_attachments() = named_file();
       });
     }},
    {Refusal::kAttachmentInvalid, "a file is attached once",
     [] { return at(Side::kOut, kStopped).play("attach attach"); }},
    {Refusal::kAttachmentInvalid, "a file is attached by its hash",
     [] { return act_at(Side::kOut, kStopped, EventKind::kAttach, {}); }},
    {Refusal::kAttachmentUnknown, "only a file that waits is taken off",
     [] { return at(Side::kOut, kStopped).play("attach:1 detach:2"); }},
    {Refusal::kAttachmentUnknown, "a form names only files of the case",
     [] { return at(Side::kOut, kStopped).play("issue-form:file"); }},
    {Refusal::kNotAllowedNow, "a form is not confirmed before its file is here",
     [] { return at(Side::kIn, kAccepted).play("form-received:file confirm-form"); }},
    {Refusal::kNotAllowedNow, "a letter is not accepted before its file is here",
     [] { return Party(Side::kOut).play("letter-received:file accept-letter"); }},
    {Refusal::kNotAllowedNow, "a damaged file is not here",
     [] {
       return at(Side::kIn, kAccepted).play("form-received:file attachment-damaged confirm-form");
     }},
    {Refusal::kInputTooLarge, "a reason of half a megabyte is refused",
     [] {
       v1::ActionInput input;
       input.set_reason(std::string(limits::kInputBytesMax, 'x'));
       return act_at(Side::kIn, kLetterSent, EventKind::kWithdraw, input);
     }},
    {Refusal::kTextHidden, "a reason of two lines is refused",
     [] {
       v1::ActionInput input;
       input.set_reason("no\nyes");
       return act_at(Side::kIn, kLetterSent, EventKind::kWithdraw, input);
     }},
    {Refusal::kTextHidden, "a peer's text that turns what stands around it is refused",
     [] {
       Party in = at(Side::kIn, kAccepted);
       v1::Message message = sound_message(in.subject, EventKind::kClarifyIn);
       message.mutable_clarify()->set_question("\u202e00.001");
       return in.hear(message);
     }},
};

}  // namespace

TEST_CASE("each refusal is given for its reason") {
  for (const RefusalTest& test : kTests) {
    DYNAMIC_SECTION(test.fact) {
      CHECK(name(test.attempt().refusal()) == name(test.refusal));
    }
  }
}

TEST_CASE("refused content leaves the case as it was") {
  Party in = at(Side::kIn, kAccepted);
  const uint64_t revision = in.subject.revision;
  CHECK(in.bank(0).refusal() == Refusal::kAmountNotPositive);
  CHECK(in.subject.revision == revision);
  CHECK(in.subject.timeline_count == revision);
}

TEST_CASE("the numbering of messages is checked before everything else") {
  Party in = at(Side::kIn, "apply withdraw");
  v1::Message message = sound_message(in.subject, EventKind::kRemitNoticeIn);
  message.set_case_seq(0);
  CHECK(in.hear(message).refusal() == Refusal::kReplayed);
  message.set_case_seq(1);
  CHECK(in.hear(message).refusal() == Refusal::kCaseClosed);
}

TEST_CASE("when a notice was written is no matter of the case: its link waits for clocks") {
  CHECK(hear_notice(kBalance, 0).refusal() == Refusal::kNone);
  CHECK(hear_notice(kBalance, INT64_MIN).refusal() == Refusal::kNone);
  CHECK(hear_notice(kBalance, INT64_MAX).refusal() == Refusal::kNone);
}

}  // namespace refusal_test
