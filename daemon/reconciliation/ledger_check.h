// Whether the books are right, worked out anew from what is stored. Three accounts of the same
// money must agree to the fen, for each counterpart and account:
//
//   the balances      as every step has left them
//   the journal       each posting, as it was written with the step that caused it
//   cases and lines   what each case's amounts and each bank line's suspense say
//
// and the balances with each counterpart must add up to zero. What differs is named by its case or
// bank line. Reads cases and books once; memory does not grow with them.
#pragma once

#include <stop_token>

#include "daemon/base/ids.h"
#include "daemon/base/result.h"
#include "jiexu/v1/api.pb.h"
#include "storage/records.h"

namespace jiexu {

// `records` must be of a snapshot: a commit between two reads would look like a difference.
// Money under no case stands under `self`. Errors: the store's; kBusy: `stop` was asked for.
Result<v1::LedgerCheckView> check_ledger(const Records& records, AgencyId self,
                                         const std::stop_token& stop = {});

}  // namespace jiexu
