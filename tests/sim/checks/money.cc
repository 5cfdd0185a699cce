// I3: per ordered pair, what OUT paid is what IN received and what is on the way, to the fen; each
// ledger adds up to zero; every balance follows from the cases.
#include "tests/sim/checks/checker.h"

namespace jiexu::sim {
namespace {

using Account = LedgerAccount;
using Balances = std::map<std::pair<AgencyId, Account>, int64_t>;

bool is_paid(const Case& subject) {
  return subject.funds == Funds::kPaid || subject.funds == Funds::kAckedByIn;
}

// What the ledger of one side of one case must be.
void add_out(const Case& subject, Balances& books) {
  const AgencyId peer = subject.peer;
  const int64_t paid = is_paid(subject) ? subject.moved.value : 0;
  const int64_t settled = subject.funds == Funds::kAckedByIn ? subject.moved.value : 0;
  books[{peer, Account::kFund}] += subject.due.value;
  books[{peer, Account::kPayable}] += paid - subject.due.value;
  books[{peer, Account::kInTransit}] += settled - paid;
  books[{peer, Account::kSettled}] -= settled;
}

void add_in(const Case& subject, Balances& books) {
  const AgencyId peer = subject.peer;
  const bool matched = subject.funds == Funds::kMatched || subject.funds == Funds::kCredited;
  const int64_t used = matched ? subject.moved.value : 0;
  books[{peer, Account::kReceivable}] += subject.due.value - used;
  books[{peer, Account::kBank}] += subject.moved.value;
  books[{peer, Account::kSuspense}] -= subject.moved.value - used;
  books[{peer, Account::kOwedPersons}] += subject.credited.value - subject.due.value;
  books[{peer, Account::kCredited}] -= subject.credited.value;
}

class MoneyChecker final : public Checker {
 public:
  explicit MoneyChecker(std::vector<Violation>& found) : Checker("I3", found) {}

  void surveyed(const Scene& scene) override {
    for (const auto& [agency, survey] : scene.surveys) {
      judge_sum(survey);
      judge_balances(survey);
      for (const auto& [peer, other] : scene.surveys) {
        if (agency != peer) judge_pair(scene, survey, other);
      }
    }
  }

 private:
  void judge_sum(const Survey& survey) {
    int64_t sum = 0;
    for (const auto& [account, fen] : survey.balances) sum += fen;
    if (sum != 0)
      violated("the ledger of " + survey.agency.str() + " is off by " + Fen{sum}.yuan());
  }

  void judge_balances(const Survey& survey) {
    Balances books;
    for (const auto& [id, file] : survey.cases) {
      file.subject.side == Side::kOut ? add_out(file.subject, books) : add_in(file.subject, books);
    }
    for (const v1::BankLineRecord& record : survey.bank_lines) {
      books[{survey.agency, Account::kBank}] += record.suspense_fen();
      books[{survey.agency, Account::kSuspense}] -= record.suspense_fen();
      judge_line(survey, record);
    }
    Balances difference = books;
    for (const auto& [account, fen] : survey.balances) difference[account] -= fen;
    for (const auto& [account, fen] : difference) {
      if (fen == 0) continue;
      violated("account " + std::string(jiexu::name(account.second)) + " of " +
               survey.agency.str() + " with " + account.first.str() +
               ": its cases differ from its balance by " + Fen{fen}.yuan());
    }
  }

  // A line is shared out to the fen, or stands in suspense.
  void judge_line(const Survey& survey, const v1::BankLineRecord& record) {
    int64_t booked = record.suspense_fen();
    for (const v1::AllocationRecord& part : record.to()) booked += part.amount_fen();
    if (booked == record.line().amount_fen() || !record.batch().empty()) return;
    violated("bank line " + record.line().host_sequence() + " of " + survey.agency.str() +
             " is booked with " + Fen{booked}.yuan() + ", not its amount");
  }

  // On the way: what a case of `out` ordered, less the parts of it whose lines `in` has imported.
  void judge_pair(const Scene& scene, const Survey& out, const Survey& in) {
    int64_t paid = 0;
    int64_t on_the_way = 0;
    for (const auto& [id, file] : out.cases) {
      if (file.subject.side != Side::kOut || file.subject.peer != in.agency) continue;
      if (!is_paid(file.subject)) continue;
      paid += file.subject.moved.value;
      on_the_way += file.subject.moved.value - imported(scene.bank, id, in);
    }
    int64_t received = 0;
    for (const auto& [id, file] : in.cases) {
      if (file.subject.side == Side::kIn && file.subject.peer == out.agency) {
        received += file.subject.moved.value;
      }
    }
    if (paid == received + on_the_way && (!scene.ended || on_the_way == 0)) return;
    violated(out.agency.str() + " paid " + Fen{paid}.yuan() + " to " + in.agency.str() +
             ", which received " + Fen{received}.yuan() + ", on the way " + Fen{on_the_way}.yuan());
  }

  static int64_t imported(const Bank& bank, const CaseId& id, const Survey& in) {
    int64_t sum = 0;
    for (const Credit& credit : bank.credits()) {
      if (credit.case_id != id) continue;
      for (const v1::BankLineRecord& record : in.bank_lines) {
        if (record.line().host_sequence() == credit.line.host_sequence()) sum += credit.part.value;
      }
    }
    return sum;
  }
};

}  // namespace

CheckerPtr make_money_checker(std::vector<Violation>& found) {
  return std::make_unique<MoneyChecker>(found);
}

}  // namespace jiexu::sim
