#include "daemon/api/silence.h"

#include <algorithm>
#include <map>

#include "daemon/funds/batch_number.h"
#include "jiexu/v1/record.pb.h"
#include "storage/layout.h"

namespace jiexu {
namespace {

constexpr size_t kPaymentsMax = 5'000;
constexpr int32_t kUnpublishedFactor = 3;

Date due_of(const Calendar& calendar, Date exported, int32_t working_days) {
  const auto due = calendar.due(exported, working_days);
  return due ? *due : Date::from_days(exported.days() + kUnpublishedFactor * working_days);
}

// The oldest payments that the bank has said nothing of.
Result<std::vector<layout::WaitingPayment>> open_payments(const Records& records) {
  std::vector<layout::WaitingPayment> found;
  const std::string prefix =
      layout::exported_payment_key(Instant{0}, CaseId(), 0).str().substr(0, 1);
  const auto done = records.scan(Family::kIndex, prefix, layout::prefix_end(prefix),
                                 [&](std::string_view key, std::string_view) {
                                   const auto payment = layout::parse_exported_payment_key(key);
                                   if (payment) found.push_back(*payment);
                                   return found.size() < kPaymentsMax;
                                 });
  if (!done) return tl::unexpected(done.error());
  return found;
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
  const auto payments = open_payments(records);
  if (!payments) return tl::unexpected(payments.error());
  std::map<std::string, std::pair<uint32_t, Date>> open;
  for (const layout::WaitingPayment& payment : *payments) {
    const Date due = due_of(calendar, date_of(payment.ordered), working_days);
    if (due >= today) break;
    const auto record = records.get_message<v1::PaymentRecord>(
        Family::kFunds, layout::payment_key(payment.id, payment.attempt));
    if (!record) return tl::unexpected(record.error());
    if (!*record || !BatchNumber::parse((*record)->batch())) continue;
    auto& [count, day] = open[(*record)->batch()];
    ++count;
    day = due;
  }
  std::vector<v1::SilentBatchView> out;
  for (const auto& [number, silence] : open) {
    const auto batch = records.get_message<v1::RemittanceBatchRecord>(
        Family::kFunds, layout::remittance_batch_key(number));
    if (!batch) return tl::unexpected(batch.error());
    if (*batch) out.push_back(view_silent(number, **batch, silence.first, silence.second, today));
  }
  std::stable_sort(out.begin(), out.end(),
                   [](const auto& a, const auto& b) { return a.days_over() > b.days_over(); });
  return out;
}

}  // namespace jiexu
