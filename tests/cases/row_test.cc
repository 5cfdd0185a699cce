// Each transition once: from a state reached by real steps, with what it sends, posts and starts.
// The last word of a script is the transition under test; all happens on 2026-11-20, a Friday.
#include <catch2/catch.hpp>
#include <set>

#include "daemon/cases/table.h"
#include "tests/cases/party.h"
#include "tests/rules/sample_forms.h"

using namespace jiexu;

namespace row_test {
namespace {

struct Transition {
  const char* fact;
  Side side;
  const char* script;
  const char* state;
  const char* messages;
  const char* postings;   // debit<credit amount
  const char* deadlines;  // by the rule, open afterwards
};

#define TO_LETTER "apply accept send-letter "
#define TO_ACCEPT TO_LETTER "letter-accept-received "
#define TO_CONFIRMED TO_ACCEPT "form-received confirm-form "
#define TO_CREDITED TO_ACCEPT "form-received bank-credit confirm-form credit "
#define TO_DONE TO_ACCEPT "form-received:none confirm-form close "
#define TO_OUT_DONE TO_STOPPED "issue-form:none form-confirm-received close-received "
#define TO_STOPPED "letter-received accept-letter stop-insurance "

constexpr Side kIn = Side::kIn;
constexpr Side kOut = Side::kOut;

// clang-format off
constexpr Transition kTransitions[] = {
    {"an application makes a draft", kIn, "apply", "DRAFT / UNKNOWN", "", "", ""},
    {"an accepted application waits for its letter", kIn, "apply accept", "ACCEPTED / UNKNOWN", "", "", ""},
    {"a letter goes out", kIn, TO_LETTER, "LETTER_SENT / UNKNOWN", "letter", "", ""},
    {"a receipt delivers the letter", kIn, TO_LETTER "letter-delivered", "LETTER_DELIVERED / UNKNOWN", "", "", ""},
    {"an acceptance starts the ten days of the form", kIn, TO_ACCEPT, "LETTER_ACCEPTED / UNKNOWN", "", "", "form 2026-12-04"},
    {"an acceptance may come before the receipt is noted", kIn, TO_LETTER "letter-delivered letter-accept-received", "LETTER_ACCEPTED / UNKNOWN", "", "", "form 2026-12-04"},
    {"a refusal of the letter ends the case", kIn, TO_LETTER "letter-reject-received", "REFUSED_BY_OUT / NONE_DUE", "", "", ""},
    {"a refusal of the letter leaves money that came to a person's decision", kIn, TO_LETTER "bank-credit:5000 letter-reject-received", "REFUSED_BY_OUT / RECEIVED_DIFFERS", "", "", ""},
    {"a draft is withdrawn without a message", kIn, "apply withdraw", "WITHDRAWN / NONE_DUE", "", "", ""},
    {"an accepted application is withdrawn without a message", kIn, "apply accept withdraw", "WITHDRAWN / NONE_DUE", "", "", ""},
    {"a letter is withdrawn by asking", kIn, TO_LETTER "withdraw", "LETTER_SENT / UNKNOWN / WITHDRAWAL_PENDING", "withdraw", "", ""},
    {"an agreed withdrawal ends the case", kIn, TO_LETTER "withdraw withdraw-reply-received:accepted", "WITHDRAWN / NONE_DUE", "", "", ""},
    {"an agreed withdrawal leaves money that came to a person's decision", kIn, TO_LETTER "withdraw bank-credit:5000 withdraw-reply-received:accepted", "WITHDRAWN / RECEIVED_DIFFERS", "", "", ""},
    {"a withdrawal that came too late changes nothing", kIn, TO_LETTER "withdraw letter-accept-received withdraw-reply-received:late", "LETTER_ACCEPTED / UNKNOWN", "", "", "form 2026-12-04"},
    {"a late answer to a withdrawal may find the case done", kIn, TO_LETTER "withdraw letter-accept-received form-received:none confirm-form close withdraw-reply-received:late", "DONE / NONE_DUE", "", "", ""},
    {"a withdrawal that met a refusal is moot", kIn, TO_LETTER "withdraw letter-reject-received withdraw-reply-received:moot", "REFUSED_BY_OUT / NONE_DUE", "", "", ""},

    {"a form that transfers makes money expected", kIn, TO_ACCEPT "form-received", "INFO_RECEIVED / EXPECTED", "", "receivable<owed_persons 123456", "intake 2026-11-27"},
    {"a form that refunds the person makes none due", kIn, TO_ACCEPT "form-received:refund", "INFO_RECEIVED / REFUNDED_TO_PERSON", "", "", "intake 2026-11-27"},
    {"a form without a balance makes none due", kIn, TO_ACCEPT "form-received:none", "INFO_RECEIVED / NONE_DUE", "", "", "intake 2026-11-27"},
    {"a form after the notice leaves it noticed", kIn, TO_ACCEPT "remittance-notice-received form-received", "INFO_RECEIVED / NOTICED", "", "receivable<owed_persons 123456", "intake 2026-11-27"},
    {"a form matches money that came early", kIn, TO_ACCEPT "bank-credit form-received", "INFO_RECEIVED / MATCHED", "", "receivable<owed_persons 123456,suspense<receivable 123456", "intake 2026-11-27"},
    {"a form does not match money that came early and differs", kIn, TO_ACCEPT "bank-credit:5000 form-received:7000", "INFO_RECEIVED / RECEIVED_DIFFERS", "", "receivable<owed_persons 7000", "intake 2026-11-27"},
    {"a corrected form matches the money that differed", kIn, TO_ACCEPT "form-received bank-credit:5000 query-form form-received:5000", "INFO_RECEIVED / MATCHED", "", "owed_persons<receivable 118456,suspense<receivable 5000", "intake 2026-11-27"},
    {"a corrected form of the same amount leaves matched money matched", kIn, TO_ACCEPT "form-received bank-credit query-form form-received", "INFO_RECEIVED / MATCHED", "", "", "intake 2026-11-27"},
    {"a corrected form changes what is due", kIn, TO_ACCEPT "form-received query-form form-received:100000", "INFO_RECEIVED / EXPECTED", "", "owed_persons<receivable 23456", "intake 2026-11-27"},
    {"a corrected form can end the claim", kIn, TO_ACCEPT "form-received query-form form-received:refund", "INFO_RECEIVED / REFUNDED_TO_PERSON", "", "owed_persons<receivable 123456", "intake 2026-11-27"},
    {"a sound form is confirmed", kIn, TO_ACCEPT "form-received confirm-form", "INFO_CONFIRMED / EXPECTED", "information_confirm", "", ""},
    {"a form is queried", kIn, TO_ACCEPT "form-received query-form", "INFO_DISPUTED / EXPECTED", "information_query", "", "intake 2026-11-27"},

    {"a notice before the form", kIn, TO_ACCEPT "remittance-notice-received", "LETTER_ACCEPTED / NOTICED", "", "", "form 2026-12-04"},
    {"a notice after the form", kIn, TO_ACCEPT "form-received remittance-notice-received", "INFO_RECEIVED / NOTICED", "", "", "intake 2026-11-27"},
    {"a notice after the money changes no state", kIn, TO_ACCEPT "form-received bank-credit remittance-notice-received", "INFO_RECEIVED / MATCHED", "", "", "intake 2026-11-27"},
    {"a notice after the close changes no state", kIn, TO_ACCEPT "form-received bank-credit confirm-form credit close ~remittance-notice-received", "DONE / CREDITED", "", "", ""},
    {"money before the form is parked", kIn, TO_ACCEPT "bank-credit:5000", "LETTER_ACCEPTED / SUSPENSE", "", "bank<suspense 5000", "form 2026-12-04"},
    {"more money before the form is parked too", kIn, TO_ACCEPT "bank-credit:5000 bank-credit:6000", "LETTER_ACCEPTED / SUSPENSE", "", "bank<suspense 6000", "form 2026-12-04"},
    {"money that overtakes a corrected form is parked", kIn, TO_ACCEPT "form-received:none query-form bank-credit:5000", "INFO_DISPUTED / RECEIVED_DIFFERS", "", "bank<suspense 5000", "intake 2026-11-27"},
    {"the corrected form matches it", kIn, TO_ACCEPT "form-received:none query-form bank-credit:5000 form-received:5000", "INFO_RECEIVED / MATCHED", "", "receivable<owed_persons 5000,suspense<receivable 5000", "intake 2026-11-27"},
    {"money that is what the form says matches", kIn, TO_ACCEPT "form-received bank-credit", "INFO_RECEIVED / MATCHED", "", "bank<receivable 123456", "intake 2026-11-27"},
    {"money that is one fen short differs", kIn, TO_ACCEPT "form-received bank-credit:123455", "INFO_RECEIVED / RECEIVED_DIFFERS", "", "bank<suspense 123455", "intake 2026-11-27"},
    {"the missing fen completes it", kIn, TO_ACCEPT "form-received bank-credit:123455 bank-credit:1", "INFO_RECEIVED / MATCHED", "", "bank<receivable 1,suspense<receivable 123455", "intake 2026-11-27"},
    {"a second payment that does not complete it is parked", kIn, TO_ACCEPT "form-received bank-credit:100 bank-credit:100", "INFO_RECEIVED / RECEIVED_DIFFERS", "", "bank<suspense 100", "intake 2026-11-27"},
    {"matched money is credited and acknowledged", kIn, TO_ACCEPT "form-received bank-credit confirm-form credit", "INFO_CONFIRMED / CREDITED", "funds_ack", "owed_persons<credited 123456", ""},
    {"a settled case is closed", kIn, TO_ACCEPT "form-received:none confirm-form close", "DONE / NONE_DUE", "close", "", ""},
    {"a letter that is forwarded goes to the next agency", kIn, TO_LETTER "letter-forwarded-received", "LETTER_SENT / UNKNOWN", "letter", "", ""},
    {"a letter that is forwarded while its withdrawal is pending is withdrawn", kIn, TO_LETTER "withdraw letter-forwarded-received", "WITHDRAWN / NONE_DUE", "", "", ""},
    {"a letter that is forwarded in a circle is refused", kIn, TO_LETTER "letter-forwarded-received letter-forwarded-received", "REFUSED_BY_OUT / NONE_DUE", "", "", ""},
    {"a refusal after the acceptance ends the case", kIn, TO_ACCEPT "letter-reject-received", "REFUSED_BY_OUT / NONE_DUE", "", "", ""},
    {"X16: a form taken back waits for the next version", kIn, TO_CONFIRMED "invalidation-received", "INFO_DISPUTED / EXPECTED / INVALIDATED", "", "", ""},
    {"a form taken back before transfer-out heard of the close opens the case", kIn, TO_DONE "~invalidation-received", "INFO_DISPUTED / NONE_DUE / INVALIDATED", "", "", ""},
    {"X41: a supplementary form follows a confirmed one", kIn, TO_CONFIRMED "form-received:200000", "INFO_RECEIVED / EXPECTED", "", "receivable<owed_persons 76544", "intake 2026-11-27"},
    {"a form written before transfer-out heard of the close opens the case", kIn, TO_DONE "~form-received:5000", "INFO_RECEIVED / EXPECTED", "", "receivable<owed_persons 5000", "intake 2026-11-27"},
    {"X38: a case whose peer wrote on paper only ends as such", kIn, TO_LETTER "key-paper:letter-accept-received key-paper:form-received bank-credit confirm-form credit close", "PAPER / CREDITED", "close", "", ""},
    {"X28: the rest of a corrected form completes it", kIn, TO_ACCEPT "form-received:5000 query-form bank-credit:5000 form-received:9000 bank-credit:4000", "INFO_RECEIVED / MATCHED", "", "bank<receivable 4000,suspense<receivable 5000", "intake 2026-11-27"},
    {"a corrected form of another amount parks the money that had matched", kIn, TO_ACCEPT "form-received:5000 query-form bank-credit:5000 form-received:9000", "INFO_RECEIVED / RECEIVED_DIFFERS", "", "receivable<owed_persons 4000,receivable<suspense 5000", "intake 2026-11-27"},
    {"X45: a supplementary form after crediting makes the rest expected", kIn, TO_CREDITED "form-received:130000", "INFO_RECEIVED / EXPECTED", "", "receivable<owed_persons 6544", "intake 2026-11-27"},
    {"X45: the rest is credited and the whole acknowledged", kIn, TO_CREDITED "form-received:130000 bank-credit confirm-form credit", "INFO_CONFIRMED / CREDITED", "funds_ack", "owed_persons<credited 6544", ""},
    {"a payment that bounced is announced no more", kIn, TO_ACCEPT "form-received remittance-notice-received bank-returned-received", "INFO_RECEIVED / EXPECTED / PAYEE_WANTED", "", "", "intake 2026-11-27"},
    {"X22: another account is named", kIn, TO_ACCEPT "form-received remittance-notice-received bank-returned-received change-payee", "INFO_RECEIVED / EXPECTED", "payee_change", "", "intake 2026-11-27"},
    {"a payment stopped after the transfer was given up settles the case", kIn, TO_ACCEPT "form-received remittance-notice-received cancel cancel-reply-received bank-returned-received", "FAILED / NONE_DUE", "", "", ""},
    {"X13: a payment that arrives after the transfer was given up is parked", kIn, TO_ACCEPT "form-received remittance-notice-received cancel cancel-reply-received bank-credit:123456", "FAILED / RECEIVED_DIFFERS", "", "bank<suspense 123456", ""},
    {"X13: it is sent back", kIn, TO_ACCEPT "form-received remittance-notice-received cancel cancel-reply-received bank-credit:123456 return-funds", "FAILED / RETURNED_TO_OUT", "funds_returned", "suspense<bank 123456", ""},
    {"X13: what was credited is credited no more", kIn, TO_CREDITED "cancel cancel-reply-received return-funds", "FAILED / RETURNED_TO_OUT", "funds_returned", "receivable<bank 123456,credited<owed_persons 123456", ""},
    {"a credit that the bank takes back is expected again", kIn, TO_ACCEPT "form-received bank-credit bank-reversal", "INFO_RECEIVED / EXPECTED / FUNDS_DIFFER", "funds_diff", "receivable<bank 123456", "intake 2026-11-27"},
    {"money that was matched by mistake leaves the case, and nobody is told", kIn, TO_ACCEPT "form-received bank-credit match-undone", "INFO_RECEIVED / EXPECTED", "", "receivable<bank 123456", "intake 2026-11-27"},
    {"a credit before the form that the bank takes back", kIn, TO_ACCEPT "bank-credit:5000 bank-reversal:5000", "LETTER_ACCEPTED / UNKNOWN", "funds_diff", "suspense<bank 5000", "form 2026-12-04"},
    {"of too much money the bank takes back what is too much", kIn, TO_ACCEPT "form-received bank-credit:124456 bank-reversal:1000", "INFO_RECEIVED / MATCHED", "funds_diff", "suspense<bank 1000,suspense<receivable 123456", "intake 2026-11-27"},
    {"after a difference was told the bank takes back what is too much", kIn, TO_ACCEPT "form-received bank-credit:124456 report-difference bank-reversal:1000", "INFO_RECEIVED / MATCHED", "funds_diff", "suspense<bank 1000,suspense<receivable 123456", "intake 2026-11-27"},
    {"X13: after the transfer was given up the bank takes back what had arrived", kIn, TO_ACCEPT "form-received remittance-notice-received cancel cancel-reply-received bank-credit:123456 bank-reversal:123456", "FAILED / NOTICED", "funds_diff", "suspense<bank 123456", ""},
    {"what was credited is taken back after the close, and told", kIn, TO_CREDITED "close bank-reversal", "DONE / EXPECTED", "funds_diff", "receivable<bank 123456,credited<owed_persons 123456", ""},
    {"a payment that the bank has made twice is announced whatever the end was", kIn, TO_LETTER "withdraw withdraw-reply-received:accepted remittance-notice-received:again", "WITHDRAWN / NOTICED", "", "", ""},
    {"it is announced again", kIn, TO_CREDITED "close bank-reversal remittance-notice-received", "DONE / NOTICED", "", "", ""},
    {"another account is named for it", kIn, TO_CREDITED "close bank-reversal change-payee", "DONE / EXPECTED", "payee_change", "", ""},
    {"X23: a difference is told", kIn, TO_ACCEPT "form-received bank-credit:5000 report-difference", "INFO_RECEIVED / RECEIVED_DIFFERS / FUNDS_DIFFER", "funds_diff", "", "intake 2026-11-27"},
    {"X23: what is too much is sent back, and the rest matches", kIn, TO_ACCEPT "form-received bank-credit:124456 return-funds", "INFO_RECEIVED / MATCHED", "funds_returned", "suspense<bank 1000,suspense<receivable 123456", "intake 2026-11-27"},
    {"X20: the refund at origin is noted", kIn, TO_ACCEPT "form-received:refund refund-received", "INFO_RECEIVED / REFUNDED_TO_PERSON", "", "", "intake 2026-11-27"},
    {"X13: giving up is asked for", kIn, TO_ACCEPT "cancel", "LETTER_ACCEPTED / UNKNOWN / CANCEL_PENDING", "cancel_request", "", "form 2026-12-04"},
    {"both ask to give up: it is given up", kIn, TO_ACCEPT "cancel ~cancel-request-received", "FAILED / NONE_DUE", "", "", ""},
    {"the peer asks to give up", kIn, TO_ACCEPT "cancel-request-received", "LETTER_ACCEPTED / UNKNOWN / CANCEL_ASKED", "", "", "form 2026-12-04"},
    {"the peer agrees to give up", kIn, TO_ACCEPT "cancel cancel-reply-received", "FAILED / NONE_DUE", "", "", ""},
    {"the peer declines to give up", kIn, TO_ACCEPT "cancel cancel-reply-received:no", "LETTER_ACCEPTED / UNKNOWN", "", "", "form 2026-12-04"},
    {"we agree to give up", kIn, TO_ACCEPT "cancel-request-received agree", "FAILED / NONE_DUE", "cancel_reply(yes)", "", ""},
    {"we decline to give up", kIn, TO_ACCEPT "cancel-request-received decline", "LETTER_ACCEPTED / UNKNOWN", "cancel_reply(no)", "", "form 2026-12-04"},
    {"X40: opening again is asked for", kIn, TO_DONE "reopen", "DONE / NONE_DUE / REOPEN_PENDING", "reopen_request", "", ""},
    {"both ask to open: it is open", kIn, TO_DONE "reopen ~reopen-request-received", "INFO_DISPUTED / NONE_DUE", "", "", ""},
    {"the peer asks to open", kIn, TO_DONE "reopen-request-received", "DONE / NONE_DUE / REOPEN_ASKED", "", "", ""},
    {"the peer agrees to open", kIn, TO_DONE "reopen reopen-reply-received", "INFO_DISPUTED / NONE_DUE", "", "", ""},
    {"the peer declines to open", kIn, TO_DONE "reopen reopen-reply-received:no", "DONE / NONE_DUE", "", "", ""},
    {"we agree to open", kIn, TO_DONE "reopen-request-received agree", "INFO_DISPUTED / NONE_DUE", "reopen_reply(yes)", "", ""},
    {"an agency without Jiexu answers a letter by its form alone", kIn, TO_LETTER "key-paper:form-received", "INFO_RECEIVED / EXPECTED", "", "receivable<owed_persons 123456", "intake 2026-11-27"},
    {"a case that has ended on paper is opened like others", kIn, TO_LETTER "key-paper:letter-accept-received key-paper:form-received bank-credit confirm-form credit close reopen-request-received agree", "INFO_DISPUTED / CREDITED", "reopen_reply(yes)", "", ""},
    {"we decline to open", kIn, TO_DONE "reopen-request-received decline", "DONE / NONE_DUE", "reopen_reply(no)", "", ""},
    {"transfer-out holds the case", kIn, TO_ACCEPT "hold-received", "LETTER_ACCEPTED / UNKNOWN / SUSPENDED", "", "", "form 2026-12-04"},
    {"transfer-out goes on", kIn, TO_ACCEPT "hold-received resume-received", "LETTER_ACCEPTED / UNKNOWN", "", "", "form 2026-12-04"},
    {"a question is asked by transfer-in", kIn, TO_ACCEPT "ask", "LETTER_ACCEPTED / UNKNOWN / ASKING", "clarify", "", "form 2026-12-04"},
    {"its answer comes", kIn, TO_ACCEPT "ask answer-received", "LETTER_ACCEPTED / UNKNOWN", "", "", "form 2026-12-04"},
    {"X02: a question comes to transfer-in", kIn, TO_LETTER "question-received", "LETTER_SENT / UNKNOWN / CLARIFYING", "", "", ""},
    {"X02: it is answered", kIn, TO_LETTER "question-received answer", "LETTER_SENT / UNKNOWN", "clarify_reply", "", ""},
    {"a status reply is noted", kIn, TO_LETTER "ask-status status-reply-received", "LETTER_SENT / UNKNOWN", "", "", ""},
    {"a reminder of what transfer-in has to do is answered with a day", kIn, TO_ACCEPT "form-received reminder-received:4 reply-reminder", "INFO_RECEIVED / EXPECTED", "reminder_reply", "", "intake 2026-11-27"},
    {"X38: a twin that differs from what was keyed in is looked into", kIn, TO_LETTER "key-paper:letter-accept-received letter-accept-received:changed mark-seen", "LETTER_ACCEPTED / UNKNOWN", "", "", "form 2026-12-04"},
    {"the status is asked for", kIn, TO_LETTER "ask-status", "LETTER_SENT / UNKNOWN", "status_query", "", ""},
    {"the status is told at once by transfer-in", kIn, TO_LETTER "status-query-received", "LETTER_SENT / UNKNOWN", "status_reply", "", ""},
    {"what crossed the close has lost its object", kIn, TO_DONE "~question-received", "DONE / NONE_DUE", "", "", ""},
    {"a file is attached to the letter", kIn, "apply accept attach", "ACCEPTED / UNKNOWN", "", "", ""},
    {"a file is taken off again", kIn, "apply accept attach detach", "ACCEPTED / UNKNOWN", "", "", ""},
    {"a form that names a file is not complete", kIn, TO_ACCEPT "form-received:file", "INFO_RECEIVED / EXPECTED / INCOMPLETE", "", "receivable<owed_persons 123456", "intake 2026-11-27"},
    {"a file that the other agency lacks leaves the form incomplete", kIn, TO_ACCEPT "form-received:file attachment-gone", "INFO_RECEIVED / EXPECTED / INCOMPLETE", "", "", "intake 2026-11-27"},
    {"a form is complete with its file", kIn, TO_ACCEPT "form-received:file attachment-gone attachment-complete", "INFO_RECEIVED / EXPECTED", "", "", "intake 2026-11-27"},
    {"a form without the file replaces one that lacked it", kIn, TO_ACCEPT "form-received:file query-form form-received", "INFO_RECEIVED / EXPECTED", "", "", "intake 2026-11-27"},
    {"a letter that the other agency cannot use ends the case", kIn, TO_LETTER "fault-received:letter", "REFUSED_BY_OUT / NONE_DUE", "", "", ""},
    {"a fault at transfer-in is noted", kIn, TO_LETTER "fault-received", "LETTER_SENT / UNKNOWN", "", "", ""},

    {"a letter opens the case", kOut, "letter-received", "LETTER_RECEIVED / NOT_COMPUTED", "", "", ""},
    {"an accepted letter starts the ten days of the form", kOut, "letter-received accept-letter", "OUT_ACCEPTED / NOT_COMPUTED", "letter_accept", "", "form 2026-12-04"},
    {"a refused letter ends the case", kOut, "letter-received reject-letter", "LETTER_REJECTED / NOTHING_TO_PAY", "letter_reject", "", ""},
    {"a withdrawal in time is agreed to", kOut, "letter-received withdraw-received", "OUT_WITHDRAWN / NOTHING_TO_PAY", "withdraw_reply(ACCEPTED)", "", ""},
    {"a withdrawal after the refusal is moot", kOut, "letter-received reject-letter withdraw-received", "LETTER_REJECTED / NOTHING_TO_PAY", "withdraw_reply(MOOT)", "", ""},
    {"a withdrawal after acceptance is too late", kOut, "letter-received accept-letter withdraw-received", "OUT_ACCEPTED / NOT_COMPUTED", "withdraw_reply(TOO_LATE)", "", "form 2026-12-04"},
    {"the insurance is stopped", kOut, TO_STOPPED, "STOPPED / NOT_COMPUTED", "", "", "form 2026-12-04"},
    {"a form that transfers fixes the amount", kOut, TO_STOPPED "issue-form", "FORM_ISSUED / COMPUTED", "information_form", "fund<payable 123456", ""},
    {"a form that refunds", kOut, TO_STOPPED "issue-form:refund", "FORM_ISSUED / REFUND_DUE", "information_form", "", ""},
    {"a form that moves no money", kOut, TO_STOPPED "issue-form:none", "FORM_ISSUED / NOTHING_TO_PAY", "information_form", "", ""},
    {"a corrected form changes what is owed", kOut, TO_STOPPED "issue-form form-query-received issue-form:100000", "FORM_ISSUED / COMPUTED", "information_form", "payable<fund 23456", ""},
    {"a form after the payment names what was paid", kOut, TO_STOPPED "remit:5000 issue-form:5000", "FORM_ISSUED / PAID", "information_form", "", ""},
    {"a form is confirmed by its version", kOut, TO_STOPPED "issue-form form-confirm-received", "FORM_CONFIRMED / COMPUTED", "", "", ""},
    {"a form is queried by its version", kOut, TO_STOPPED "issue-form form-query-received", "FORM_DISPUTED / COMPUTED", "", "", ""},
    {"money is paid before the form", kOut, TO_STOPPED "remit:5000", "STOPPED / PAID", "remittance_notice", "fund<payable 5000,payable<in_transit 5000", "form 2026-12-04"},
    {"money is paid by the form", kOut, TO_STOPPED "issue-form remit", "FORM_ISSUED / PAID", "remittance_notice", "payable<in_transit 123456", ""},
    {"money is acknowledged", kOut, TO_STOPPED "issue-form remit form-confirm-received funds-ack-received", "FORM_CONFIRMED / ACKED_BY_IN", "", "in_transit<settled 123456", ""},
    {"the close of the other side closes", kOut, TO_STOPPED "issue-form:none form-confirm-received close-received", "OUT_DONE / NOTHING_TO_PAY", "", "", ""},
    {"a letter is refused after its acceptance", kOut, TO_STOPPED "reject-letter", "LETTER_REJECTED / NOTHING_TO_PAY", "letter_reject", "", ""},
    {"X10: a letter is forwarded", kOut, "letter-received forward-letter", "LETTER_FORWARDED / NOTHING_TO_PAY", "letter_forwarded", "", ""},
    {"a withdrawal that crossed the forwarding has lost its object", kOut, "letter-received forward-letter ~withdraw-received", "LETTER_FORWARDED / NOTHING_TO_PAY", "", "", ""},
    {"X16: a form is taken back", kOut, TO_STOPPED "issue-form form-confirm-received invalidate-form", "FORM_DISPUTED / COMPUTED / INVALIDATED", "invalidate", "", ""},
    {"X41: a supplementary form follows a confirmed one", kOut, TO_STOPPED "issue-form remit form-confirm-received supplement-form:200000", "FORM_ISSUED / COMPUTED", "information_form", "fund<payable 76544", ""},
    {"X28: the rest is paid as the next payment", kOut, TO_STOPPED "issue-form remit form-confirm-received supplement-form:200000 remit", "FORM_ISSUED / PAID", "remittance_notice", "payable<in_transit 76544", ""},
    {"X28: a part is paid", kOut, TO_STOPPED "issue-form remit:23456", "FORM_ISSUED / COMPUTED", "remittance_notice", "payable<in_transit 23456", ""},
    {"X21: a form after the payment may let the person be paid here", kOut, TO_STOPPED "issue-form remit form-query-received issue-form:refund", "FORM_ISSUED / OVERPAID", "information_form", "payable<fund 123456", ""},
    {"X21: the money comes back", kOut, TO_STOPPED "issue-form remit form-query-received issue-form:refund bank-credit", "FORM_ISSUED / REFUND_DUE", "", "in_transit<payable 123456", ""},
    {"X26: the payment is in a batch, which the other agency is told", kOut, TO_STOPPED "issue-form remit batch-exported", "FORM_ISSUED / PAID", "remittance_notice", "", ""},
    {"X20: the person is paid", kOut, TO_STOPPED "issue-form:refund refund", "FORM_ISSUED / REFUND_TO_PERSON", "refund_to_person", "fund<refunded 123456", ""},
    {"X22: the bank sends a payment back, as a clerk has seen", kOut, TO_STOPPED "issue-form remit bank-returned", "FORM_ISSUED / BANK_RETURNED", "bank_returned", "in_transit<payable 123456", ""},
    {"the bank makes a payment twice", kOut, TO_STOPPED "issue-form remit bank-paid-again:123456", "FORM_ISSUED / OVERPAID", "remittance_notice", "payable<in_transit 123456", ""},
    {"X22: the bank's file says so", kOut, TO_STOPPED "issue-form remit bank-reversal", "FORM_ISSUED / BANK_RETURNED", "bank_returned", "in_transit<payable 123456", ""},
    {"X22: another account is named", kOut, TO_STOPPED "issue-form remit bank-returned payee-change-received", "FORM_ISSUED / BANK_RETURNED", "", "", ""},
    {"X22: the payment is ordered again", kOut, TO_STOPPED "issue-form remit bank-returned payee-change-received remit", "FORM_ISSUED / PAID", "remittance_notice", "payable<in_transit 123456", ""},
    {"what their bank took back after the close is acknowledged no more", kOut, TO_STOPPED "issue-form remit form-confirm-received funds-ack-received close-received difference-received:reversed", "OUT_DONE / PAID", "", "settled<in_transit 123456", ""},
    {"it is paid again when it has come back", kOut, TO_STOPPED "issue-form remit form-confirm-received funds-ack-received close-received difference-received:reversed bank-returned remit", "OUT_DONE / PAID", "remittance_notice", "payable<in_transit 123456", ""},
    {"the bank has left what is due, and nothing differs any more", kOut, TO_STOPPED "issue-form remit difference-received difference-received:123456", "FORM_ISSUED / PAID", "", "", ""},
    {"X13: their bank took back what had arrived after the transfer was given up", kOut, TO_STOPPED "issue-form remit cancel cancel-reply-received difference-received:reversed", "OUT_FAILED / OVERPAID", "", "", ""},
    {"X23: a difference is told", kOut, TO_STOPPED "issue-form remit difference-received", "FORM_ISSUED / PAID / FUNDS_DIFFER", "", "", ""},
    {"X13: money is on its way back", kOut, TO_STOPPED "issue-form remit funds-ack-received cancel cancel-reply-received funds-returned-received", "OUT_FAILED / OVERPAID", "", "settled<in_transit 123456", ""},
    {"X13: it comes, and nothing is left to pay", kOut, TO_STOPPED "issue-form remit funds-ack-received cancel cancel-reply-received funds-returned-received bank-credit", "OUT_FAILED / NOTHING_TO_PAY", "", "in_transit<payable 123456", ""},
    {"giving up is asked for", kOut, TO_STOPPED "cancel", "STOPPED / NOT_COMPUTED / CANCEL_PENDING", "cancel_request", "", "form 2026-12-04"},
    {"both ask to give up: it is given up", kOut, TO_STOPPED "cancel ~cancel-request-received", "OUT_FAILED / NOTHING_TO_PAY", "", "", ""},
    {"the peer asks to give up", kOut, TO_STOPPED "cancel-request-received", "STOPPED / NOT_COMPUTED / CANCEL_ASKED", "", "", "form 2026-12-04"},
    {"the peer agrees to give up", kOut, TO_STOPPED "cancel cancel-reply-received", "OUT_FAILED / NOTHING_TO_PAY", "", "", ""},
    {"the peer declines to give up", kOut, TO_STOPPED "cancel cancel-reply-received:no", "STOPPED / NOT_COMPUTED", "", "", "form 2026-12-04"},
    {"we agree to give up", kOut, TO_STOPPED "issue-form remit cancel-request-received agree", "OUT_FAILED / OVERPAID", "cancel_reply(yes)", "payable<fund 123456", ""},
    {"we decline to give up", kOut, TO_STOPPED "cancel-request-received decline", "STOPPED / NOT_COMPUTED", "cancel_reply(no)", "", "form 2026-12-04"},
    {"X40: opening again is asked for", kOut, TO_OUT_DONE "reopen", "OUT_DONE / NOTHING_TO_PAY / REOPEN_PENDING", "reopen_request", "", ""},
    {"both ask to open: it is open", kOut, TO_OUT_DONE "reopen ~reopen-request-received", "FORM_DISPUTED / NOTHING_TO_PAY", "", "", ""},
    {"the peer asks to open", kOut, TO_OUT_DONE "reopen-request-received", "OUT_DONE / NOTHING_TO_PAY / REOPEN_ASKED", "", "", ""},
    {"the peer agrees to open", kOut, TO_OUT_DONE "reopen reopen-reply-received", "FORM_DISPUTED / NOTHING_TO_PAY", "", "", ""},
    {"the peer declines to open", kOut, TO_OUT_DONE "reopen reopen-reply-received:no", "OUT_DONE / NOTHING_TO_PAY", "", "", ""},
    {"we agree to open", kOut, TO_OUT_DONE "reopen-request-received agree", "FORM_DISPUTED / NOTHING_TO_PAY", "reopen_reply(yes)", "", ""},
    {"we decline to open", kOut, TO_OUT_DONE "reopen-request-received decline", "OUT_DONE / NOTHING_TO_PAY", "reopen_reply(no)", "", ""},
    {"X03: the case is held", kOut, "letter-received hold", "LETTER_RECEIVED / NOT_COMPUTED / SUSPENDED", "hold", "", ""},
    {"X03: the case goes on", kOut, "letter-received hold resume", "LETTER_RECEIVED / NOT_COMPUTED", "resume", "", ""},
    {"X02: a question is asked by transfer-out", kOut, "letter-received ask", "LETTER_RECEIVED / NOT_COMPUTED / ASKING", "clarify", "", ""},
    {"X02: its answer comes", kOut, "letter-received ask answer-received", "LETTER_RECEIVED / NOT_COMPUTED", "", "", ""},
    {"a question comes to transfer-out", kOut, TO_STOPPED "question-received", "STOPPED / NOT_COMPUTED / CLARIFYING", "", "", "form 2026-12-04"},
    {"it is answered", kOut, TO_STOPPED "question-received answer", "STOPPED / NOT_COMPUTED", "clarify_reply", "", "form 2026-12-04"},
    {"X39: a reminder comes", kOut, TO_STOPPED "reminder-received", "STOPPED / NOT_COMPUTED / REMINDED", "", "", "form 2026-12-04"},
    {"X39: a reminder is answered with a day", kOut, TO_STOPPED "reminder-received reply-reminder", "STOPPED / NOT_COMPUTED", "reminder_reply", "", "form 2026-12-04"},
    {"what a recovery finds out of place is looked into", kIn, TO_ACCEPT "contradiction-found", "LETTER_ACCEPTED / UNKNOWN / UNCLEAR", "", "", "form 2026-12-04"},
    {"the same at OUT", kOut, "letter-received contradiction-found", "LETTER_RECEIVED / NOT_COMPUTED / UNCLEAR", "", "", ""},
    {"X38: a letter that differs from the paper is looked into", kOut, "key-paper:letter-received letter-received:changed mark-seen", "LETTER_RECEIVED / NOT_COMPUTED", "", "", ""},
    {"transfer-out asks for the status", kOut, TO_STOPPED "ask-status", "STOPPED / NOT_COMPUTED", "status_query", "", "form 2026-12-04"},
    {"the status is told at once by transfer-out", kOut, TO_STOPPED "status-query-received", "STOPPED / NOT_COMPUTED", "status_reply", "", "form 2026-12-04"},
    {"a confirmation that crossed the next form has lost its object", kOut, TO_STOPPED "issue-form supplement-form:5000 ~form-confirm-received:1", "FORM_ISSUED / COMPUTED", "", "", ""},
    {"a file is attached to the next form", kOut, TO_STOPPED "attach", "STOPPED / NOT_COMPUTED", "", "", "form 2026-12-04"},
    {"it is taken off again", kOut, TO_STOPPED "attach detach", "STOPPED / NOT_COMPUTED", "", "", "form 2026-12-04"},
    {"a letter that names a file is not complete", kOut, "letter-received:file", "LETTER_RECEIVED / NOT_COMPUTED / INCOMPLETE", "", "", ""},
    {"it is complete with the file", kOut, "letter-received:file attachment-complete", "LETTER_RECEIVED / NOT_COMPUTED", "", "", ""},
    {"a fault at transfer-out is noted", kOut, "letter-received fault-received", "LETTER_RECEIVED / NOT_COMPUTED", "", "", ""},
};
// clang-format on

std::string message_text(const v1::Message& message) {
  const auto* field = v1::Message::descriptor()->FindFieldByNumber(message.body_case());
  std::string out(field->name());
  if (message.has_cancel_reply()) return out + (message.cancel_reply().agreed() ? "(yes)" : "(no)");
  if (message.has_reopen_reply()) return out + (message.reopen_reply().agreed() ? "(yes)" : "(no)");
  if (!message.has_withdraw_reply()) return out;
  const std::string outcome = v1::WithdrawOutcome_Name(message.withdraw_reply().outcome());
  return out + "(" + outcome.substr(std::string("WITHDRAW_OUTCOME_").size()) + ")";
}

std::string messages_text(const Outcome& outcome) {
  std::string out;
  for (const v1::Message& message : outcome.messages) {
    out += (out.empty() ? "" : ",") + message_text(message);
  }
  return out;
}

std::string postings_text(const Outcome& outcome) {
  std::string out;
  for (const Posting& posting : outcome.postings) {
    if (!out.empty()) out += ',';
    out += std::string(name(posting.debit)) + "<" + std::string(name(posting.credit)) + " " +
           std::to_string(posting.amount.value);
  }
  return out;
}

std::string deadlines_text(const Case& subject) {
  std::string out;
  for (const Deadline& deadline : subject.deadlines) {
    if (rule_of(subject, deadline.kind)->own) continue;  // duty_test.cc
    static constexpr const char* kNames[] = {"", "letter", "form", "funds", "intake", "credit"};
    out += (out.empty() ? "" : ",") + std::string(kNames[static_cast<int>(deadline.kind)]);
    out += " " + (deadline.due ? deadline.due->str() : "unknown");
  }
  return out;
}

// The script without its last word.
std::pair<std::string, std::string> split(std::string_view script) {
  while (script.ends_with(' ')) script.remove_suffix(1);
  const size_t space = script.rfind(' ');
  if (space == std::string_view::npos) return {"", std::string(script)};
  return {std::string(script.substr(0, space)), std::string(script.substr(space + 1))};
}

}  // namespace

TEST_CASE("each transition leads, sends, posts and starts what it should") {
  for (const Transition& expected : kTransitions) {
    DYNAMIC_SECTION(expected.fact) {
      Party party(expected.side);
      const auto [before, last] = split(expected.script);
      REQUIRE(party.play(before).refusal() == Refusal::kNone);
      const Case from = party.subject;
      const Outcome outcome = party.play(last);
      REQUIRE(outcome.refusal() == Refusal::kNone);
      CHECK(state_text(party.subject) == expected.state);
      CHECK(messages_text(outcome) == expected.messages);
      CHECK(postings_text(outcome) == expected.postings);
      CHECK(deadlines_text(party.subject) == expected.deadlines);
      CHECK(party.ledger_sum() == 0);
      CHECK(party.subject.timeline_count == from.timeline_count + 1);
      CHECK(party.subject.revision == from.revision + 1);
    }
  }
}

TEST_CASE("every row of the table is taken by a transition above") {
  std::set<const Row*> taken;
  for (const Transition& transition : kTransitions) {
    Party party(transition.side);
    const auto [before, last] = split(transition.script);
    party.play(before);
    taken.insert(party.play(last).row);
  }
  for (const Side side : {kIn, kOut}) {
    size_t number = 0;
    for (const Row& row : rows(side)) {
      ++number;
      if (taken.contains(&row)) continue;
      FAIL_CHECK(name(side) << " row " << number << ", if " << name(row.guard));
    }
  }
}

TEST_CASE("what a message says is what the case holds") {
  Party in(kIn);
  const Outcome letter = in.play(TO_LETTER);
  const v1::ContactLetter& sent = letter.messages.at(0).letter();
  CHECK(sent.letter_number() == in.subject.letter_number);
  CHECK(sent.policy_profile() == "NHSA-2021");
  CHECK(sent.certificate_number() == sample_certificate().number());
  CHECK(sent.filing().trace_id() == sample_filing().trace_id());
  CHECK(sent.issued_on() == 20261120);
  CHECK(sent.payee().account_number() == in.context.own_entry->payee().account_number());

  Party out(kOut);
  const Outcome form = out.play(TO_STOPPED "issue-form");
  const v1::InformationForm& issued = form.messages.at(0).information_form();
  CHECK(issued.letter_number() == out.subject.letter_number);
  CHECK(issued.form_number() == out.subject.letter_number + "-1");
  CHECK(issued.issued_on() == 20261120);
  CHECK(issued.stopped_on() == 20260915);

  const Outcome remitted = out.play("remit");
  const v1::RemittanceNotice& notice = remitted.messages.at(0).remittance_notice();
  CHECK(notice.amount_fen() == kBalance);
  CHECK(notice.attempt() == 1);
  CHECK(notice.end_to_end_id() == out.subject.letter_number + "-1");
  CHECK(notice.payee().account_number() == out.subject.payee.account_number());
}

TEST_CASE("an answer to a request to give up or to open says why") {
  for (const EventKind answer : {EventKind::kAgree, EventKind::kDecline}) {
    v1::ActionInput input;
    input.set_note("the person has died");
    Party asked(kIn);
    asked.play(TO_ACCEPT "cancel-request-received");
    CHECK(asked.act(answer, input).messages.at(0).cancel_reply().note() == input.note());
    Party closed(kIn);
    closed.play(TO_DONE "reopen-request-received");
    CHECK(closed.act(answer, input).messages.at(0).reopen_reply().note() == input.note());
  }
}

TEST_CASE("what was written before the paper, and comes after it, moves nothing (X38)") {
  Party in(kIn);
  in.play(TO_LETTER "key-paper:letter-reject-received");
  const Relationship refused = in.subject.relationship;
  const uint32_t received = in.subject.received_case_seq;
  for (const EventKind late : {EventKind::kHoldIn, EventKind::kResumeIn, EventKind::kClarifyIn}) {
    const Outcome outcome = in.hear(sound_message(in.subject, late));
    INFO(name(late));
    CHECK(outcome.refusal() == Refusal::kNone);
    CHECK(outcome.messages.empty());
    CHECK(in.subject.relationship == refused);
    CHECK(in.subject.overlays.empty());
  }
  CHECK(in.subject.received_case_seq == received + 3);
  // Its twin is known still, and after it nothing is excused any more.
  REQUIRE(in.play("letter-reject-received").refusal() == Refusal::kNone);
  CHECK(in.subject.papers.empty());
  CHECK(in.hear(sound_message(in.subject, EventKind::kHoldIn)).refusal() != Refusal::kNone);
}

TEST_CASE("a form that is taken back may come after the paper of its successor (X38)") {
  Party in(kIn);
  in.play(TO_ACCEPT "key-paper:form-received query-form key-paper:form-received");
  REQUIRE(in.subject.form_version == 2);
  v1::Message late = sound_message(in.subject, EventKind::kInvalidateIn);
  late.mutable_invalidate()->set_version(1);
  CHECK(in.hear(late).refusal() == Refusal::kNone);
  CHECK(in.subject.relationship == Relationship::kInfoReceived);
  CHECK_FALSE(in.subject.overlays.has(Overlay::kInvalidated));
}

TEST_CASE("an end that came before a form was confirmed on paper is an end no more (X38)") {
  Party out(kOut);
  out.play(TO_OUT_DONE "reopen reopen-reply-received");
  REQUIRE(out.subject.relationship == Relationship::kFormDisputed);
  out.play("issue-form");
  REQUIRE(out.play("key-paper:form-confirm-received").refusal() == Refusal::kNone);
  const v1::Message end = sound_message(out.subject, EventKind::kCloseIn);
  CHECK(out.hear(end).refusal() == Refusal::kNone);
  CHECK(out.subject.relationship == Relationship::kFormConfirmed);
  REQUIRE(out.play("form-confirm-received").refusal() == Refusal::kNone);
  CHECK(out.subject.papers.empty());
  out.play("close-received");
  CHECK(out.subject.relationship == Relationship::kOutDone);
}

TEST_CASE("money that is told after the paper is not passed over (X38)") {
  Party in(kIn);
  in.play(TO_LETTER "key-paper:letter-reject-received");
  const Outcome outcome = in.hear(sound_message(in.subject, EventKind::kFundsDiffIn));
  CHECK(outcome.refusal() != Refusal::kNone);
}

TEST_CASE("a payment that was announced is not keyed in again from its sheet (X38)") {
  Party in(kIn);
  in.play(TO_ACCEPT);
  v1::Message notice = sound_message(in.subject, EventKind::kRemitNoticeIn);
  notice.mutable_remittance_notice()->set_attempt(1);
  REQUIRE(in.hear(notice).refusal() == Refusal::kNone);
  const Fen noticed = in.subject.noticed;
  v1::ActionInput sheet;
  *sheet.mutable_paper() = notice;
  CHECK(in.act(EventKind::kKeyPaper, sheet).refusal() == Refusal::kPaperInvalid);
  CHECK(in.subject.noticed == noticed);
  sheet.mutable_paper()->mutable_remittance_notice()->set_attempt(0);  // agencies without Jiexu
  CHECK(in.act(EventKind::kKeyPaper, sheet).refusal() == Refusal::kNone);
}

TEST_CASE("a query carries the findings about the form, the clerk's own, and the reason") {
  Party in(kIn);
  in.play(TO_ACCEPT "form-received:wrong");
  REQUIRE(in.subject.findings.size() == 1);
  v1::ActionInput input;
  input.set_reason("see row 2");
  input.add_findings()->set_field("segments[1].to_month");
  const Outcome outcome = in.act(EventKind::kQueryForm, input);
  const v1::InformationQuery& query = outcome.messages.at(0).information_query();
  CHECK(query.version() == 1);
  REQUIRE(query.findings_size() == 3);
  CHECK(query.findings(0).field() == "actual_months");
  CHECK(query.findings(1).field() == "segments[1].to_month");
  CHECK(query.findings(2).text() == "see row 2");
}

}  // namespace row_test
