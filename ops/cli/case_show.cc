#include "ops/cli/case_show.h"

#include <algorithm>
#include <iostream>
#include <sstream>

#include "daemon/base/time.h"
#include "jiexu/v1/api.pb.h"
#include "ops/cli/json.h"
#include "ops/cli/output.h"
#include "ops/cli/paper_text.h"

namespace jiexu::cli {
namespace {

void add_state(const v1::CaseView& view, std::ostream& out) {
  const char* side = view.side() == "IN" ? "transfer-in" : "transfer-out";
  out << "Case     " << view.case_id() << "  (" << side << ", with " << view.peer() << ")\n"
      << "Person   " << view.person().name() << "  " << view.person().document_number() << "\n";
  for (const std::string& former : view.former_peers()) {
    out << "Before   with " << former << ", which forwarded the letter or was merged\n";
  }
  if (!view.letter_number().empty()) out << "Letter   " << view.letter_number() << "\n";
  out << "State    " << plain_relationship(view.relationship()) << "\n"
      << "Money    " << plain_funds(view.funds());
  if (view.due_fen() != 0) out << " Due by the form: " << yuan(view.due_fen()) << ".";
  if (const std::string why = plain_disposition(view.disposition()); !why.empty()) {
    out << " By the form " << why << ".";
  }
  out << "\n";
  for (const std::string& words : plain_overlays(view.overlay(), view.side())) {
    out << "         " << words << "\n";
  }
  if (view.hold_code() != v1::REJECT_CODE_UNSPECIFIED) {
    out << "Held     " << plain_code(view.hold_code());
    out << (view.hold_until().empty() ? "" : ", until about " + view.hold_until()) << "\n";
  }
  if (view.reject_code() != v1::REJECT_CODE_UNSPECIFIED) {
    out << "Refused  " << plain_code(view.reject_code()) << "\n";
  }
  if (view.last_fault() != v1::FAULT_CODE_UNSPECIFIED) {
    out << "Fault    the other agency could not use a message of ours: "
        << v1::FaultCode_Name(view.last_fault()) << "\n";
  }
  for (const v1::Finding& finding : view.findings()) {
    out << "Finding  " << finding.field() << ": " << finding.text() << "\n";
  }
}

void add_deadlines(const v1::CaseView& view, const std::string& today, std::ostream& out) {
  if (view.deadlines().empty()) return;
  Table table({"  WHO", "MUST", "UNTIL", ""});
  for (const v1::DeadlineView& deadline : view.deadlines()) {
    std::string when = days_until(deadline.due_on(), today);
    if (!deadline.expected_on().empty()) when += "; expected on " + deadline.expected_on();
    table.add({deadline.ours() ? "  we" : "  they", plain_deadline(deadline.kind()),
               deadline.due_on().empty() ? "?" : deadline.due_on(), std::move(when)});
  }
  out << "\nDeadlines\n" << table.text();
}

// The command line for an action, with a place for each field that it needs.
std::string command_line(const v1::CaseView& view, const v1::ActionView& action,
                         const std::string& command) {
  if (action.action() == "attach") return command + " case attach " + view.case_id() + " FILE";
  if (action.action() == "detach") {
    return command + " case do " + view.case_id() + " detach --set attachment.sha256=...";
  }
  std::string line = command + " case do " + view.case_id() + " " + action.action();
  for (const std::string& field : action.fields()) {
    if (field == "form" || field == "application") {
      line += " --file " + field + ".json";
    } else if (field == "findings") {
      line += " --set findings.0.field=... --set findings.0.text=...";
    } else if (field == "payee") {
      for (const char* part : {"account_holder", "account_number", "bank_name", "cnaps"}) {
        line += std::string(" --set payee.") + part + "=...";
      }
    } else {
      line += " --set " + field + "=...";
    }
  }
  return line;
}

void add_proposals(const v1::CaseView& view, const std::string& command, std::ostream& out) {
  if (view.proposals().empty()) return;
  out << "\nWaits for a second person:\n";
  for (const v1::ProposalView& proposal : view.proposals()) {
    const std::string number = std::to_string(proposal.number());
    out << "  " << number << "  " << proposal.title() << ", proposed by " << proposal.proposed_by()
        << " at " << proposal.proposed_at() << "\n";
    if (proposal.input().ByteSizeLong() != 0) out << document_text(proposal.input()) << "\n";
    out << "    to do it (another " << proposal.role() << "): " << command << " case approve "
        << view.case_id() << " " << number << " " << proposal.digest() << "\n"
        << "    to drop it: " << command << " case retract " << view.case_id() << " " << number
        << "\n";
  }
}

void add_attachments(const v1::CaseView& view, std::ostream& out) {
  if (view.attachments().empty()) return;
  out << "\nFiles\n" << attachments_text(view.attachments());
}

void add_payments(const v1::CaseView& view, std::ostream& out) {
  if (view.payments().empty()) return;
  Table table({"  ATTEMPT", "OUT", "STATE", "BATCH", "REMARK"});
  for (const v1::PaymentView& payment : view.payments()) {
    const std::string& why = payment.waits_for().empty() ? payment.reason() : payment.waits_for();
    table.add({"  " + std::to_string(payment.attempt()), yuan(payment.amount_fen()),
               payment.state(), payment.batch(), why});
  }
  out << "\nPayments\n" << table.text();
}

void add_related(const v1::CaseView& view, std::ostream& out) {
  if (view.related().empty()) return;
  Table table({"  CASE", "SIDE", "WITH", "STATE", "MONEY", "CLOSED"});
  for (const v1::RelatedCaseView& other : view.related()) {
    table.add({"  " + other.case_id(), other.side(), other.peer(), other.relationship(),
               other.funds(), other.closed() ? other.closed_at().substr(0, 10) : "open"});
  }
  out << "\nOther cases of the person here\n" << table.text();
}

// Possible at almost any time, and so no hint at what is to be done.
bool is_paper(const v1::ActionView& action) {
  return action.action() == "key-paper";
}

// Whoever works with cases may propose; the role is the second person's.
std::string who_may(const v1::ActionView& action) {
  if (!action.second_person()) return action.role();
  return "one person proposes, another " + action.role() + " approves";
}

void add_actions(const v1::CaseView& view, const std::string& command, std::ostream& out) {
  const bool paper = std::ranges::any_of(view.actions(), is_paper);
  if (view.actions_size() == (paper ? 1 : 0)) {
    out << (view.closed() ? "\nThe case is closed.\n"
                          : "\nNothing to do here now: the other agency or the bank is next.\n");
  } else if (!view.actions(0).held().empty()) {
    out << "\nNot now: " << view.actions(0).held_because() << "\nAfter that you can:\n";
  } else {
    out << "\nYou can now:\n";
  }
  for (const v1::ActionView& action : view.actions()) {
    if (is_paper(action)) continue;
    out << "  " << action.title() << " (" << who_may(action) << ")\n    "
        << command_line(view, action, command) << "\n";
  }
  if (!paper) return;
  out << "\nIf the other agency writes on paper: " << command << " case key-paper "
      << view.case_id() << " KIND --set FIELD=...\nTo write to it on paper: " << command
      << " case print " << view.case_id() << "\n";
}

}  // namespace

std::string attachments_text(
    const google::protobuf::RepeatedPtrField<v1::AttachmentView>& attachments) {
  Table table({"  N", "NAME", "BYTES", "OF", "WHOSE", "BYTES ARE", "SHA-256"});
  for (const v1::AttachmentView& one : attachments) {
    table.add({"  " + std::to_string(one.n()), one.name(), std::to_string(one.size()),
               one.of().empty() ? "what is sent next" : one.of(), one.ours() ? "ours" : "theirs",
               one.content(), one.sha256()});
  }
  return table.text();
}

std::string case_text(const v1::CaseView& view, const std::string& today,
                      const std::string& command) {
  std::ostringstream out;
  add_state(view, out);
  add_related(view, out);
  add_deadlines(view, today, out);
  add_payments(view, out);
  add_attachments(view, out);
  add_proposals(view, command, out);
  add_actions(view, command, out);
  return out.str();
}

std::string held_text(const v1::PayeeView& payee, const std::string& command) {
  const bool named = !payee.payee().account_number().empty();
  if (!named || payee.listed() || !payee.second_by().empty()) return "";
  const std::string first = payee.first_by().empty() ? "nobody has yet" : payee.first_by() + " has";
  return "\nPayments of this case are held: its account is not the one in the directory, and two "
         "people must\nconfirm it (" +
         first + "). To look at it: " + command + " remit payee " + payee.case_id() + "\n";
}

void print_case(const std::string& body, const std::string& command) {
  v1::CaseView view;
  if (!from_json(body, &view)) return;
  std::cout << case_text(view, date_of(SystemClock().now()).str(), command);
}

}  // namespace jiexu::cli
