// Batches that the bank has had for too long without a word: neither a report nor a statement names
// a payment of theirs that is still open. The file may never have reached it.
#pragma once

#include <vector>

#include "daemon/base/result.h"
#include "daemon/base/time.h"
#include "daemon/rules/calendar.h"
#include "jiexu/v1/api.pb.h"
#include "storage/records.h"

namespace jiexu {

// Those whose `working_days` after the export have passed by the end of the day before `today`, the
// longest silent first. Of a year whose working days are not published, thrice as many days count.
// A few thousand open payments are looked at, the oldest. Errors: the store's.
Result<std::vector<v1::SilentBatchView>> silent_batches(const Records& records,
                                                        const Calendar& calendar,
                                                        int32_t working_days, Date today);

}  // namespace jiexu
