// I7: when the faults have ended, everything comes to its end.
#include <algorithm>

#include "tests/sim/checks/checker.h"

namespace jiexu::sim {
namespace {

// A deadline that has passed is noted within this time, a disk that hangs for two commits included.
constexpr int64_t kFireMsMax = 50'000;

template <class State>
using Pair = std::pair<State, State>;

// The only ways in which the two sides of a case may end.
constexpr Pair<Relationship> kEnds[] = {
    {Relationship::kDone, Relationship::kOutDone},
    {Relationship::kPaper, Relationship::kOutDone},
    {Relationship::kRefusedByOut, Relationship::kLetterRejected},
    {Relationship::kRefusedByOut, Relationship::kLetterForwarded},
    {Relationship::kWithdrawn, Relationship::kOutWithdrawn},
    {Relationship::kWithdrawn, Relationship::kLetterForwarded},
    {Relationship::kFailed, Relationship::kOutFailed},
};

constexpr Pair<Funds> kFundsEnds[] = {
    {Funds::kCredited, Funds::kAckedByIn},
    {Funds::kNoneDue, Funds::kNothingToPay},
    {Funds::kReturnedToOut, Funds::kNothingToPay},
    {Funds::kRefundedToPerson, Funds::kRefundToPerson},
};

template <class State, size_t N>
bool contains(const Pair<State> (&pairs)[N], State in, State out) {
  return std::find(std::begin(pairs), std::end(pairs), Pair<State>{in, out}) != std::end(pairs);
}

bool belong_together(const Case& in, const Case& out) {
  return contains(kEnds, in.relationship, out.relationship) &&
         contains(kFundsEnds, in.funds, out.funds) && in.due == out.due && in.moved == out.moved &&
         in.credited == out.credited && in.form_version == out.form_version;
}

std::string describe(const Case& subject) {
  return std::string(jiexu::name(subject.relationship)) + " / " +
         std::string(jiexu::name(subject.funds));
}

class EndingsChecker final : public Checker {
 public:
  explicit EndingsChecker(std::vector<Violation>& found) : Checker("I7", found) {}

  void surveyed(const Scene& scene) override {
    for (const auto& [agency, survey] : scene.surveys) judge_leftovers(scene, survey);
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
    if (!subject.overlays.empty()) violated(who + ": still pending: " + text(subject.overlays));
    const auto& others = scene.surveys.at(subject.peer).cases;
    const auto other = others.find(subject.id);
    if (other == others.end()) {
      // A letter that never went out leaves no trace at the other agency.
      if (subject.relationship != Relationship::kWithdrawn || !subject.letter_number.empty()) {
        violated(who + " is unknown to the other agency");
      }
    } else if (subject.side == Side::kOut && other->second.subject.peer != agency) {
      // The case has gone on to another agency.
      if (subject.relationship != Relationship::kLetterForwarded) {
        violated(who + " has lost the other agency");
      }
    } else if (subject.side == Side::kIn && !belong_together(subject, other->second.subject)) {
      violated(who + " ended as " + describe(subject) + ", and with the other agency as " +
               describe(other->second.subject));
    }
  }

  // The bank said that a payment of the case was refused, and paid it: what the other agency says
  // of the money is more than can be until people have cleared that up.
  static bool was_misled(const Scene& scene, const v1::QuarantineRecord& record) {
    return std::ranges::any_of(scene.bank.orders(), [&](const Order& order) {
      return order.out_after_all && order.case_id.bytes() == record.case_id();
    });
  }

  // What may not be left over even while faults go on.
  void judge_leftovers(const Scene& scene, const Survey& survey) {
    for (const v1::QuarantineRecord& record : survey.quarantine) {
      if (was_misled(scene, record)) continue;
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
