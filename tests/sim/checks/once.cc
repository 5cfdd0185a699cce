// I2: each instruction to pay has at most one effect, exactly one if it is said to be done.
#include <algorithm>

#include "daemon/cases/event.h"
#include "tests/sim/checks/checker.h"

namespace jiexu::sim {
namespace {

int64_t count(const CaseFile& file, EventKind kind) {
  return std::count_if(file.timeline.begin(), file.timeline.end(), [&](const auto& entry) {
    return entry.event() == static_cast<uint32_t>(kind);
  });
}

const CaseFile* find(const Scene& scene, AgencyId agency, const CaseId& id) {
  const Survey& survey = scene.surveys.at(agency);
  const auto it = survey.cases.find(id);
  return it == survey.cases.end() ? nullptr : &it->second;
}

class OnceChecker final : public Checker {
 public:
  explicit OnceChecker(std::vector<Violation>& found) : Checker("I2", found) {}

  // A number is given to one case, whatever was set back in between.
  void answered(const sim::Site& site, const Answer& answer) override {
    const Case* shown = answer.subject.get();
    if (shown == nullptr || shown->side != Side::kIn || shown->letter_number.empty()) return;
    const auto [known, fresh] = letters_.emplace(shown->letter_number, shown->id);
    if (known->second == shown->id) return;
    violated("letter number " + shown->letter_number + " was given to case " + known->second.str() +
             " and to case " + shown->id.str() + " at " + site.agency.str());
  }

  void surveyed(const Scene& scene) override {
    for (const std::string& batch : scene.bank.renumbered()) {
      violated("two files with other payments bear the number " + batch);
    }
    for (const Order& order : scene.bank.contradictions()) {
      violated("the payment " + order.letter_number + " was ordered with two amounts");
    }
    for (const auto& [agency, survey] : scene.surveys) {
      judge_lines(survey);
      for (const auto& [id, file] : survey.cases) {
        if (file.subject.side == Side::kOut) judge_out(scene, agency, file);
        if (file.subject.side == Side::kIn) judge_in(scene, file);
      }
    }
    for (const Order& order : scene.bank.orders()) judge_order(scene, order);
  }

 private:
  // A payment is ordered once, and one that is acknowledged has been credited once.
  void judge_out(const Scene& scene, AgencyId agency, const CaseFile& file) {
    const Case& subject = file.subject;
    const int64_t paid_again = count(file, EventKind::kBankPaidAgain);
    if (count(file, EventKind::kRemit) + paid_again != subject.attempt) {
      violated("case " + subject.id.str() + " at " + agency.str() + ": payments in its timeline");
    }
    if (subject.funds != Funds::kAckedByIn) return;
    // What was credited may have been taken back since, for a cancellation or by the bank, which
    // OUT has yet to hear of.
    const CaseFile* other = find(scene, subject.peer, subject.id);
    const bool stands = other != nullptr && other->subject.credited >= subject.credited;
    const bool revoked = other != nullptr && count(*other, EventKind::kCredit) > 0 &&
                         (count(*other, EventKind::kReturnFunds) > 0 ||
                          (!scene.ended && count(*other, EventKind::kBankReversal) > 0));
    if (!stands && !revoked) {
      violated("case " + subject.id.str() + " is acknowledged and was not credited");
    }
  }

  // Every line reached the case once at most, and nothing is credited that is not here.
  void judge_in(const Scene& scene, const CaseFile& file) {
    const CaseId& id = file.subject.id;
    const auto booked = std::ranges::count_if(scene.bank.entries(), [&](const Entry& entry) {
      return entry.kind == Entry::Kind::kPaid && entry.share_of(id).value != 0;
    });
    // What a recovery knows from our own messages came by a line before; its sum is I3's affair.
    const auto lines = std::count_if(
        file.timeline.begin(), file.timeline.end(), [](const v1::TimelineRecord& entry) {
          return entry.event() == static_cast<uint32_t>(EventKind::kBankCredit) &&
                 entry.actor_kind() == static_cast<uint32_t>(ActorKind::kBank);
        });
    if (lines > booked) {
      violated("case " + id.str() + " received more often than it was paid");
    }
    if (file.subject.credited > file.subject.moved) {
      violated("case " + id.str() + " is credited with more than is here");
    }
  }

  // One line of a statement is imported once. The host's number is the bank's own.
  void judge_lines(const Survey& survey) {
    std::set<std::string> seen;
    for (const v1::BankLineRecord& record : survey.bank_lines) {
      if (seen.insert(record.line().host_sequence()).second) continue;
      violated("bank line " + record.line().host_sequence() + " is imported twice");
    }
    for (const v1::BankLineRecord& record : survey.told_again) {
      if (seen.contains(record.line().host_sequence())) continue;
      violated("bank line " + record.line().host_sequence() + " repeats what was never booked");
    }
  }

  // An order has a decision behind it, and is carried out once.
  void judge_order(const Scene& scene, const Order& order) {
    const CaseFile* file = find(scene, order.out, order.case_id);
    const bool decided = file != nullptr && (order.back ? file->subject.returned.value > 0
                                                        : file->subject.attempt >= order.attempt);
    if (!decided) violated("the bank was given " + order.letter_number + ", which no case ordered");
    int64_t ordered = 0;
    int64_t came = 0;
    for (const Order& other : scene.bank.orders()) {
      if (other.case_id != order.case_id || other.back != order.back) continue;
      ordered += other.twice ? 2 * other.amount.value : other.amount.value;
    }
    const auto kind = order.back ? Entry::Kind::kBack : Entry::Kind::kPaid;
    for (const Entry& entry : scene.bank.entries()) {
      if (entry.kind == kind && !entry.mistaken) came += entry.share_of(order.case_id).value;
    }
    if (came > ordered) {
      violated("of the payments for " + order.letter_number + " more arrived than was ordered");
    }
  }

  std::map<std::string, CaseId> letters_;
};

}  // namespace

CheckerPtr make_once_checker(std::vector<Violation>& found) {
  return std::make_unique<OnceChecker>(found);
}

}  // namespace jiexu::sim
