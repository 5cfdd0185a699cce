#include "daemon/cases/table_drawing.h"

#include <map>
#include <set>
#include <utility>

#include "daemon/cases/table.h"

namespace jiexu {
namespace {

// From and to, and the names of the events between them in the order of their numbers.
using Arrows = std::map<std::pair<Relationship, Relationship>, std::set<EventKind>>;

void add_arrows(const Row& row, Arrows& arrows) {
  if (row.to == kSameRelationship) return;
  for (int state = 0; state < 32; ++state) {
    const auto from = static_cast<Relationship>(state);
    if (!row.from.has(from) || from == row.to) continue;
    for (int number = 0; number < 128; ++number) {
      const auto event = static_cast<EventKind>(number);
      if (row.events.has(event)) arrows[{from, row.to}].insert(event);
    }
  }
}

std::string label(const std::set<EventKind>& events) {
  std::string out;
  for (const EventKind event : events) {
    if (!out.empty()) out += ", ";
    out += name(event);
  }
  return out;
}

std::string state_name(Relationship state) {
  return state == Relationship::kNone ? "[*]" : std::string(name(state));
}

}  // namespace

std::string draw_table(Side side) {
  Arrows arrows;
  for (const Row& row : rows(side)) add_arrows(row, arrows);
  std::string out = "stateDiagram-v2\n";
  for (const auto& [ends, events] : arrows) {
    out += "  " + state_name(ends.first) + " --> " + state_name(ends.second) + ": " +
           label(events) + '\n';
  }
  return out;
}

}  // namespace jiexu
