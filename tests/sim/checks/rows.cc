// I4: only rows of the table move a case, and the timeline tells all of it.
#include "daemon/cases/attachments.h"
#include "tests/sim/checks/checker.h"
#include "tests/sim/moves.h"

namespace jiexu::sim {
namespace {

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
      if (!needs_no_row(states, entry) && find_move(subject.side, states, entry) == nullptr) {
        violated(who + ": no row for " + std::string(jiexu::name(event)) + " from " +
                 std::string(jiexu::name(states.relationship)) + " to " +
                 std::string(jiexu::name(after.relationship)) + " / " + text(after.overlays));
      }
      states = after;
    }
    const States now{subject.relationship, subject.funds, subject.overlays};
    if (states != now) violated(who + ": is not where its timeline ends");
    if (judge_funds(subject) != subject.funds) violated(who + ": its amounts say other funds");
    if (lacks_attachment(subject) != subject.overlays.has(Overlay::kIncomplete)) {
      violated(who + ": its files say another overlay");
    }
  }
};

}  // namespace

CheckerPtr make_rows_checker(std::vector<Violation>& found) {
  return std::make_unique<RowsChecker>(found);
}

}  // namespace jiexu::sim
