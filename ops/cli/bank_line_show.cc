#include "ops/cli/bank_line_show.h"

#include <iostream>

#include "ops/cli/case_show.h"
#include "ops/cli/output.h"
#include "ops/cli/second_person.h"

namespace jiexu::cli {
namespace {

constexpr size_t kShownOfId = 16;

std::string decision_text(const v1::LineDecisionView& decision) {
  std::string text = "  " + say("{act}, proposed by {user}, {time}",
                                {{"act", called("act.", decision.act())},
                                 {"user", decision.proposed_by()},
                                 {"time", day_and_time(decision.proposed_at())}});
  if (!decision.approved_by().empty()) {
    text += say(", approved by {user}, {time}",
                {{"user", decision.approved_by()}, {"time", day_and_time(decision.approved_at())}});
  }
  if (!decision.note().empty()) text += say(": {note}", {{"note", decision.note()}});
  for (const v1::AllocationView& part : decision.to()) {
    text += "\n      " + say("{amount} to case {case}", {{"amount", yuan(part.amount_fen())},
                                                         {"case", short_case(part.case_id())}});
    if (part.attempt() > 0) text += say(", payment {n}", {{"n", std::to_string(part.attempt())}});
  }
  if (decision.fee_fen() != 0) {
    text += "\n      " + say("{amount} is the bank's fee", {{"amount", yuan(decision.fee_fen())}});
  }
  if (!decision.same_as().empty()) {
    text += "\n      " + say("it is line {line}", {{"line", decision.same_as()}});
  }
  return text + "\n";
}

// What the bank has said.
void print_posting(const v1::BankLineView& line) {
  std::cout << say("Line {line}", {{"line", line.line_id()}}) << "\n  "
            << say("{outcome} since {time}", {{"outcome", called("outcome.", line.outcome())},
                                              {"time", day_and_time(line.since())}})
            << "\n  "
            << say("{amount} on {day}, account {account}, bank's number {number}",
                   {{"amount", amount_of(line)},
                    {"day", line.booked_on()},
                    {"account", line.account()},
                    {"number", line.host_sequence()}})
            << "\n  "
            << say("other: {name} {account}",
                   {{"name", line.counterparty_name()}, {"account", line.counterparty_account()}})
            << "\n  " << say("text: {text}", {{"text", line.remark()}}) << "\n";
  if (line.unreadable().empty()) return;
  std::cout << "  " << say("cannot be read: {why}", {{"why", say_in_pieces(line.unreadable())}})
            << "\n";
}

// Whose money it is, or may be.
void print_belonging(const v1::BankLineView& line) {
  for (const v1::AllocationView& part : line.to()) {
    std::cout << "  "
              << say("{amount} with case {case}",
                     {{"amount", yuan(part.amount_fen())}, {"case", short_case(part.case_id())}})
              << "\n";
  }
  if (line.suspense_fen() != 0) {
    std::cout << "  " << say("{amount} in suspense", {{"amount", yuan(line.suspense_fen())}})
              << "\n";
  }
  const std::string evidence = line.evidence().empty() ? "line" : line.evidence();
  for (const std::string& id : line.proposals()) {
    std::cout << "  "
              << say("may be of case {case}, by its {evidence}",
                     {{"case", short_case(id)}, {"evidence", called("evidence.", evidence)}})
              << "\n";
  }
}

// Other lines that it has to do with.
void print_relations(const v1::BankLineView& line) {
  if (!line.may_repeat().empty()) {
    std::cout << "  " << say("known: line {line}", {{"line", line.may_repeat()}}) << "\n";
  }
  if (!line.reversed_by().empty()) {
    std::cout << "  " << say("taken back by line {line}", {{"line", line.reversed_by()}}) << "\n";
  }
  if (!line.reverses().empty()) {
    std::cout << "  " << say("takes back line {line}", {{"line", line.reverses()}}) << "\n";
  }
}

void print_open_acts(const v1::BankLineView& line) {
  if (!line.open_acts().empty()) std::cout << say("May be done now:") << "\n";
  for (const v1::LineActView& act : line.open_acts()) {
    std::cout << "  " << act.act() << ": " << say(act.who());
    if (!act.message().empty()) {
      std::cout << say("; tells {message}", {{"message", say(act.message())}});
    }
    std::cout << "\n";
  }
}

}  // namespace

std::string amount_of(const v1::BankLineView& line) {
  return line.amount_fen() == 0 ? say("not known") : yuan(line.amount_fen());
}

std::string shown_id(const std::string& line) {
  return line.substr(0, kShownOfId);
}

const v1::LineDecisionView* waiting_decision(const v1::BankLineView& line) {
  if (line.decisions().empty()) return nullptr;
  const v1::LineDecisionView& last = *line.decisions().rbegin();
  return last.approved_by().empty() ? &last : nullptr;
}

std::string act_text(const v1::BankLineView& line, const v1::LineDecisionView& decision) {
  return say("Line {line}", {{"line", shown_id(line.line_id())}}) + ": " +
         say("{amount} on {day}, account {account}, bank's number {number}",
             {{"amount", yuan(line.amount_fen())},
              {"day", line.booked_on()},
              {"account", line.account()},
              {"number", line.host_sequence()}}) +
         "\n" + decision_text(decision);
}

void print_next(const v1::BankLineView& line, const v1::LineDecisionView& decision,
                const std::string& command) {
  std::cout << say("Next, by somebody else who has looked:") << "\n  " << command
            << " bank approve " << shown_id(line.line_id()) << " --content "
            << shown_digits(decision.content()) << "\n";
}

void print_line(const v1::BankLineView& line, const std::string& command) {
  print_posting(line);
  print_belonging(line);
  print_relations(line);
  if (!line.message().empty()) {
    std::cout << "  "
              << say("the other agency learns of it by {message}",
                     {{"message", say(line.message())}})
              << "\n";
  }
  if (!line.what_to_do().empty()) {
    std::cout << "  " << say("to do: {what}", {{"what", say(line.what_to_do())}}) << "\n";
  }
  for (const v1::LineDecisionView& decision : line.decisions()) {
    std::cout << decision_text(decision);
  }
  print_open_acts(line);
  const v1::LineDecisionView* decision = waiting_decision(line);
  if (decision != nullptr) print_next(line, *decision, command);
}

void print_line_acts(const google::protobuf::RepeatedPtrField<v1::BankLineView>& lines,
                     const std::string& command) {
  for (const v1::BankLineView& line : lines) print_line(line, command);
}

}  // namespace jiexu::cli
