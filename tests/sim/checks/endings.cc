// I7: when the faults have ended, everything comes to its end.
#include <array>

#include "tests/sim/checks/checker.h"

namespace jiexu::sim {
namespace {

struct Ending {
  Relationship in;
  Funds in_funds;
  Relationship out;
  Funds out_funds;
};

// A deadline that has passed is noted within this time, slow disks included.
constexpr int64_t kFireMsMax = 20'000;

// The only ways in which the two sides of a case may end.
constexpr std::array kEndings = {
    Ending{Relationship::kDone, Funds::kCredited, Relationship::kOutDone, Funds::kAckedByIn},
    Ending{Relationship::kDone, Funds::kNoneDue, Relationship::kOutDone, Funds::kNothingToPay},
    Ending{Relationship::kDone, Funds::kRefundedToPerson, Relationship::kOutDone,
           Funds::kRefundToPerson},
    Ending{Relationship::kRefusedByOut, Funds::kNoneDue, Relationship::kLetterRejected,
           Funds::kNothingToPay},
    Ending{Relationship::kWithdrawn, Funds::kNoneDue, Relationship::kOutWithdrawn,
           Funds::kNothingToPay},
};

bool belong_together(const Case& in, const Case& out) {
  for (const Ending& ending : kEndings) {
    if (ending.in == in.relationship && ending.in_funds == in.funds &&
        ending.out == out.relationship && ending.out_funds == out.funds) {
      return true;
    }
  }
  return false;
}

std::string describe(const Case& subject) {
  return std::string(jiexu::name(subject.relationship)) + " / " +
         std::string(jiexu::name(subject.funds));
}

class EndingsChecker final : public Checker {
 public:
  explicit EndingsChecker(std::vector<Violation>& found) : Checker("I7", found) {}

  void surveyed(const Scene& scene) override {
    for (const auto& [agency, survey] : scene.surveys) judge_leftovers(survey);
    if (!scene.ended) return;
    for (const auto& [agency, survey] : scene.surveys) {
      judge_queues(survey);
      for (const auto& [id, file] : survey.cases) judge_case(scene, agency, file.subject);
    }
  }

 private:
  void judge_case(const Scene& scene, AgencyId agency, const Case& subject) {
    const std::string who = "case " + subject.id.str() + " at " + agency.str();
    if (!subject.closed()) violated(who + " is still open: " + describe(subject));
    if (subject.overlay != Overlay::kNone) violated(who + ": something is still pending");
    const auto& others = scene.surveys.at(subject.peer).cases;
    const auto other = others.find(subject.id);
    if (other == others.end()) {
      // A letter that never went out leaves no trace at the other agency.
      if (subject.relationship != Relationship::kWithdrawn || !subject.letter_number.empty()) {
        violated(who + " is unknown to the other agency");
      }
    } else if (subject.side == Side::kIn && !belong_together(subject, other->second.subject)) {
      violated(who + " ended as " + describe(subject) + ", and with the other agency as " +
               describe(other->second.subject));
    }
  }

  // What may not be left over even while faults go on.
  void judge_leftovers(const Survey& survey) {
    for (const v1::QuarantineRecord& record : survey.quarantine) {
      violated("quarantine of " + survey.agency.str() + ": " + v1::FaultCode_Name(record.code()) +
               " " + record.text());
    }
    for (const layout::TimerKey& timer : survey.timers) {
      const auto file = survey.cases.find(timer.id);
      if (file == survey.cases.end() || file->second.subject.closed()) {
        violated("a timer of a closed case is left at " + survey.agency.str());
      }
      const bool late = timer.due.plus_ms(kFireMsMax) < survey.now;
      if (late && survey.steady_ms > kFireMsMax) {
        violated("a deadline at " + survey.agency.str() + " has not fired");
      }
    }
  }

  void judge_queues(const Survey& survey) {
    for (const auto& [side, record] : survey.links) {
      if (side.second != layout::Direction::kOut) continue;
      if (record.receipted_seq() == record.last_seq()) continue;
      violated("messages of " + survey.agency.str() + " to " + side.first.str() +
               " have no receipt");
    }
  }
};

}  // namespace

CheckerPtr make_endings_checker(std::vector<Violation>& found) {
  return std::make_unique<EndingsChecker>(found);
}

}  // namespace jiexu::sim
