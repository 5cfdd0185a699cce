// What people ask about payments and their batches. Reads of durable records, from any thread that
// has its own Records. Errors of all: the store's; kCorrupt if a key or record cannot be read, or a
// payment has none that must have one.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "daemon/base/ids.h"
#include "daemon/rules/batch_number.h"
#include "jiexu/v1/record.pb.h"
#include "storage/records.h"

namespace jiexu {

// Where a payment stands among those that wait, or among those that the bank has said nothing of.
using PaymentPlace = layout::WaitingPayment;
// A place among those that wait, as the engine's answers give it; nullopt for any other text.
std::optional<PaymentPlace> parse_payment_place(std::string_view text);

struct PaymentEntry {
  CaseId id;
  uint32_t attempt = 0;
  v1::PaymentRecord record;
};

// nullopt: the case has ordered no such payment.
Result<std::optional<v1::PaymentRecord>> read_payment(const Records& records, const CaseId& id,
                                                      uint32_t attempt);
// Of the case's attempts 1 to `attempts`, those that are payments of ours.
Result<std::vector<PaymentEntry>> list_payments(const Records& records, const CaseId& id,
                                                uint32_t attempts);
// Those of the batch, in its order.
Result<std::vector<PaymentEntry>> list_payments(const Records& records,
                                                const v1::RemittanceBatchRecord& batch);
// Those whose release waits for a second person, `limit` at most.
Result<std::vector<PaymentEntry>> list_proposed_releases(const Records& records, size_t limit);
// The `limit` that were exported first of those that the bank has said nothing of; `ordered` is
// when they were exported.
Result<std::vector<PaymentPlace>> list_unanswered_payments(const Records& records, size_t limit);

// nullopt: no such batch.
Result<std::optional<v1::RemittanceBatchRecord>> read_remittance_batch(const Records& records,
                                                                       const BatchNumber& number);

struct RemittanceBatchEntry {
  BatchNumber number;
  v1::RemittanceBatchRecord record;
};
struct RemittanceBatchPage {
  std::vector<RemittanceBatchEntry> batches;
  std::optional<BatchNumber> next;  // to go on after; nullopt: these are the last
};
// The newest `limit` before `after`, newest first.
Result<RemittanceBatchPage> list_remittance_batches(const Records& records,
                                                    const std::optional<BatchNumber>& after,
                                                    size_t limit);

}  // namespace jiexu
