#include "daemon/cases/payments.h"

#include "daemon/base/limits.h"
#include "daemon/cases/stated.h"

namespace jiexu {
namespace {

std::string list_of(const std::vector<OpenPayment>& payments) {
  std::string out;
  for (const OpenPayment& payment : payments) {
    out += out.empty() ? "" : ", ";
    out += std::to_string(payment.attempt) + " (" + payment.open.yuan() + ")";
  }
  return out.empty() ? "none" : out;
}

void take(Fen& amount, OpenPayment& payment) {
  const Fen part = std::min(amount, payment.open);
  payment.open.value -= part.value;
  amount.value -= part.value;
}

}  // namespace

std::optional<Rejection> check_room_for_payment(const Case& subject, uint32_t attempt) {
  if (subject.payments.size() < limits::kPaymentsOfCaseMax) return std::nullopt;
  if (subject.payment(attempt) != nullptr) return std::nullopt;
  return Rejection{Refusal::kTooManyPayments,
                   "at most " + std::to_string(limits::kPaymentsOfCaseMax)};
}

void add_payment(uint32_t attempt, Fen amount, Case& subject) {
  const auto at = std::ranges::lower_bound(subject.payments, attempt, {}, &OpenPayment::attempt);
  if (at != subject.payments.end() && at->attempt == attempt) {
    at->open.value += amount.value;
  } else {
    subject.payments.insert(at, {attempt, amount});
  }
}

void take_from_payment(uint32_t attempt, Fen amount, Case& subject) {
  std::vector<OpenPayment>& all = subject.payments;
  const auto named = std::ranges::find(all, attempt, &OpenPayment::attempt);
  if (named != all.end()) take(amount, *named);
  for (auto it = all.rbegin(); it != all.rend() && amount.value > 0; ++it) take(amount, *it);
  std::erase_if(all, [](const OpenPayment& payment) { return payment.open.value <= 0; });
}

tl::expected<OpenPayment, Rejection> which_payment(const Case& subject, uint32_t attempt) {
  const std::vector<OpenPayment>& all = subject.payments;
  if (attempt == 0 && all.size() == 1) return all.front();
  if (attempt == 0 && !all.empty()) {
    return tl::unexpected(
        Rejection{Refusal::kInputMissing,
                  "attempt: several payments are out, say which one: " + list_of(all)});
  }
  if (const OpenPayment* named = subject.payment(attempt)) return *named;
  return tl::unexpected(Rejection{Refusal::kPaymentUnknown,
                                  "attempt: of payment " + std::to_string(attempt) +
                                      " nothing is out; payments that are: " + list_of(all)});
}

bool is_acknowledged(const Case& subject, uint32_t attempt) {
  const OpenPayment* open = subject.payment(attempt);
  return open != nullptr && subject.credited.value > subject.moved.value - open->open.value;
}

void list_old_payments(Case& subject) {
  const Fen ordered = ordered_by(subject);
  if (subject.payments.empty() && subject.attempt != 0 && ordered.value > 0) {
    subject.payments.push_back({subject.attempt, ordered});
  }
}

}  // namespace jiexu
