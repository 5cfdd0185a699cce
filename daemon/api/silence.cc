#include "daemon/api/silence.h"

#include <algorithm>
#include <map>

#include "daemon/payments/payment_queries.h"
#include "jiexu/v1/record.pb.h"

namespace jiexu {
namespace {

constexpr size_t kPaymentsMax = 5'000;
constexpr int32_t kUnpublishedFactor = 3;

Date due_of(const Calendar& calendar, Date exported, int32_t working_days) {
  const auto due = calendar.due(exported, working_days);
  return due ? *due : Date::from_days(exported.days() + kUnpublishedFactor * working_days);
}

v1::SilentBatchView view_silent(const std::string& number, const v1::RemittanceBatchRecord& batch,
                                uint32_t open, Date due, Date today) {
  v1::SilentBatchView out;
  out.set_batch(number);
  out.set_payee_holder(batch.payee().account_holder());
  out.set_exported_at(Instant{batch.exported_at_ms()}.str());
  out.set_due_on(due.str());
  out.set_days_over(today.days() - due.days());
  out.set_payments(static_cast<uint32_t>(batch.payments_size()));
  out.set_open(open);
  return out;
}

}  // namespace

Result<std::vector<v1::SilentBatchView>> silent_batches(const Records& records,
                                                        const Calendar& calendar,
                                                        int32_t working_days, Date today) {
  TRY(const auto payments, list_unanswered_payments(records, kPaymentsMax));
  std::map<BatchNumber, std::pair<uint32_t, Date>> open;
  for (const PaymentPlace& payment : payments) {
    const Date due = due_of(calendar, date_of(payment.ordered), working_days);
    if (due >= today) break;
    TRY(const auto record, read_payment(records, payment.id, payment.attempt));
    const auto number = BatchNumber::parse(record ? record->batch() : "");
    if (!number) continue;
    auto& [count, day] = open[*number];
    ++count;
    day = due;
  }
  std::vector<v1::SilentBatchView> out;
  for (const auto& [number, silence] : open) {
    TRY(const auto batch, read_remittance_batch(records, number));
    if (batch)
      out.push_back(view_silent(number.text(), *batch, silence.first, silence.second, today));
  }
  std::stable_sort(out.begin(), out.end(),
                   [](const auto& a, const auto& b) { return a.days_over() > b.days_over(); });
  return out;
}

}  // namespace jiexu
