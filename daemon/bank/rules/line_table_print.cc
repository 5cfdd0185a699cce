// The table of a bank line as text: its rows, what each event does in each state, and a diagram.
#include "daemon/bank/rules/line_table_print.h"

#include <map>
#include <set>
#include <utility>

#include "daemon/bank/rules/line_step.h"

namespace jiexu {
namespace {

constexpr auto kOutcomes = 32;

std::string outcome_name(BankOutcome outcome) {
  if (outcome == kNoLine) return "-";
  if (outcome == kAsFound) return "as found";
  return outcome == kSameOutcome ? "same" : std::string(name(outcome));
}

// A line of this state, of which all is as acts want it.
LineNow typical(BankOutcome outcome, bool waits) {
  LineNow now;
  now.outcome = outcome;
  now.waits = waits;
  now.amount = Fen{100};
  const bool kept = outcome == BankOutcome::kSetAside || waits;
  if (outcome != kNoLine) (kept ? now.open : now.with_cases) = now.amount;
  now.is_void = outcome == BankOutcome::kReportedAgain;
  if (now.is_void) now.open = now.with_cases = Fen{};
  now.taken_back = outcome == BankOutcome::kReversed;
  now.by_people =
      OutcomeSet{BankOutcome::kMatchedByHand, BankOutcome::kSetAside, BankOutcome::kReportedAgain}
          .has(outcome);
  now.of_batch = true;
  return now;
}

// The table as text, in some words.
class LinePrinter {
 public:
  explicit LinePrinter(const LineWords& words) : words_(words) {}
  std::string table() const;

 private:
  std::string other(std::string_view said) const { return words_(LineWord::kOther, said); }
  std::string outcome(BankOutcome outcome) const {
    const bool kept = line_outcomes().has(outcome);
    return words_(kept ? LineWord::kOutcome : LineWord::kOther, outcome_name(outcome));
  }
  std::string outcomes(OutcomeSet set) const;
  std::string end(const LineRow& row) const;
  std::string row(const LineRow& row) const;
  std::string cell(LineEvent event, const LineNow& now) const;
  std::string state(BankOutcome outcome, bool waits) const;

