// The tables as text.
#include "daemon/cases/table.h"

namespace jiexu {
namespace {

template <class State>
std::string print_set(StateSet<State> set) {
  if (set.bits == StateSet<State>::any().bits) return "any";
  std::string out;
  for (int i = 0; i < 32; ++i) {
    const auto state = static_cast<State>(i);
    if (!set.has(state)) continue;
    if (!out.empty()) out += '|';
    out += name(state);
  }
  return out;
}

std::string print_events(const EventSet& events) {
  std::string out;
  for (int i = 0; i < 128; ++i) {
    const auto kind = static_cast<EventKind>(i);
    if (!events.has(kind)) continue;
    if (!out.empty()) out += '|';
    out += name(kind);
  }
  return out;
}

std::string print_side(Side side, std::string_view title) {
  std::string out(title);
  for (const Row& row : rows(side)) out += print_row(row) + '\n';
  out += "\nThe funds of " + std::string(name(side)) + ": the first that holds\n";
  for (const FundsRule& rule : funds_rules(side)) {
    out += std::string(name(rule.funds)) + "  if " + std::string(name(rule.money)) + '\n';
  }
  return out;
}

}  // namespace

std::string print_row(const Row& row) {
  std::string out = print_events(row.events);
  out += "  " + print_set(row.from) + " / " + print_set(row.funds);
  if (!row.needs.empty()) out += " with " + print_set(row.needs);
  if (!row.bars.empty()) out += " without " + print_set(row.bars);
  if (row.guard != Guard::kAlways) out += "  if " + std::string(name(row.guard));
  out += "  -> ";
  out += row.to == kSameRelationship ? "same" : name(row.to);
  if (!row.set.empty()) out += " + " + print_set(row.set);
  if (!row.clear.empty()) out += " - " + print_set(row.clear);
  if (row.effect != Effect::kNone) out += "; " + std::string(name(row.effect));
  return out;
}

std::string print_tables() {
  return print_side(Side::kIn, "IN, transfer-in agency: event, relationship / funds\n") + "\n" +
         print_side(Side::kOut, "OUT, transfer-out agency: event, relationship / funds\n");
}

}  // namespace jiexu
