// I4: only rows of the table move a case, and the timeline tells all of it.
#include <algorithm>

#include "daemon/cases/table.h"
#include "tests/sim/checks/checker.h"

namespace jiexu::sim {
namespace {

struct States {
  Relationship relationship = Relationship::kNone;
  Funds funds = Funds::kUnknown;
  Overlay overlay = Overlay::kNone;
  bool operator==(const States&) const = default;
};

States states_of(const v1::TimelineRecord& entry) {
  return {static_cast<Relationship>(entry.relationship()), static_cast<Funds>(entry.funds()),
          static_cast<Overlay>(entry.overlay())};
}

States apply(const Row& row, States states) {
  if (row.to != kSameRelationship) states.relationship = row.to;
  if (row.funds_to != kSameFunds) states.funds = row.funds_to;
  if (row.overlay_to != kSameOverlay) states.overlay = row.overlay_to;
  return states;
}

bool is_allowed(Side side, EventKind event, const States& before, const States& after) {
  if (event == EventKind::kDeadlinePassed) return before == after;
  const auto all = rows(side);
  return std::any_of(all.begin(), all.end(), [&](const Row& row) {
    return row.event == event && row.from.has(before.relationship) &&
           row.funds_from.has(before.funds) && apply(row, before) == after;
  });
}

class RowsChecker final : public Checker {
 public:
  explicit RowsChecker(std::vector<Violation>& found) : Checker("I4", found) {}

  void surveyed(const Scene& scene) override {
    for (const auto& [agency, survey] : scene.surveys) {
      for (const auto& [id, file] : survey.cases) judge(agency, file);
    }
  }

 private:
  void judge(AgencyId agency, const CaseFile& file) {
    const Case& subject = file.subject;
    const std::string who = "case " + subject.id.str() + " at " + agency.str();
    if (file.timeline.size() != subject.timeline_count)
      return violated(who + ": timeline has holes");
    States states;
    for (const v1::TimelineRecord& entry : file.timeline) {
      const auto event = static_cast<EventKind>(entry.event());
      const States after = states_of(entry);
      if (!is_allowed(subject.side, event, states, after)) {
        violated(who + ": no row for " + std::string(jiexu::name(event)) + " from " +
                 std::string(jiexu::name(states.relationship)) + " to " +
                 std::string(jiexu::name(after.relationship)));
      }
      states = after;
    }
    const States now{subject.relationship, subject.funds, subject.overlay};
    if (states != now) violated(who + ": is not where its timeline ends");
  }
};

}  // namespace

CheckerPtr make_rows_checker(std::vector<Violation>& found) {
  return std::make_unique<RowsChecker>(found);
}

}  // namespace jiexu::sim
