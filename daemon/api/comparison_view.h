// The result of a daily comparison (engine/comparer.h), as the API shows it.
#pragma once

#include <optional>

#include "daemon/base/ids.h"
#include "daemon/base/result.h"
#include "daemon/base/time.h"
#include "jiexu/v1/api.pb.h"
#include "storage/records.h"

namespace jiexu {

// nullopt: there is no link with the peer. A day without a statement is "silent". Errors: the
// store's.
Result<std::optional<v1::ComparisonView>> view_comparison(const Records& records, AgencyId peer,
                                                          Date day);

}  // namespace jiexu
