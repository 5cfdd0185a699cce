#include "ops/cli/case_show.h"

#include <iostream>

#include "daemon/base/time.h"
#include "jiexu/v1/api.pb.h"
#include "ops/cli/json.h"
#include "ops/cli/output.h"

namespace jiexu::cli {
namespace {

void print_state(const v1::CaseView& view) {
  const char* side = view.side() == "IN" ? "transfer-in" : "transfer-out";
  std::cout << "Case     " << view.case_id() << "  (" << side << ", with " << view.peer() << ")\n"
            << "Person   " << view.person().name() << "  " << view.person().document_number()
            << "\n";
  if (!view.letter_number().empty()) std::cout << "Letter   " << view.letter_number() << "\n";
  std::cout << "State    " << plain_relationship(view.relationship()) << "\n"
            << "Money    " << plain_funds(view.funds());
  if (view.due_fen() != 0) std::cout << " Due by the form: " << yuan(view.due_fen()) << ".";
  std::cout << "\n";
  if (view.overlay() == "WITHDRAWAL_PENDING") {
    std::cout << "         A withdrawal is pending: the other agency has not answered yet.\n";
  }
  if (view.reject_code() != v1::REJECT_CODE_UNSPECIFIED) {
    std::cout << "Refused  " << v1::RejectCode_Name(view.reject_code()) << "\n";
  }
  if (view.last_fault() != v1::FAULT_CODE_UNSPECIFIED) {
    std::cout << "Fault    the other agency could not use a message of ours: "
              << v1::FaultCode_Name(view.last_fault()) << "\n";
  }
  for (const v1::Finding& finding : view.findings()) {
    std::cout << "Finding  " << finding.field() << ": " << finding.text() << "\n";
  }
}

void print_deadlines(const v1::CaseView& view) {
  if (view.deadlines().empty()) return;
  const std::string today = date_of(SystemClock().now()).str();
  Table table({"  WHO", "MUST", "UNTIL", ""});
  for (const v1::DeadlineView& deadline : view.deadlines()) {
    table.add({deadline.ours() ? "  we" : "  they", plain_deadline(deadline.kind()),
               deadline.due_on().empty() ? "?" : deadline.due_on(),
               days_until(deadline.due_on(), today)});
  }
  std::cout << "\nDeadlines\n" << table.text();
}

// The command line for an action, with a place for each field that it needs.
std::string command_line(const v1::CaseView& view, const v1::ActionView& action) {
  std::string line = "jiexu case do " + view.case_id() + " " + action.action();
  for (const std::string& field : action.fields()) {
    if (field == "form" || field == "application") {
      line += " --file " + field + ".json";
    } else if (field == "findings") {
      line += " --set findings.0.field=... --set findings.0.text=...";
    } else {
      line += " --set " + field + "=...";
    }
  }
  return line;
}

void print_actions(const v1::CaseView& view) {
  if (view.actions().empty()) {
    std::cout << (view.closed()
                      ? "\nThe case is closed.\n"
                      : "\nNothing to do here now: the other agency or the bank is next.\n");
    return;
  }
  std::cout << "\nYou can now:\n";
  for (const v1::ActionView& action : view.actions()) {
    std::cout << "  " << action.title() << " (" << action.role() << ")\n    "
              << command_line(view, action) << "\n";
  }
}

}  // namespace

void print_case(const std::string& body) {
  v1::CaseView view;
  if (!from_json(body, &view)) return;
  print_state(view);
  print_deadlines(view);
  print_actions(view);
}

}  // namespace jiexu::cli
