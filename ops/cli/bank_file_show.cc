#include "ops/cli/bank_file_show.h"

#include "ops/cli/output.h"
#include "ops/cli/second_person.h"

namespace jiexu::cli {
namespace {

// Of a decision: the file is not taken.
constexpr const char* kAside = "set-aside";

// A statement of which there is something to say.
std::string statement_text(const v1::Statement& statement) {
  const bool both = statement.has_opening() && statement.has_closing();
  std::string text;
  if (both && statement.without_amount() == 0 &&
      statement.opening_fen() + statement.fen() != statement.closing_fen()) {
    text +=
        "  " +
        say("statement {id}: opening balance {opening}, lines {lines}, closing balance {closing}",
            {{"id", statement.id()},
             {"opening", yuan(statement.opening_fen())},
             {"lines", yuan(statement.fen())},
             {"closing", yuan(statement.closing_fen())}}) +
        "\n";
  }
  if (statement.gap_fen() != 0) {
    text += "  " +
            say("statement {id}: opens {amount} from where the one before has closed: one is "
                "missing, or they overlap",
                {{"id", statement.id()}, {"amount", yuan(statement.gap_fen())}}) +
            "\n";
  }
  return text;
}

std::string decision_text_of_file(const v1::LineDecisionView& decision) {
  std::string text = "  " +
                     say(decision.act() == kAside ? "to be put aside, says {user}: {note}"
                                                  : "to be taken as it is, says {user}: {note}",
                         {{"user", decision.proposed_by()}, {"note", decision.note()}}) +
                     "\n";
  if (!decision.replaced_by().empty()) {
    text += "    " + say("file {file} stands for it", {{"file", decision.replaced_by()}}) + "\n";
  }
  if (decision.approved_by().empty()) return text;
  return text + "    " + say("approved by {user}", {{"user", decision.approved_by()}}) + "\n";
}

}  // namespace

std::string file_text(const v1::BankFileView& view) {
  std::string text = say("{file}: {n} lines, in {in}, out {out}, {state}",
                         {{"file", view.name()},
                          {"n", std::to_string(view.lines())},
                          {"in", yuan(view.credited_fen())},
                          {"out", yuan(view.debited_fen())},
                          {"state", called("import.", view.state())}});
  if (view.state() == kBookingState) {
    text += say(" ({n} booked)", {{"n", std::to_string(view.booked())}});
  }
  if (!view.proof().empty()) {
    text += say(", {proof}", {{"proof", called("proof.", view.proof())}});
  }
  text += "\n";
  for (const v1::OutcomeCount& counted : view.outcomes()) {
    text += "  " + called("outcome.", counted.outcome()) + ": " + std::to_string(counted.lines()) +
            "\n";
  }
  for (const v1::Statement& statement : view.statements()) text += statement_text(statement);
  for (const v1::LineDecisionView& decision : view.decisions()) {
    text += decision_text_of_file(decision);
  }
  if (!view.replaces().empty()) {
    text += "  " + say("stands for file {file}", {{"file", view.replaces()}}) + "\n";
  }
  return text;
}

// What people have to do about a file that is held.
std::string next_text(const v1::BankFileView& view, const std::string& command) {
  const int last = view.decisions_size() - 1;
  if (last >= 0 && view.decisions(last).approved_by().empty()) {
    return say("Next, by somebody else who has looked:") + "\n  " + command +
           " bank approve-take " + view.digest() + " --content " +
           shown_digits(view.decisions(last).content()) + "\n";
  }
  if (view.state() != kHeldState) return "";
  std::string text =
      say(view.held_for() == "day"
              ? "Held: a line is booked on a day on which it cannot have been."
              : "Held: a statement's lines do not lead from its opening to its closing balance.");
  if (!view.why().empty()) text += "\n  " + say_in_pieces(view.why());
  return text + "\n" +
         say("Next: ask the bank for the right file; when that is here, put this aside:") + "\n  " +
         command + " bank put-aside " + view.digest() + " --replaced-by DIGEST --note WHY\n" +
         say("Or, to take it as it is:") + "\n  " + command + " bank take " + view.digest() +
         " --note WHY\n";
}

}  // namespace jiexu::cli
