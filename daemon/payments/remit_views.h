// Payments and batches as the API shows them: pure mappings. Accounts are whole only where asked.
#pragma once

#include <string_view>

#include "daemon/base/ids.h"
#include "daemon/base/time.h"
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

inline constexpr std::string_view kDoubtfulPayment =
    "the store had lost data: ask the bank whether it has this payment, then release it";
inline constexpr std::string_view kUnlistedPayee =
    "the account is not the one in the directory: two people must confirm it with the agency";
inline constexpr std::string_view kDebitedAndReturned =
    "debited, and said to have come back before: no line of the bank brings it back";
inline constexpr std::string_view kContradictedPayment =
    "what the bank says of it does not fit: look at the case and ask the bank, then release it";
inline constexpr std::string_view kAcknowledgedPayment =
    "the other agency has acknowledged it: it went out, and goes out no second time";

// Of a payment that the bank has refused to take a second time. Each begins with kBankHasIt.
inline constexpr std::string_view kBankHasIt =
    "the bank has it already, and takes it no second time";
inline constexpr std::string_view kKnownAndOut =
    "the bank has it already, and takes it no second time: it stays as it is; wait for its debit, "
    "or for the bank's report of the first";
inline constexpr std::string_view kKnownAndUnexported =
    "the bank has it already, and takes it no second time, and nothing here says that it was "
    "exported: ask the bank for day, amount and account of the first";
inline constexpr std::string_view kKnownAndReturned =
    "the bank has it already, and takes it no second time, but the case has it back: ask the bank "
    "what became of the first before anything is paid in its place";

}  // namespace jiexu
