// I7 of payments: in the end each agency's books say of every order what the bank has done with it,
// and of every line of a statement whose it is.
#include <algorithm>

#include "daemon/bank/rules/bank_outcome.h"
#include "daemon/bank/rules/references.h"
#include "daemon/payments/rules/payment_state.h"
#include "tests/sim/checks/checker.h"

namespace jiexu::sim {
namespace {

PaymentState state_of(const v1::PaymentRecord& record) {
  return static_cast<PaymentState>(record.state());
}

class PaymentsChecker final : public Checker {
 public:
  explicit PaymentsChecker(std::vector<Violation>& found) : Checker("I7", found) {}

  void surveyed(const Scene& scene) override {
    for (const auto& [agency, survey] : scene.surveys) {
      for (const auto& [id, file] : survey.cases) judge_case(survey, file.subject);
    }
    if (!scene.ended) return;
    for (const auto& [agency, survey] : scene.surveys) judge_lines(scene, survey);
    if (!scene.bank_plan.files) return;
    for (const Order& order : scene.bank.orders()) {
      if (order.back) continue;
      judge_order(scene.surveys.at(order.out), order);
      judge_again(scene, scene.surveys.at(order.out), order);
    }
    for (const auto& [agency, survey] : scene.surveys) {
      for (const auto& [place, record] : survey.payments) judge_unordered(scene, place, record);
    }
  }

 private:
  // What the case says of each of its payments, the payment's own record says too.
  void judge_case(const Survey& survey, const Case& subject) {
    if (subject.side != Side::kOut) return;
    for (uint32_t attempt = 1; attempt <= subject.attempt; ++attempt) {
      const OpenPayment* open = subject.payment(attempt);
      const auto found = survey.payments.find({subject.id, attempt});
      const int64_t recorded = found == survey.payments.end()
                                   ? 0
                                   : found->second.amount_fen() - found->second.returned_fen();
      if (recorded == (open != nullptr ? open->open.value : 0)) continue;
      violated("payment " + EndToEndId{subject.letter_number, attempt}.text() + " of " +
               survey.agency.str() + " has " + Fen{recorded}.yuan() +
               " out by its record, and something else by its case");
    }
  }

  void judge_lines(const Scene& scene, const Survey& survey) {
    std::map<std::string, const v1::BankLineRecord*> by_host;
    for (const v1::BankLineRecord& record : survey.bank_lines) {
      by_host[record.line().host_sequence()] = &record;
    }
    for (const v1::BankLineRecord& record : survey.told_again) {
      if (record.queued_at_ms() == 0) continue;
      violated("bank line " + record.line().host_sequence() + " of " + survey.agency.str() +
               " was told again, and nobody has said so");
    }
    for (const Entry& entry : scene.bank.entries()) {
      if (entry.holder != survey.agency || entry.kind == Entry::Kind::kStranger) continue;
      const auto found = by_host.find(entry.line.host_sequence());
      const std::string who =
          "bank line " + entry.line.host_sequence() + " of " + survey.agency.str();
      if (found == by_host.end()) {
        violated(who + " was never imported");
      } else if (found->second->queued_at_ms() != 0) {
        const auto outcome = static_cast<BankOutcome>(found->second->outcome());
        violated(who + " is left in the queue: " + std::string(jiexu::name(outcome)));
      }
    }
  }

  void judge_order(const Survey& survey, const Order& order) {
    const std::string who = "payment " + EndToEndId{order.letter_number, order.attempt}.text() +
                            " of " + survey.agency.str();
    const auto found = survey.payments.find({order.case_id, order.attempt});
    if (found == survey.payments.end()) return violated(who + " is not in its books");
    const v1::PaymentRecord& record = found->second;
    if (order.out_after_all) return judge_out_after_all(survey, order, record);
    const bool paid = order.fate == Fate::kPaid;
    const bool forgotten = order.fate == Fate::kRejected && record.recovered() &&
                           state_of(record) == PaymentState::kTakenBack;
    const auto state = paid ? PaymentState::kPaid : PaymentState::kReturned;
    if (state_of(record) != state && !forgotten) {
      violated(who + " is said to be " + std::string(jiexu::name(state_of(record))));
    }
    if (record.contradicted()) violated(who + " is left as contradicted: " + record.reason());
    const bool debited = order.fate != Fate::kRejected;
    if (record.debit_line().empty() == debited) violated(who + ": its debit is not as it was");
    const bool back = order.fate == Fate::kReturned;
    if (record.seen_back_fen() != (back ? order.amount.value : 0)) {
      violated(who + ": what came back is not as it was");
    }
  }

  // Debited before the list has refused it, it stays paid; else another payment stands for it.
  void judge_out_after_all(const Survey& survey, const Order& order,
                           const v1::PaymentRecord& record) {
    const std::string who = "payment " + EndToEndId{order.letter_number, order.attempt}.text() +
                            " of " + survey.agency.str();
    const bool paid = state_of(record) == PaymentState::kPaid && !record.debit_line().empty();
    if (!paid && !stands_for(survey, order)) violated(who + " went out, and nothing says so");
    if (record.contradicted()) violated(who + " is left as contradicted: " + record.reason());
  }

  static bool stands_for(const Survey& survey, const Order& order) {
    return std::ranges::any_of(survey.payments, [&](const auto& payment) {
      return payment.first.first == order.case_id && payment.second.again_of() == order.attempt &&
             !payment.second.debit_line().empty();
    });
  }

  // A debit may name the letter alone, and then it is one of the payments of its amount.
  void judge_again(const Scene& scene, const Survey& survey, const Order& order) {
    const auto known = std::ranges::count_if(survey.payments, [&](const auto& payment) {
      return payment.first.first == order.case_id && payment.second.again_of() != 0 &&
             !payment.second.debit_line().empty() &&
             payment.second.amount_fen() == order.amount.value;
    });
    const auto made = std::ranges::count_if(scene.bank.orders(), [&](const Order& other) {
      const bool again = other.twice || (other.out_after_all && stands_for(survey, other));
      return !other.back && other.case_id == order.case_id && again && other.amount == order.amount;
    });
    if (known == made) return;
    violated("the bank has paid " + order.amount.yuan() + " of case " + order.case_id.str() +
             " again " + std::to_string(made) + " times, and " + survey.agency.str() +
             " knows of " + std::to_string(known));
  }

  // What the bank never had was taken back.
  void judge_unordered(const Scene& scene, const std::pair<CaseId, uint32_t>& place,
                       const v1::PaymentRecord& record) {
    if (scene.bank.find(place.first, place.second) != nullptr) return;
    // The bank has paid it unasked, and its debit says so.
    if (record.again_of() != 0 && !record.debit_line().empty()) return;
    const bool gone =
        state_of(record) == PaymentState::kTakenBack || state_of(record) == PaymentState::kReturned;
    if (gone) return;
    violated("payment " + EndToEndId{record.letter_number(), place.second}.text() + " is " +
             std::string(jiexu::name(state_of(record))) +
             ", and the bank does not have it: " + record.ShortDebugString());
  }
};

}  // namespace

CheckerPtr make_payments_checker(std::vector<Violation>& found) {
  return std::make_unique<PaymentsChecker>(found);
}

}  // namespace jiexu::sim
