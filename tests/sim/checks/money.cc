// I3: per ordered pair, what OUT paid is what IN received and what is on the way, to the fen; each
// ledger adds up to zero; every balance follows from the cases.
#include "daemon/bank/rules/bank_outcome.h"
#include "tests/sim/checks/checker.h"

namespace jiexu::sim {
namespace {

using Account = LedgerAccount;
using Balances = std::map<std::pair<AgencyId, Account>, int64_t>;

// What the ledger of one side of one case must be.
void add_out(const Case& subject, Balances& books) {
  const AgencyId peer = subject.peer;
  books[{peer, Account::kFund}] += subject.due.value + subject.refunded.value;
  books[{peer, Account::kPayable}] += subject.moved.value - subject.due.value;
  books[{peer, Account::kInTransit}] += subject.credited.value - subject.moved.value;
  books[{peer, Account::kSettled}] -= subject.credited.value;
  books[{peer, Account::kRefunded}] -= subject.refunded.value;
}

void add_in(const Case& subject, Balances& books) {
  const AgencyId peer = subject.peer;
  const bool matched = subject.funds == Funds::kMatched;
  const int64_t used = matched ? subject.moved.value : subject.credited.value;
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
      if (!survey.books.sound()) {
        violated("the books of " + survey.agency.str() + ": " + survey.books.ShortDebugString());
      }
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
    for (const v1::BankLineRecord& record : survey.told_again) {
      books[{survey.agency, Account::kBank}] += record.suspense_fen();
      books[{survey.agency, Account::kSuspense}] -= record.suspense_fen();
      judge_told_again(record);
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
    // A line and the one that takes it back stand for nothing together.
    if (!record.reversed_by().empty() || !record.reverses().empty()) return;
    int64_t booked = record.suspense_fen();
    for (const v1::AllocationRecord& part : record.to()) booked += part.amount_fen();
    if (booked == record.line().amount_fen() || !record.batch().empty()) return;
    violated("bank line " + record.line().host_sequence() + " of " + survey.agency.str() +
             " is booked with " + Fen{booked}.yuan() + ", not its amount");
  }

  // Its money is no case's: it stands in suspense until a person has said that it is none.
  void judge_told_again(const v1::BankLineRecord& record) {
    const bool waits = static_cast<BankOutcome>(record.outcome()) == BankOutcome::kMayRepeat;
    const int64_t wanted = waits ? record.line().amount_fen() : 0;
    if (record.suspense_fen() == wanted && record.to().empty()) return;
    violated("bank line " + record.line().host_sequence() + ", told again, holds money of its own");
  }

  // On the way: what a case of `out` ordered and `in` has not imported, and what `in` sent back and
  // `out` has not imported. What is here or came back is what the bank has brought, line by line.
  void judge_pair(const Scene& scene, const Survey& out, const Survey& in) {
    for (const auto& [id, file] : out.cases) {
      const Case& ours = file.subject;
      if (ours.side != Side::kOut || ours.peer != in.agency) continue;
      const auto other = in.cases.find(id);
      if (other == in.cases.end() || other->second.subject.peer != out.agency) continue;
      const Case& theirs = other->second.subject;
      const int64_t came = imported(scene.bank, id, in);
      const int64_t back = imported(scene.bank, id, out);
      if (theirs.moved.value + theirs.returned.value != came || ours.returned.value != back) {
        violated("case " + id.str() + ": the bank brought " + Fen{came}.yuan() + " and took back " +
                 Fen{back}.yuan() + ", its two sides hold otherwise");
      }
      const int64_t there = ours.moved.value + ours.returned.value - came;
      const int64_t here = theirs.returned.value - back;
      const bool sound = ours.moved.value == theirs.moved.value + there + here;
      if (sound && (!scene.ended || (there == 0 && here == 0))) continue;
      violated("case " + id.str() + ": " + out.agency.str() + " holds " + ours.moved.yuan() +
               " as paid to " + in.agency.str() + ", which holds " + theirs.moved.yuan() +
               "; on the way " + Fen{there}.yuan() + " and back " + Fen{here}.yuan());
    }
  }

  // What the bank brought for the case, less what it took back.
  static int64_t imported(const Bank& bank, const CaseId& id, const Survey& at) {
    int64_t sum = 0;
    for (const Entry& entry : bank.entries()) {
      const bool brings = entry.kind == Entry::Kind::kPaid || entry.kind == Entry::Kind::kBack;
      const Fen share = entry.share_of(id);
      if (!brings || share.value == 0 || entry.holder != at.agency) continue;
      for (const v1::BankLineRecord& record : at.bank_lines) {
        const bool same = record.line().host_sequence() == entry.line.host_sequence();
        // In suspense under our own code, until a person or a link that recovers lets it go on.
        if (same && record.suspense_fen() == 0) sum += share.value;
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
