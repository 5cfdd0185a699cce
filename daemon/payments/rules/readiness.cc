#include "daemon/payments/rules/readiness.h"

namespace jiexu {
namespace {

struct Rung {
  bool (*holds)(const Readiness& readiness);
  std::string_view text;
};

constexpr Rung kLadderToBank[] = {
    {[](const Readiness& r) { return r.doubtful && r.acknowledged; }, kAcknowledgedPayment},
    {[](const Readiness& r) { return r.contradicted && r.out_after_all; }, kOutAfterAll},
    {[](const Readiness& r) { return r.contradicted; }, kContradictedPayment},
    {[](const Readiness& r) { return r.other_asked; }, kOtherContradicted},
    {[](const Readiness& r) { return r.debit_overdue; }, kDebitOverdue},
    {[](const Readiness& r) { return r.awaits_debit; }, kAwaitsDebit},
    {[](const Readiness& r) { return r.doubtful; }, kDoubtfulPayment},
    {[](const Readiness& r) { return !r.own_account; }, "our own account is not in the directory"},
    {[](const Readiness& r) { return !r.payee_named; }, "the letter names no account"},
    {[](const Readiness& r) { return r.given_up; }, "the case was given up: take the payment back"},
    {[](const Readiness& r) { return r.held; }, "the case is held, or being given up"},
    {[](const Readiness& r) { return !r.payee_confirmed; }, kUnlistedPayee},
};

}  // namespace

std::string_view obstacle_to(const Readiness& readiness) {
  for (const Rung& rung : kLadderToBank) {
    if (rung.holds(readiness)) return rung.text;
  }
  return "";
}

}  // namespace jiexu
