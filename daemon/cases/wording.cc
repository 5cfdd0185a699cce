// The words for guards, effects, money and refusals.
#include <utility>

#include "daemon/cases/lookup.h"
#include "daemon/cases/refusal.h"
#include "daemon/cases/table.h"

namespace jiexu {
namespace {

constexpr std::pair<Guard, std::string_view> kGuards[] = {
    {Guard::kAlways, "always"},
    {Guard::kWithdrawalAccepted, "the withdrawal is accepted"},
    {Guard::kWithdrawalFailed, "the withdrawal came too late or is moot"},
    {Guard::kAgreed, "the other side agrees"},
    {Guard::kVersionCurrent, "it is about the newest form version"},
    {Guard::kNoFindings, "the form breaks no rule"},
    {Guard::kHasAccount, "the scheme has a personal account"},
    {Guard::kFundsTerminal, "the funds are settled"},
    {Guard::kAllOnPaper, "the funds are settled and nothing came electronically"},
    {Guard::kSuccessorKnown, "the next agency is in the directory and new to the case"},
    {Guard::kAmountAcknowledged, "no more is acknowledged than was paid"},
    {Guard::kAmountStillOut, "no more comes back than was paid and not acknowledged"},
    {Guard::kAmountMoved, "no more comes back than was moved"},
    {Guard::kAmountNoticed, "no more bounced than was announced"},
    {Guard::kMoreHereThanDue, "more is here than is due"},
    {Guard::kLessCredited, "no more stays credited than was"},
    {Guard::kPaidAgain, "the bank has paid a payment twice"},
    {Guard::kCrossed, "it crossed our own message"},
    {Guard::kOvertaken, "our own message has overtaken it"},
    {Guard::kLeavesWhatIsDue, "exactly what is due is left"},
    {Guard::kAttachmentWaits, "a file waits for the next letter or form"},
    {Guard::kAttachmentAbsent, "the bytes of a file are not here"},
    {Guard::kLetterUnusable, "the other agency cannot use our letter"},
    {Guard::kOnPaper, "it is keyed in from paper"},
};

constexpr std::pair<Effect, std::string_view> kEffects[] = {
    {Effect::kSendLetter, "send letter"},
    {Effect::kSendLetterOn, "send letter to the next agency"},
    {Effect::kSendLetterAccept, "send letter-accept"},
    {Effect::kSendLetterReject, "send letter-reject"},
    {Effect::kSendLetterForwarded, "send letter-forwarded"},
    {Effect::kSendWithdraw, "send withdraw"},
    {Effect::kReplyWithdrawAccepted, "send withdraw-reply(accepted)"},
    {Effect::kReplyWithdrawTooLate, "send withdraw-reply(too late)"},
    {Effect::kReplyWithdrawMoot, "send withdraw-reply(moot)"},
    {Effect::kSendForm, "send information-form"},
    {Effect::kSendInvalidate, "send invalidate"},
    {Effect::kSendInfoConfirm, "send information-confirm"},
    {Effect::kSendInfoQuery, "send information-query"},
    {Effect::kSendRemitNotice, "send remittance-notice"},
    {Effect::kSendFundsAck, "send funds-ack"},
    {Effect::kSendFundsDiff, "send funds-diff"},
    {Effect::kSendFundsReturned, "send funds-returned"},
    {Effect::kSendBankReturned, "send bank-returned"},
    {Effect::kSendRefundToPerson, "send refund-to-person"},
    {Effect::kSendPayeeChange, "send payee-change"},
    {Effect::kSendClose, "send close"},
    {Effect::kSendHold, "send hold"},
    {Effect::kSendResume, "send resume"},
    {Effect::kSendClarify, "send clarify"},
    {Effect::kSendClarifyReply, "send clarify-reply"},
    {Effect::kSendReminderReply, "send reminder-reply"},
    {Effect::kSendCancelRequest, "send cancel-request"},
    {Effect::kSendCancelAgreed, "send cancel-reply(agreed)"},
    {Effect::kSendCancelDeclined, "send cancel-reply(declined)"},
    {Effect::kSendReopenRequest, "send reopen-request"},
    {Effect::kSendReopenAgreed, "send reopen-reply(agreed)"},
    {Effect::kSendReopenDeclined, "send reopen-reply(declined)"},
    {Effect::kSendStatusQuery, "send status-query"},
    {Effect::kSendStatusReply, "send status-reply"},
};

constexpr std::pair<Money, std::string_view> kMoney[] = {
    {Money::kEarly, "money is here and no form has come"},
    {Money::kEarlyNotice, "a payment is announced and no form has come"},
    {Money::kNoForm, "there is no form"},
    {Money::kAllCredited, "all that is due is here and credited"},
    {Money::kAllHere, "all that is due is here and not yet credited"},
    {Money::kParked, "money is here that is not what is due"},
    {Money::kComing, "a payment is announced that is not here"},
    {Money::kMissing, "not all that is due is here"},
    {Money::kSentBack, "nothing is due, and what had come was sent back"},
    {Money::kPersonPaid, "the person is paid at origin"},
    {Money::kPaidEarly, "a payment was ordered before the form"},
    {Money::kBounced, "the bank sent a payment back that is still owed"},
    {Money::kAboveDue, "more was paid than is due"},
    {Money::kBelowDue, "less was paid than is due"},
    {Money::kAcknowledged, "all that is due is acknowledged"},
    {Money::kAllPaid, "all that is due was paid"},
    {Money::kPersonNotPaid, "the person is to be paid at origin"},
    {Money::kNothing, "otherwise"},
};

struct RefusalText {
  Refusal refusal;
  std::string_view name;
  std::string_view text;
};

constexpr RefusalText kRefusals[] = {
    {Refusal::kReplayed, "replayed", "This message of the case was received before."},
    {Refusal::kOutOfOrder, "out_of_order", "A message of the case before this one is missing."},
    {Refusal::kWrongPeer, "wrong_peer", "The case is with another agency."},
    {Refusal::kUnknownCase, "unknown_case", "There is no such case here; check the number."},
    {Refusal::kCaseExists, "case_exists", "A case with this id exists already."},
    {Refusal::kCaseClosed, "case_closed",
     "The case is closed; relationship and funds are settled."},
    {Refusal::kNotAllowedNow, "not_allowed_now",
     "This cannot be done in the case's present state; see what is allowed now."},
    {Refusal::kGuardFailed, "condition_not_met", "A condition for this does not hold."},
    {Refusal::kInputMissing, "input_missing", "A field that this needs is missing."},
    {Refusal::kApplicationInvalid, "application_invalid", "The application breaks a rule."},
    {Refusal::kLetterInvalid, "letter_invalid", "The contact letter breaks a rule."},
    {Refusal::kFormInvalid, "form_invalid", "The information form breaks a rule."},
    {Refusal::kFormNotOfLetter, "form_not_of_letter",
     "The form is about another letter, person or scheme."},
    {Refusal::kFormVersion, "form_version", "The form does not have the version that comes next."},
    {Refusal::kAmountNotPositive, "amount_not_positive", "The amount must be above zero."},
    {Refusal::kAmountDiffers, "amount_differs",
     "The amount is not the one of the form or the payment; not a fen may differ."},
    {Refusal::kUnknownAgency, "unknown_agency",
     "The agency is not in the directory; add its entry and reload."},
    {Refusal::kOwnAgency, "own_agency", "The transfer-out agency is this agency."},
    {Refusal::kDuplicateOpenCase, "duplicate_open_case",
     "The person has an open case with the same agency."},
    {Refusal::kClaimedByOther, "claimed_by_other",
     "The person's transfer was accepted for another destination."},
    {Refusal::kDateInvalid, "date_invalid",
     "The date does not exist, or it cannot be the day of this."},
    {Refusal::kRejectCodeMissing, "reject_code_missing", "This needs the code of its reason."},
    {Refusal::kLetterNumbersExhausted, "letter_numbers_exhausted",
     "All 99,999 letter numbers of today are used; go on tomorrow."},
    {Refusal::kLetterNumberTaken, "letter_number_taken",
     "A case with this letter number exists already."},
    {Refusal::kAmountTooLarge, "amount_too_large", "The amount is above 9,999,999,999.99 yuan."},
    {Refusal::kInputTooLarge, "input_too_large", "The input is too long; shorten its texts."},
    {Refusal::kRecovering, "recovering",
     "Messages to this agency are being fetched back after a loss of data here; try again later."},
    {Refusal::kPayeeInvalid, "payee_invalid", "The account breaks a rule."},
    {Refusal::kPaperInvalid, "paper_invalid",
     "What was keyed in is no message that the other agency sends in this case."},
    {Refusal::kRefundPaid, "refund_paid",
     "The person was paid at origin already; the form must say so."},
    {Refusal::kTooManyAttachments, "too_many_attachments",
     "No more files can go with this letter, form or case."},
    {Refusal::kAttachmentInvalid, "attachment_invalid", "The file's description breaks a rule."},
    {Refusal::kAttachmentUnknown, "attachment_unknown",
     "The case has no such file here; upload it first."},
    {Refusal::kTooManyPayments, "too_many_payments",
     "No more payments of this case can be out at once; pay the rest in one sum."},
    {Refusal::kLetterNumberForeign, "letter_number_foreign",
     "A letter number begins with area and office of who writes the letter, or took its writer "
     "over."},
    {Refusal::kLetterNumberDiffers, "letter_number_differs",
     "The message names another letter than its case's."},
    {Refusal::kBatchNumberForeign, "batch_number_foreign",
     "A batch number begins with area and office of who pays, or took the payer over."},
    {Refusal::kNoticeAttempt, "notice_attempt",
     "The payment is neither the next one of the case nor one that is known."},
    {Refusal::kNoticeContradicts, "notice_contradicts",
     "The payment is known with another amount; ask the other agency which one is right."},
    {Refusal::kNoticePayee, "notice_payee",
     "The payment goes to another account than the case's; ask the other agency to stop it."},
    {Refusal::kBankLineUnknown, "bank_line_unknown", "There is no such bank line."},
    {Refusal::kBankLineSettled, "bank_line_settled",
     "The line waits in no exception queue, or its money stands with a case: act on the case."},
    {Refusal::kAllotmentSum, "allotment_sum",
     "The shares must be above 0 and add up to the line's amount."},
    {Refusal::kBankLineNotUnsure, "bank_line_not_unsure",
     "Nobody asks whether this line is another booking: it is one."},
    {Refusal::kBankLineNotDecided, "bank_line_not_decided",
     "No two people have decided on this line, so that there is nothing to undo."},
    {Refusal::kBankLineOfPayment, "bank_line_of_payment",
     "The line says what became of a payment of ours: act on the payment or its case."},
    {Refusal::kBankLineMoneyGone, "bank_line_money_gone",
     "Its case no longer has this money: it was sent back, or the bank has taken it back."},
    {Refusal::kBankLineCaseClosed, "bank_line_case_closed",
     "The case of its money is closed and the person was credited: have the case opened again "
     "first."},
    {Refusal::kBankFileNotHeld, "bank_file_not_held",
     "The file waits for nobody: its balances agree, it was taken, or it is not here."},
    {Refusal::kBankFileUnknown, "bank_file_unknown",
     "What is to stand for a file must be another file that is here and taken."},
    {Refusal::kBatchUnknown, "batch_unknown", "There is no batch of this number."},
    {Refusal::kBatchState, "batch_state", "This cannot be done with the batch as it is."},
    {Refusal::kBatchNotApproved, "batch_not_approved",
     "A batch is exported only when a second person has approved it."},
    {Refusal::kSamePerson, "same_person",
     "Who approves must neither have made the batch nor ordered a payment in it."},
    {Refusal::kBatchChanged, "batch_changed",
     "The batch holds something else than what was seen; look at it again."},
    {Refusal::kFileUnwritable, "file_unwritable", "A field does not fit the file's format."},
    {Refusal::kPaymentUnknown, "payment_unknown", "There is no such payment."},
    {Refusal::kPaymentNotHeld, "payment_not_held", "The payment does not wait for a person."},
    {Refusal::kPayeeListed, "payee_listed",
     "The account is the one in the directory, or not one that we pay; it needs no confirmation."},
    {Refusal::kPayeeNotAsSeen, "payee_not_as_seen",
     "The account is another than the one that was seen; look at it again."},
    {Refusal::kPaymentAcknowledged, "payment_acknowledged",
     "The other agency has acknowledged the payment: it went out, and goes out no second time."},
    {Refusal::kPaymentAtBank, "payment_at_bank",
     "A bank that refuses a payment as a duplicate has it already: nothing has come back. Hand in "
     "its report with `jiexu remit report`, and pay nothing in its place."},
    {Refusal::kPaymentNotOut, "payment_not_out",
     "Only what a line of a statement shows as debited, and the case has back, can be said to have "
     "gone out."},
    {Refusal::kStatementDay, "statement_day",
     "The statement is of a day that is not over here, or that was stated before."},
    {Refusal::kStatementOrder, "statement_order",
     "A part of the statement, or a case in it, is not where it belongs."},
    {Refusal::kStatementContent, "statement_content",
     "The statement holds a figure that cannot be."},
    {Refusal::kStorageLow, "storage_low",
     "The disk is nearly full; nothing was done. Free some space and try again."},
    {Refusal::kTextHidden, "text_hidden",
     "A text holds a line end or another character that is not seen; type it anew."},
    {Refusal::kFieldNotTaken, "field_not_taken",
     "The action does not take this field, so that it would be dropped; leave it out."},
    {Refusal::kIdempotencyReused, "idempotency_key_reused",
     "This Idempotency-Key was used for another request; take a new one for each new request."},
    {Refusal::kNothingToMail, "nothing_to_mail",
     "No message of this number waits to be sent to the agency by mail."},
    {Refusal::kNotSetAside, "not_set_aside",
     "No message stands at this place in quarantine: list them anew."},
    {Refusal::kCertificateInvalid, "certificate_invalid", "The certificate breaks a rule."},
    {Refusal::kUnconfirmed, "unconfirmed",
     "Nobody has shown since the start that our store is the newest one: letter numbers and "
     "payment "
     "files wait. Try again when an agency answers (`jiexu store status`). If none can, two people "
     "may say so instead (`jiexu store confirm`)."},
    {Refusal::kIdempotencyTooMany, "too_many_idempotency_keys",
     "This user has a million Idempotency-Keys of the last day; go on later, or without keys."},
    {Refusal::kUnknownProposal, "unknown_proposal",
     "No such proposal waits in this case; it was replaced, approved, retracted or has lapsed."},
    {Refusal::kOwnProposal, "own_proposal",
     "A proposal is approved by another person than the one who made it."},
    {Refusal::kProposalChanged, "proposal_changed",
     "The digest is not that of what would be done now; look at the proposal again."},
    {Refusal::kProposalOpen, "proposal_open",
     "Another proposal waits for its second person: have it approved, or retract it first."},
};

}  // namespace

std::string_view name(Guard guard) {
  return find(kGuards, guard);
}
std::string_view name(Effect effect) {
  return find(kEffects, effect);
}
std::string_view name(Money money) {
  return find(kMoney, money);
}

std::string_view name(Refusal refusal) {
  for (const RefusalText& row : kRefusals) {
    if (row.refusal == refusal) return row.name;
  }
  return "none";
}

std::string_view explain(Refusal refusal) {
  for (const RefusalText& row : kRefusals) {
    if (row.refusal == refusal) return row.text;
  }
  return "";
}

}  // namespace jiexu
