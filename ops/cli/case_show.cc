#include "ops/cli/case_show.h"

#include <algorithm>
#include <iostream>
#include <sstream>

#include "daemon/base/columns.h"
#include "daemon/base/time.h"
#include "jiexu/v1/api.pb.h"
#include "ops/cli/json.h"
#include "ops/cli/output.h"
#include "ops/cli/paper_text.h"
#include "ops/cli/readable.h"

namespace jiexu::cli {
namespace {

constexpr size_t kTitleColumns = 9;
// The time in a case's id, and enough of its chance behind: cases that are entered in bulk have the
// millisecond in common.
constexpr size_t kShortCase = 23;

// How people name the case: by its letter, and before there is one by the beginning of its id.
std::string name_of(const v1::CaseView& view) {
  return view.letter_number().empty() ? short_case(view.case_id()) : view.letter_number();
}

// "State    ...", with the title in the language that is set.
std::string line(const std::string& title, const std::string& text) {
  const std::string said = say(title);
  return padded(said, std::max(kTitleColumns, columns_of(said) + 1)) + text + "\n";
}

void add_head(const v1::CaseView& view, std::ostream& out) {
  out << line("Case", say("{case}  ({side}, with {peer})", {{"case", name_of(view)},
                                                            {"side", called("side.", view.side())},
                                                            {"peer", view.peer()}}))
      << (view.paper_number().empty() ? "" : line("Its own number", view.paper_number()))
      << line("Person", view.person().name() + "  " + view.person().document_number());
  for (const std::string& former : view.former_peers()) {
    out << line("Before",
                say("with {peer}, which forwarded the letter or was merged", {{"peer", former}}));
  }
}

void add_state(const v1::CaseView& view, std::ostream& out) {
  std::string money = plain_funds(view.funds());
  if (view.due_fen() != 0) {
    money += say(" Due by the form: {amount}.", {{"amount", yuan(view.due_fen())}});
  }
  if (const std::string why = plain_disposition(view.disposition()); !why.empty()) {
    money += say(" By the form {why}.", {{"why", why}});
  }
  out << line("State", plain_relationship(view.relationship())) << line("Money", money);
  for (const std::string& words : plain_overlays(view.overlay(), view.side())) {
    out << line("", words);
  }
  if (view.hold_code() != v1::REJECT_CODE_UNSPECIFIED) {
    const std::string& until = view.hold_until();
    out << line("Held", plain_code(view.hold_code()) +
                            (until.empty() ? "" : say(", until about {day}", {{"day", until}})));
  }
  if (view.reject_code() != v1::REJECT_CODE_UNSPECIFIED) {
    out << line("Refused", plain_code(view.reject_code()));
  }
  if (view.last_fault() != v1::FAULT_CODE_UNSPECIFIED) {
    out << line("Fault", say("the other agency could not use a message of ours: {why}",
                             {{"why", plain_fault(view.last_fault())}}));
  }
  for (const v1::Finding& finding : view.findings()) {
    out << line("Finding", field_path(finding.field()) + ": " + say(finding.text()));
  }
}

void add_deadlines(const v1::CaseView& view, const std::string& today, std::ostream& out) {
  if (view.deadlines().empty()) return;
  Table table({"  WHO", "MUST", "UNTIL", ""});
  for (const v1::DeadlineView& deadline : view.deadlines()) {
    std::string when = days_until(deadline.due_on(), today);
    if (!deadline.expected_on().empty()) {
      when += say("; expected on {day}", {{"day", deadline.expected_on()}});
    }
    if (!deadline.held_since().empty()) {
      when += say("; stands still since {day}", {{"day", deadline.held_since()}});
    }
    if (deadline.held_days() != 0) {
      when += say("; with {n} working days held", {{"n", std::to_string(deadline.held_days())}});
    }
    if (deadline.own()) when += say("; our default, not the rule");
    const bool running = deadline.held_since().empty() && !deadline.due_on().empty();
    const bool late = running && deadline.due_on() < today;
    table.add({"  " + say(deadline.ours() ? "we" : "they"), plain_deadline(deadline.kind()),
               deadline.due_on().empty() ? "?" : deadline.due_on(), std::move(when)},
              late ? Stress::kLate : Stress::kNone);
  }
  out << "\n" << say("Deadlines") << "\n" << table.text();
}

void add_person_terms(const v1::CaseView& view, std::ostream& out) {
  if (view.person_terms().empty()) return;
  Table table({"  WHO", "MUST", "UNTIL", "RULE"});
  for (const v1::PersonTermView& term : view.person_terms()) {
    table.add({"  " + say(term.who()), say(term.what()), term.until(), say(term.source())});
  }
  out << "\n" << say("Terms of the person, which bind neither agency") << "\n" << table.text();
}

// The fields that may be left out of its command line.
std::string may_say(const v1::ActionView& action) {
  std::string out;
  for (const std::string& field : action.fields()) {
    if (std::ranges::find(action.needed(), field) != action.needed().end()) continue;
    out += (out.empty() ? "" : ", ") + readable_name(field);
    const auto* known = v1::ActionInput::descriptor()->FindFieldByName(field);
    // The name is to be typed; in Chinese it says nothing by itself.
    if (known != nullptr && language() == Language::kChinese)
      out += "（" + field_name(*known) + "）";
  }
  if (out.empty()) return out;
  return "    " + say("it also takes: {fields}", {{"fields", out}}) + "\n";
}

// The command line for an action, with a place for each field that it needs.
std::string command_line(const v1::CaseView& view, const v1::ActionView& action,
                         const std::string& command) {
  const std::string named = name_of(view);
  if (action.action() == "attach") return command + " case attach " + named + " FILE";
  if (action.action() == "detach") {
    return command + " case do " + named + " detach --set attachment.sha256=...";
  }
  std::string line = command + " case do " + named + " " + action.action();
  for (const std::string& field : action.needed()) {
    if (field == "form" || field == "application") {
      line += " --file " + field + ".json";
    } else if (field == "findings") {
      line += " --set findings.0.field=... --set findings.0.text=...";
    } else if (field == "payee") {
      for (const char* part : {"account_holder", "account_number", "bank_name", "cnaps"}) {
        line += std::string(" --set payee.") + part + "=...";
      }
    } else {
      line += " --set " + readable_name(field) + "=...";
    }
  }
  return line;
}

void add_proposals(const v1::CaseView& view, const std::string& command, std::ostream& out) {
  if (view.proposals().empty()) return;
  out << "\n" << say("Waits for a second person:") << "\n";
  for (const v1::ProposalView& proposal : view.proposals()) {
    const std::string number = std::to_string(proposal.number());
    const std::string call = command + " case ";
    out << "  " << number << "  "
        << say("{what}, proposed by {user} at {time}",
               {{"what", say(proposal.title())},
                {"user", proposal.proposed_by()},
                {"time", day_and_time(proposal.proposed_at())}})
        << "\n";
    out << proposal_text(proposal) << "    "
        << say("to do it (another {role}):", {{"role", called("role.", proposal.role())}}) << " "
        << call << "approve " << name_of(view) << " " << number << " "
        << proposal.digest().substr(0, kDigestShown) << "\n    " << say("to drop it:") << " "
        << call << "retract " << name_of(view) << " " << number << "\n";
  }
}

void add_attachments(const v1::CaseView& view, std::ostream& out) {
  if (view.attachments().empty()) return;
  out << "\n" << say("Files") << "\n" << attachments_text(view.attachments());
}

void add_payments(const v1::CaseView& view, std::ostream& out) {
  if (view.payments().empty()) return;
  Table table({"  ATTEMPT", "OUT", "STATE", "BATCH", "REMARK"});
  for (const v1::PaymentView& payment : view.payments()) {
    const std::string& why = payment.waits_for().empty() ? payment.reason() : payment.waits_for();
    table.add({"  " + std::to_string(payment.attempt()), yuan(payment.amount_fen()),
               called("payment.", payment.state()), payment.batch(), say_in_pieces(why)});
  }
  out << "\n" << say("Payments") << "\n" << table.text();
}

void add_related(const v1::CaseView& view, std::ostream& out) {
  if (view.related().empty()) return;
  Table table({"  CASE", "SIDE", "WITH", "STATE", "MONEY", "CLOSED"});
  for (const v1::RelatedCaseView& other : view.related()) {
    table.add({"  " + short_case(other.case_id()), called("side.", other.side()), other.peer(),
               called("state.", other.relationship()), called("funds.", other.funds()),
               other.closed() ? other.closed_at().substr(0, 10) : say("open")});
  }
  out << "\n" << say("Other cases of the person here") << "\n" << table.text();
}

// Possible at almost any time, and so no hint at what is to be done.
bool is_paper(const v1::ActionView& action) {
  return action.action() == "key-paper";
}

// Whoever works with cases may propose; the role is the second person's.
std::string who_may(const v1::ActionView& action) {
  const std::string role = called("role.", action.role());
  if (!action.second_person()) return role;
  return say("one person proposes, another {role} approves", {{"role", role}});
}

// Above the actions: for whom the case waits.
std::string who_is_next(const v1::CaseView& view, bool nothing_to_do) {
  if (nothing_to_do && view.closed()) return say("The case is closed.");
  if (nothing_to_do) {
    return say("Nothing to do here now: the other agency or the bank is next.");
  }
  if (view.actions(0).held().empty()) return say("You can now:");
  return say("Not now: {why}", {{"why", say(view.actions(0).held_because())}}) + "\n" +
         say("After that you can:");
}

void add_actions(const v1::CaseView& view, const std::string& command, std::ostream& out) {
  const bool paper = std::ranges::any_of(view.actions(), is_paper);
  out << "\n" << who_is_next(view, view.actions_size() == (paper ? 1 : 0)) << "\n";
  for (const v1::ActionView& action : view.actions()) {
    if (is_paper(action)) continue;
    out << "  " << say(action.title()) << " (" << who_may(action) << ")\n    "
        << command_line(view, action, command) << "\n"
        << may_say(action);
  }
  if (!paper) return;
  out << "\n"
      << say("If the other agency writes on paper:") << " " << command << " case key-paper "
      << name_of(view) << " KIND --set FIELD=...\n"
      << say("To write to it on paper:") << " " << command << " case print " << name_of(view)
      << "\n";
}

// "letter" or "form 2", as the API names them.
std::string carrier(const std::string& of) {
  if (of.empty()) return say("what is sent next");
  const size_t space = std::min(of.find(' '), of.size());
  const std::string kind = of.substr(0, space) == "form" ? "information-form" : of.substr(0, space);
  return paper_title(kind) + of.substr(space);
}

}  // namespace

std::string attachments_text(
    const google::protobuf::RepeatedPtrField<v1::AttachmentView>& attachments) {
  Table table({"  N", "NAME", "BYTES", "OF", "WHOSE", "BYTES ARE", "SHA-256"});
  for (const v1::AttachmentView& one : attachments) {
    table.add({"  " + std::to_string(one.n()), one.name(), std::to_string(one.size()),
               carrier(one.of()), say(one.ours() ? "ours" : "theirs"),
               called("content.", one.content()), one.sha256().substr(0, kDigestShown)});
  }
  return table.text();
}

std::string case_text(const v1::CaseView& view, const std::string& today,
                      const std::string& command) {
  std::ostringstream out;
  add_head(view, out);
  add_state(view, out);
  add_related(view, out);
  add_deadlines(view, today, out);
  add_person_terms(view, out);
  add_payments(view, out);
  add_attachments(view, out);
  add_proposals(view, command, out);
  add_actions(view, command, out);
  return out.str();
}

std::string held_text(const v1::PayeeView& payee, const std::string& command) {
  const bool named = !payee.payee().account_number().empty();
  if (!named || payee.listed() || !payee.second_by().empty()) return "";
  const std::string first = payee.first_by().empty()
                                ? say("nobody has yet")
                                : say("{user} has", {{"user", payee.first_by()}});
  return "\n" +
         say("Payments of this case are held: its account is not the one in the directory, and two "
             "people must confirm it ({who}). To look at it:",
             {{"who", first}}) +
         " " + command + " remit payee " + payee.case_id() + "\n";
}

std::string short_case(const std::string& id) {
  return id.substr(0, kShortCase);
}

void print_case(const std::string& body, const std::string& command) {
  v1::CaseView view;
  if (!from_json(body, &view)) return;
  std::cout << case_text(view, date_of(SystemClock().now()).str(), command);
}

}  // namespace jiexu::cli
