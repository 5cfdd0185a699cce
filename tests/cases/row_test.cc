// Each transition once: from a state reached by real steps, with what it sends, posts and starts.
// The last word of a script is the transition under test; all happens on 2026-11-20, a Friday.
#include <catch2/catch.hpp>
#include <set>

#include "daemon/cases/table.h"
#include "tests/cases/party.h"

using namespace jiexu;

namespace {

struct Transition {
  const char* fact;
  Side side;
  const char* script;
  const char* state;
  const char* messages;
  const char* postings;   // debit<credit amount
  const char* deadlines;  // open afterwards
};

#define TO_LETTER "apply accept send-letter "
#define TO_ACCEPT TO_LETTER "letter-accept-received "
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
    {"a notice after the close changes no state", kIn, TO_ACCEPT "form-received bank-credit confirm-form credit close remittance-notice-received", "DONE / CREDITED", "", "", ""},
    {"money before the form is parked", kIn, TO_ACCEPT "bank-credit:5000", "LETTER_ACCEPTED / SUSPENSE", "", "bank<suspense 5000", "form 2026-12-04"},
    {"more money before the form is parked too", kIn, TO_ACCEPT "bank-credit:5000 bank-credit:6000", "LETTER_ACCEPTED / SUSPENSE", "", "bank<suspense 6000", "form 2026-12-04"},
    {"money that overtakes a corrected form is parked", kIn, TO_ACCEPT "form-received:none query-form bank-credit:5000", "INFO_DISPUTED / RECEIVED_DIFFERS", "", "bank<suspense 5000", "intake 2026-11-27"},
    {"the corrected form matches it", kIn, TO_ACCEPT "form-received:none query-form bank-credit:5000 form-received:5000", "INFO_RECEIVED / MATCHED", "", "receivable<owed_persons 5000,suspense<receivable 5000", "intake 2026-11-27"},
    {"money that is what the form says matches", kIn, TO_ACCEPT "form-received bank-credit", "INFO_RECEIVED / MATCHED", "", "bank<receivable 123456", "intake 2026-11-27"},
    {"money that is one fen short differs", kIn, TO_ACCEPT "form-received bank-credit:123455", "INFO_RECEIVED / RECEIVED_DIFFERS", "", "bank<suspense 123455", "intake 2026-11-27"},
    {"the missing fen completes it", kIn, TO_ACCEPT "form-received bank-credit:123455 bank-credit:1", "INFO_RECEIVED / MATCHED", "", "bank<suspense 1,suspense<receivable 123456", "intake 2026-11-27"},
    {"a second payment that does not complete it is parked", kIn, TO_ACCEPT "form-received bank-credit:100 bank-credit:100", "INFO_RECEIVED / RECEIVED_DIFFERS", "", "bank<suspense 100", "intake 2026-11-27"},
    {"matched money is credited and acknowledged", kIn, TO_ACCEPT "form-received bank-credit confirm-form credit", "INFO_CONFIRMED / CREDITED", "funds_ack", "owed_persons<credited 123456", ""},
    {"a settled case is closed", kIn, TO_ACCEPT "form-received:none confirm-form close", "DONE / NONE_DUE", "close", "", ""},
    {"a fault at transfer-in is noted", kIn, TO_LETTER "fault-received", "LETTER_SENT / UNKNOWN", "", "", ""},

