#include "tests/sim/moves.h"

#include <algorithm>

namespace jiexu::sim {
namespace {

constexpr Overlays kDerived = {Overlay::kReminded, Overlay::kReminding, Overlay::kEscalated,
                               Overlay::kIncomplete};

Overlays without_derived(Overlays overlays) {
  overlays.remove(kDerived);
  return overlays;
}

bool leads(const Row& row, const States& before, const States& after, bool overtaken) {
  if (overtaken != (row.guard == Guard::kOvertaken)) return false;
  if (after.relationship != (row.to == kSameRelationship ? before.relationship : row.to)) {
    return false;
  }
  Overlays overlays = before.overlays;
  overlays.remove(row.clear);
  overlays.add(row.set);
  if (is_terminal(after.relationship)) overlays.keep(kOutliveTheEnd);
  // Whether the person's own transfer to us is open, the letter does not say.
  if (!before.overlays.has(Overlay::kUpstreamOpen) && row.events.has(EventKind::kLetterIn) &&
      after.overlays.has(Overlay::kUpstreamOpen)) {
    overlays.add(Overlay::kUpstreamOpen);
  }
  return without_derived(overlays) == without_derived(after.overlays);
}

bool funds_are_of(Side side, Funds funds) {
  const auto rules = funds_rules(side);
  return std::any_of(rules.begin(), rules.end(),
                     [&](const FundsRule& rule) { return rule.funds == funds; });
}

}  // namespace

States states_of(const v1::TimelineRecord& entry) {
  States states{
      static_cast<Relationship>(entry.relationship()), static_cast<Funds>(entry.funds()), {}};
  states.overlays.bits = entry.overlays();
  return states;
}

const Row* find_move(Side side, const States& before, const v1::TimelineRecord& entry) {
  const auto event = static_cast<EventKind>(entry.event());
  const States after = states_of(entry);
  if (!funds_are_of(side, after.funds)) return nullptr;
  const bool overtaken = entry.note().starts_with("overtaken");
  Case probe;
  probe.relationship = before.relationship;
  probe.funds = before.funds;
  probe.overlays = before.overlays;
  const Overlays overlooked =
      entry.actor() == "recovery" ? Overlays(Overlay::kIncomplete) : Overlays();
  for (const Row& row : rows(side)) {
    if (fits(row, probe, event, overlooked) && leads(row, before, after, overtaken)) return &row;
  }
  return nullptr;
}

bool needs_no_row(const States& before, const v1::TimelineRecord& entry) {
  const States after = states_of(entry);
  if (after.relationship != before.relationship || after.funds != before.funds) return false;
  return static_cast<EventKind>(entry.event()) == EventKind::kDeadlinePassed ||
         entry.note() == "was keyed in from paper before";
}

}  // namespace jiexu::sim
