// Payments and batches as the API shows them: pure mappings. Accounts are whole only where asked.
#pragma once

#include <string_view>

#include "daemon/base/ids.h"
#include "daemon/base/time.h"
#include "daemon/payments/rules/payment_machine.h"
#include "daemon/payments/rules/readiness.h"
#include "jiexu/v1/api.pb.h"
#include "jiexu/v1/record.pb.h"

namespace jiexu {

// `obstacle`: what stands in its way; see PaymentService.
v1::PaymentView view_payment(const CaseId& id, uint32_t attempt, const v1::PaymentRecord& record,
                             std::string_view obstacle, Instant now);
// Without payments.
v1::RemittanceBatchView view_batch(std::string_view number, const v1::RemittanceBatchRecord& batch,
                                   bool whole_account);

// Of all that is shown of a payment and of what is said of it: what a release binds.
Digest release_content(const CaseId& id, uint32_t attempt, const v1::PaymentRecord& record,
                       const v1::ReleaseRecord& release);
// The release that waits for a second person; nullptr: none does. One that was proposed when the
// payment stood otherwise has lapsed.
const v1::ReleaseRecord* open_release(const CaseId& id, uint32_t attempt,
                                      const v1::PaymentRecord& record);

// Whether the store does not know if the bank has the payment.
bool is_doubtful(const v1::PaymentRecord& record, int64_t doubt_until_ms);

inline constexpr std::string_view kUnconfirmedStore =
    "since the start no other agency has shown that our store is not an older one: `jiexu store "
    "status` says who is waited for";
inline constexpr std::string_view kNoBatchNumber =
    "all 999,999 batch numbers of today are used: go on tomorrow";

}  // namespace jiexu