    {"a letter opens the case", kOut, "letter-received", "LETTER_RECEIVED / NOT_COMPUTED", "", "", ""},
    {"an accepted letter starts the ten days of the form", kOut, "letter-received accept-letter", "OUT_ACCEPTED / NOT_COMPUTED", "letter_accept", "", "form 2026-12-04"},
    {"a refused letter ends the case", kOut, "letter-received reject-letter", "LETTER_REJECTED / NOTHING_TO_PAY", "letter_reject", "", ""},
    {"a withdrawal in time is agreed to", kOut, "letter-received withdraw-received", "OUT_WITHDRAWN / NOTHING_TO_PAY", "withdraw_reply(ACCEPTED)", "", ""},
    {"a withdrawal after the refusal is moot", kOut, "letter-received reject-letter withdraw-received", "LETTER_REJECTED / NOTHING_TO_PAY", "withdraw_reply(MOOT)", "", ""},
    {"a withdrawal after acceptance is too late", kOut, "letter-received accept-letter withdraw-received", "OUT_ACCEPTED / NOT_COMPUTED", "withdraw_reply(TOO_LATE)", "", "form 2026-12-04"},
    {"the insurance is stopped", kOut, TO_STOPPED, "STOPPED / NOT_COMPUTED", "", "", "form 2026-12-04"},
    {"a form that transfers fixes the amount", kOut, TO_STOPPED "issue-form", "FORM_ISSUED / COMPUTED", "information_form", "fund<payable 123456", ""},
    {"a form that refunds", kOut, TO_STOPPED "issue-form:refund", "FORM_ISSUED / REFUND_TO_PERSON", "information_form", "", ""},
    {"a form that moves no money", kOut, TO_STOPPED "issue-form:none", "FORM_ISSUED / NOTHING_TO_PAY", "information_form", "", ""},
    {"a corrected form changes what is owed", kOut, TO_STOPPED "issue-form form-query-received issue-form:100000", "FORM_ISSUED / COMPUTED", "information_form", "payable<fund 23456", ""},
    {"a form after the payment names what was paid", kOut, TO_STOPPED "remit:5000 issue-form:5000", "FORM_ISSUED / PAID", "information_form", "", ""},
    {"a form is confirmed by its version", kOut, TO_STOPPED "issue-form form-confirm-received", "FORM_CONFIRMED / COMPUTED", "", "", ""},
    {"a form is queried by its version", kOut, TO_STOPPED "issue-form form-query-received", "FORM_DISPUTED / COMPUTED", "", "", ""},
    {"money is paid before the form", kOut, TO_STOPPED "remit:5000", "STOPPED / PAID", "remittance_notice", "fund<payable 5000,payable<in_transit 5000", "form 2026-12-04"},
    {"money is paid by the form", kOut, TO_STOPPED "issue-form remit", "FORM_ISSUED / PAID", "remittance_notice", "payable<in_transit 123456", ""},
    {"money is acknowledged", kOut, TO_STOPPED "issue-form remit form-confirm-received funds-ack-received", "FORM_CONFIRMED / ACKED_BY_IN", "", "in_transit<settled 123456", ""},
    {"the close of the other side closes", kOut, TO_STOPPED "issue-form:none form-confirm-received close-received", "OUT_DONE / NOTHING_TO_PAY", "", "", ""},
    {"a fault at transfer-out is noted", kOut, "letter-received fault-received", "LETTER_RECEIVED / NOT_COMPUTED", "", "", ""},
};
// clang-format on

std::string message_text(const v1::Message& message) {
  const auto* field = v1::Message::descriptor()->FindFieldByNumber(message.body_case());
  std::string out(field->name());
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

// The first row that fits the states before and leads to those after.
const Row* row_taken(const Case& before, const Case& after, std::string_view event) {
  for (const Row& row : rows(after.side)) {
    const bool fits = name(row.event) == event && row.from.has(before.relationship) &&
                      row.funds_from.has(before.funds);
    const auto to = row.to == kSameRelationship ? before.relationship : row.to;
    const auto funds = row.funds_to == kSameFunds ? before.funds : row.funds_to;
    if (fits && to == after.relationship && funds == after.funds) return &row;
  }
  return nullptr;
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
    const Case from = party.subject;
    party.play(last);
    taken.insert(row_taken(from, party.subject, last.substr(0, last.find(':'))));
  }
  for (const Side side : {kIn, kOut}) {
    size_t number = 0;
    for (const Row& row : rows(side)) {
      INFO(name(side) << " row " << ++number << ", " << name(row.event) << " if "
                      << name(row.guard));
      CHECK(taken.contains(&row));
    }
  }
}

TEST_CASE("what a message says is what the case holds") {
  Party in(kIn);
  const Outcome letter = in.play(TO_LETTER);
  const v1::ContactLetter& sent = letter.messages.at(0).letter();
  CHECK(sent.letter_number() == in.subject.letter_number);
  CHECK(sent.policy_profile() == "NHSA-2021");
  CHECK(sent.issued_on() == 20261120);
  CHECK(sent.payee().account_number() == in.context.own_payee->account_number());

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
