// A transfer-out agency with cases whose money it has ordered from the bank: what tests of payments
// begin with.
#pragma once

#include <string>
#include <vector>

#include "jiexu/v1/api.pb.h"
#include "tests/agency/site.h"
#include "tests/cases/party.h"

namespace jiexu {

struct Payer {
  Site site{out_site(), kNow};

  // Cases 1 to `cases`, their forms issued and their payments ordered by `orderer`.
  explicit Payer(int cases, BatchRules rules = {}, const std::string& orderer = "orderer");

  // Case `n` by a letter of that day, its form issued and nothing ordered.
  void begin(int n, Date written = {2026, 11, 20});
  static CaseId id(int n) { return case_number(n); }
  // IN names another account for case `n`: changes of `holder`, and two people confirm it.
  void move_account(int n, const std::string& holder);
  v1::PayeeView payee(int n);
  // "LETTER-ATTEMPT" of the case.
  std::string payment(int n, uint32_t attempt = 1) const;
  Answer act(int n, EventKind action);
  // A person says that so much of the case's payment came back; `attempt` 0: and not of which.
  Answer come_back(int n, uint32_t attempt, int64_t fen = 0);
  // The peer says something sound.
  void hear(int n, EventKind kind);

  // The command by this user, answered after its commit.
  Answer run(const std::string& user, decltype(Asking::what) what);
  v1::MadeBatchesView make(const std::string& user = "maker");
  // The only batch that collecting makes.
  std::string make_one();
  v1::RemittanceBatchView batch(const std::string& number) const;
  Answer approve(const std::string& number, const std::string& user = "approver");
  Answer order(const std::string& number, PaymentFormat format = PaymentFormat::kPain001);
  // A batch of all that waits, exported. Returns its number.
  std::string pay();
  // Takes the report; "paid", "rejected", ... one for each line.
  std::vector<std::string> report(const std::string& text);
  std::string state(int n, uint32_t attempt = 1) const;
  // A line by which the first payment of the case comes back.
  v1::BankLine returned(int n, const std::string& sequence) const;
  using Act = ReleasePaymentCommand::Act;
  // `said`: a note, or the digest of what was shown.
  Answer about_release(const std::string& user, const std::string& payment, Act act,
                       const std::string& said);
  // Two people say that the payment may go on; why it may not.
  Refusal release(const std::string& payment, const std::string& note);
  // What waits for people, as `remit waiting` lists it: "PAYMENT STATE: WAITS FOR" of each.
  std::vector<std::string> waiting();
};

// The site over an older state of its store.
void set_back(Site& site, const MemoryStore& backup);
// Every peer has been asked after a loss, and had nothing of ours.
void ask_everybody(Site& site);

}  // namespace jiexu
