// I8: the agencies' own daily comparison never finds a difference, because nothing of what the
// worlds do to them is one; and in the end each has compared the last day of each other, in all.
#include "daemon/reconciliation/rules/comparison.h"
#include "tests/sim/checks/checker.h"

namespace jiexu::sim {
namespace {

class AgreementChecker final : public Checker {
 public:
  explicit AgreementChecker(std::vector<Violation>& found) : Checker("I8", found) {}

  void surveyed(const Scene& scene) override {
    for (const auto& [agency, survey] : scene.surveys) {
      for (const auto& [day, record] : survey.comparisons) {
        if (outcome_of(record) != ComparisonOutcome::kDiffers) continue;
        violated(who(agency, day) + " differs: " + record.ShortDebugString());
      }
      for (const auto& [peer, other] : scene.surveys) {
        if (scene.ended && peer != agency) judge_end(agency, survey, other);
      }
    }
  }

 private:
  static ComparisonOutcome outcome_of(const v1::ComparisonRecord& record) {
    return static_cast<ComparisonOutcome>(record.outcome());
  }

  static std::string who(AgencyId agency, const std::pair<AgencyId, Date>& day) {
    return "the comparison of " + day.second.str() + " at " + agency.str() + " with " +
           day.first.str();
  }

  void judge_end(AgencyId agency, const Survey& survey, const Survey& other) {
    const auto messages = [&](layout::Direction direction) {
      const auto link = other.links.find({agency, direction});
      return link == other.links.end() ? 0 : link->second.last_seq();
    };
    const bool strangers =
        messages(layout::Direction::kOut) == 0 && messages(layout::Direction::kIn) == 0;
    if (strangers) return;
    const Date last = Date::from_days(date_of(other.now).days() - 1);
    const auto found = survey.comparisons.find({other.agency, last});
    if (found == survey.comparisons.end()) {
      return violated(who(agency, {other.agency, last}) + " is missing");
    }
    const v1::ComparisonRecord& record = found->second;
    const bool agrees = outcome_of(record) == ComparisonOutcome::kAgrees;
    if (agrees && record.sums_judged() && record.counts_judged()) return;
    violated(who(agency, {other.agency, last}) + " is not whole: " + record.ShortDebugString());
  }
};

}  // namespace

CheckerPtr make_agreement_checker(std::vector<Violation>& found) {
  return std::make_unique<AgreementChecker>(found);
}

}  // namespace jiexu::sim
