// What a person says of a bank line: which payment was debited, or has come back.
#include <algorithm>

#include "daemon/bankfiles/duplicate.h"
#include "daemon/cases/payments.h"
#include "daemon/payments/payment_record.h"
#include "daemon/payments/payment_service.h"
#include "daemon/payments/remit_views.h"

namespace jiexu {
namespace {

// Whether the line may be of this payment, as far as amounts tell. What was debited before was so
// again only if a person says so.
bool fits(const v1::PaymentRecord& record, Fen amount, bool debit, bool meant) {
  if (!debit) return still_out(record) >= amount.value;
  return (meant || record.debit_line().empty()) && sent(record) == amount.value;
}

}  // namespace

PaymentService::Outcome<uint32_t> PaymentService::payment_by_hand(const Allocation& part,
                                                                  const v1::BankLine& line,
                                                                  Instant proposed) const {
  using Reply = tl::expected<uint32_t, Rejection>;
  const bool debit = line.amount_fen() < 0;
  if (debit ? line.reversal() : part.attempt == 0 && !says_that_it_came_back(line)) return 0u;
  const auto end_to_end = find_references(line).end_to_end;
  uint32_t wanted = part.attempt;
  std::vector<uint32_t> possible;
  std::string list;
  for (uint32_t attempt = 1;; ++attempt) {
    const auto payment = read(part.id, attempt);
    if (!payment) return tl::unexpected(payment.error());
    if (!*payment) break;
    const Record& record = (*payment)->record;
    // What names a payment of ours is of no other, and no money of the other agency.
    const bool named = end_to_end == EndToEndId{record.letter_number(), attempt};
    if (wanted == 0 && named) wanted = attempt;
    const bool meant = part.attempt == attempt && record.changed_at_ms() <= proposed.ms;
    if (!fits(record, part.amount, debit, meant)) continue;
    possible.push_back(attempt);
    list += (list.empty() ? "" : ", ") + std::to_string(attempt) + " (" + Fen{sent(record)}.yuan() +
            ", " + std::string(name(state_of(record))) + ")";
  }
  if (wanted == 0 && possible.size() < 2) return possible.empty() ? 0 : possible.front();
  if (std::ranges::find(possible, wanted) != possible.end()) return wanted;
  const std::string known = "payments that the line can be of: " + (list.empty() ? "none" : list);
  if (wanted == 0) {
    return Reply(tl::unexpected(Rejection{Refusal::kInputMissing, "attempt: say which; " + known}));
  }
  return Reply(tl::unexpected(
      Rejection{Refusal::kPaymentUnknown, "attempt " + std::to_string(wanted) + "; " + known}));
}

Result<std::optional<Rejection>> PaymentService::hindrance(const IntendedAction& intended) const {
  if (intended.action != EventKind::kBankReturned || intended.input == nullptr) {
    return std::nullopt;
  }
  TRY(const auto misread, misreads_refusal(intended.subject, *intended.input));
  if (misread) return Rejection{Refusal::kPaymentAtBank, "reason"};
  return std::nullopt;
}

Result<bool> PaymentService::misreads_refusal(const Case& subject,
                                              const v1::ActionInput& input) const {
  if (!says_duplicate(input.reason())) return false;
  const auto which = which_payment(subject, input.attempt());
  if (!which) return false;  // the case says so itself
  TRY(const auto payment, read(subject.id, which->attempt));
  // What nobody has ordered, or the bank does not have, may be called so.
  return payment && payment->record.again_of() == 0 &&
         (!is_waiting(state_of(payment->record)) || is_doubtful(payment->record, doubt_until_ms_));
}

Result<bool> PaymentService::take_return_by_hand(const Allocation& part, std::string_view reason,
                                                 Instant now) {
  TRY(const auto payment, read(part.id, part.attempt));
  return payment ? bring_back(*payment, part.amount, reason, now) : Result<bool>(false);
}

Result<uint32_t> PaymentService::take_debit_by_hand(const Allocation& part, const Digest& line,
                                                    Instant now) {
  TRY(auto payment, read(part.id, part.attempt));
  if (!payment) return 0u;
  const bool paid_before = !payment->record.debit_line().empty();
  if (!paid_before) {
    TRY_DO(debit(*payment, line, now));
    return part.attempt;
  }
  TRY(auto again, pay_again(*payment, now));
  if (!again) return 0u;
  again->record.set_debit_line(std::string(view(line)));
  write(*again);
  return again->attempt;
}

}  // namespace jiexu
