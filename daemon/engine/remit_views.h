// Payments and batches as the API shows them: pure mappings. Accounts are whole only where asked.
#pragma once

#include <string_view>

#include "daemon/base/ids.h"
#include "daemon/base/time.h"
#include "jiexu/v1/api.pb.h"
#include "jiexu/v1/record.pb.h"

namespace jiexu {

// `obstacle`: what stands in its way; see RemitDesk.
v1::PaymentView view_payment(const CaseId& id, uint32_t attempt, const v1::PaymentRecord& record,
                             std::string_view obstacle, Instant now);
// Without payments.
v1::RemittanceBatchView view_batch(std::string_view number, const v1::RemittanceBatchRecord& batch,
                                   bool whole_account);

// Whether the store does not know if the bank has the payment.
bool is_doubtful(const v1::PaymentRecord& record, int64_t doubt_until_ms);

inline constexpr std::string_view kDoubtfulPayment =
    "the store had lost data: ask the bank whether it has this payment, then release it";
inline constexpr std::string_view kUnlistedPayee =
    "the account is not the one in the directory: two people must confirm it with the agency";
inline constexpr std::string_view kDebitedAndReturned =
    "debited, and said to have come back before: no line of the bank brings it back";
inline constexpr std::string_view kContradictedPayment =
    "the bank's report says what the case does not allow: look at the case, then release it";

}  // namespace jiexu