  const LineWords& words_;
};

std::string LinePrinter::outcomes(OutcomeSet set) const {
  std::string out;
  for (uint32_t i = 0; i < kOutcomes; ++i) {
    const auto one = static_cast<BankOutcome>(i);
    if (set.has(one)) out += (out.empty() ? "" : "|") + outcome(one);
  }
  return out;
}

std::string LinePrinter::end(const LineRow& row) const {
  std::string out;
  if (row.guard != LineGuard::kAlways) out += other("if") + " " + other(name(row.guard)) + " ";
  out += "-> " + outcome(row.to);
  if (row.money != LineMoney::kStays) out += ", " + other("money") + " " + other(name(row.money));
  return out;
}

std::string LinePrinter::row(const LineRow& row) const {
  std::string out = words_(LineWord::kEvent, name(row.event)) + "  " + outcomes(row.from);
  if (row.waits == Waits::kYes) out += ", " + other("waiting");
  if (row.waits == Waits::kNo && !row.from.has(kNoLine)) out += ", " + other("not waiting");
  return out + "  " + end(row);
}

std::string LinePrinter::cell(LineEvent event, const LineNow& now) const {
  LineAsked asked;
  asked.event = event;
  asked.found = BankOutcome::kNoCase;
  asked.asked = now.open;
  LineNow then = now;
  if (const auto done = step(asked, then); !done) {
    return other("refused") + ": " + other(name(done.error()));
  }
  std::string out;
  for (const LineRow& row : line_rows()) {
    const bool fits = row.event == event && row.from.has(now.outcome) &&
                      (row.waits == Waits::kEither || (row.waits == Waits::kYes) == now.waits);
    if (fits) out += (out.empty() ? "" : "; ") + end(row);
  }
  return out;
}

std::string LinePrinter::state(BankOutcome of, bool waits) const {
  std::string out = "\n" + outcome(of);
  if (is_queue(of)) out += ", " + other(waits ? "waiting" : "settled with its case");
  out += "\n";
  for (int i = 0; i <= static_cast<int>(LineEvent::kLast); ++i) {
    const auto event = static_cast<LineEvent>(i);
    out += "  " + words_(LineWord::kEvent, name(event)) + "  " + cell(event, typical(of, waits)) +
           "\n";
  }
  return out;
}

std::string LinePrinter::table() const {
  std::string out =
      other("A bank line: event, outcomes, what becomes of it; the first row that fits") + "\n";
  for (const LineRow& one : line_rows()) out += row(one) + "\n";
  out += "\n" + other("Found by its evidence") + ": " + outcomes(found_outcomes()) + "\n";
  out += "\n" + other("Every state and event") + "\n" + state(kNoLine, false);
  for (uint32_t i = 1; i < kOutcomes; ++i) {
    const auto of = static_cast<BankOutcome>(i);
    if (!line_outcomes().has(of)) continue;
    if (is_queue(of)) out += state(of, true);
    out += state(of, false);
  }
  return out;
}

// From and to; found by its evidence is a state of the drawing.
using LineArrows = std::map<std::pair<std::string, std::string>, std::set<LineEvent>>;

std::string drawn(BankOutcome outcome) {
  if (outcome == kNoLine) return "[*]";
  return outcome == kAsFound ? "as_found" : outcome_name(outcome);
}

}  // namespace

std::string print_line_table(const LineWords& words) {
  return LinePrinter(words).table();
}

std::string print_line_table() {
  return print_line_table([](LineWord, std::string_view said) { return std::string(said); });
}

std::string draw_line_table() {
  LineArrows arrows;
  for (const LineRow& row : line_rows()) {
    if (row.to == kSameOutcome) continue;
    for (uint32_t i = 0; i < kOutcomes; ++i) {
      const auto from = static_cast<BankOutcome>(i);
      const bool leads = row.from.has(from) && from != row.to;
      if (leads) arrows[{drawn(from), drawn(row.to)}].insert(row.event);
    }
  }
  std::string out = "stateDiagram-v2\n";
  for (const auto& [ends, events] : arrows) {
    out += "  " + ends.first + " --> " + ends.second + ": ";
    for (const LineEvent event : events) {
      out += (event == *events.begin() ? "" : ", ") + std::string(name(event));
    }
    out += "\n";
  }
  return out;
}

std::string_view name(LineEvent event) {
  switch (event) {
    case LineEvent::kCome: return "come";
    case LineEvent::kComeUnsure: return "come-unsure";
    case LineEvent::kComeDamaged: return "come-damaged";
    case LineEvent::kReport: return "report";
    case LineEvent::kReportParts: return "report-parts";
    case LineEvent::kTryAgain: return "try-again";
    case LineEvent::kCaseSettles: return "case-settles";
    case LineEvent::kBatchSettles: return "batch-settles";
    case LineEvent::kBatchBreaks: return "batch-breaks";
    case LineEvent::kReverse: return "reverse";
    case LineEvent::kMatch: return "match";
    case LineEvent::kMatchNoticed: return "match-noticed";
    case LineEvent::kSetAside: return "set-aside";
    case LineEvent::kSame: return "same";
    case LineEvent::kAnother: return "another";
    case LineEvent::kUndo: return "undo";
  }
  return "";
}

std::string_view name(LineGuard guard) {
  switch (guard) {
    case LineGuard::kAlways: return "";
    case LineGuard::kAllTaken: return "all-taken";
    case LineGuard::kTakenInPart: return "several-cases";
    case LineGuard::kHasAll: return "case-has-all";
    case LineGuard::kApart: return "case-holds-it-apart";
  }
  return "";
}

std::string_view name(LineMoney money) {
  switch (money) {
    case LineMoney::kStays: return "";
    case LineMoney::kPlaced: return "to its cases";
    case LineMoney::kPark: return "in suspense";
    case LineMoney::kShared: return "shared with its batch";
    case LineMoney::kVoid: return "none";
    case LineMoney::kGoBack: return "from its cases into suspense";
    case LineMoney::kGoVoid: return "from its cases, none";
    case LineMoney::kTakenBy: return "taken back";
  }
  return "";
}

}  // namespace jiexu
