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

constexpr std::string_view kFromPaper = "keyed in from paper: ";

bool is_paper(const v1::TimelineRecord& entry) {
  return static_cast<EventKind>(entry.event()) == EventKind::kKeyPaper;
}

// What came on paper is judged as the message that it stands for, which the note names.
EventKind event_of(const v1::TimelineRecord& entry) {
  if (!is_paper(entry) || !entry.note().starts_with(kFromPaper)) {
    return static_cast<EventKind>(entry.event());
  }
  std::string_view kind(entry.note());
  kind.remove_prefix(kFromPaper.size());
  kind = kind.substr(0, kind.find(','));
  for (int number = 0; number < 128; ++number) {
    if (name(static_cast<EventKind>(number)) == kind) return static_cast<EventKind>(number);
  }
  return EventKind::kNone;
}

bool leads(const Row& row, const States& before, const States& after) {
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
  const EventKind event = event_of(entry);
  const States after = states_of(entry);
  if (!funds_are_of(side, after.funds)) return nullptr;
  const bool overtaken = entry.note().starts_with("overtaken");
  Case probe;
  probe.relationship = before.relationship;
  probe.funds = before.funds;
  probe.overlays = before.overlays;
  const Overlays overlooked = entry.actor_kind() == static_cast<uint32_t>(ActorKind::kRecovery)
                                  ? Overlays(Overlay::kIncomplete)
                                  : Overlays();
  for (const Row& row : rows(side)) {
    // Of what came on paper the note does not say that it was overtaken.
    if (!is_paper(entry) && overtaken != (row.guard == Guard::kOvertaken)) continue;
    if (fits(row, probe, event, overlooked) && leads(row, before, after)) return &row;
  }
  return nullptr;
}

bool needs_no_row(const States& before, const v1::TimelineRecord& entry) {
  const States after = states_of(entry);
  if (after.relationship != before.relationship || after.funds != before.funds) return false;
  if (entry.note() == "differs from what was keyed in") {
    return after.overlays.has(Overlay::kUnclear);
  }
  return static_cast<EventKind>(entry.event()) == EventKind::kDeadlinePassed ||
         entry.note() == "was keyed in from paper before" ||
         entry.note() == "overtaken by what was keyed in";
}

}  // namespace jiexu::sim
