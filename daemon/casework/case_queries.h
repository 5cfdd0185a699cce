// What people ask about all cases at once. Reads of durable records, from any thread that has its
// own Records; a page of cases and single cases are in case_store.h.
#pragma once

#include <functional>
#include <stop_token>

#include "daemon/cases/case.h"
#include "storage/records.h"

namespace jiexu {

// Every open case, and then every closed one if asked for, in the order of their ids. Keeps one in
// memory. Errors: the store's; kCorrupt if a key or record cannot be read; kBusy if `stop` was
// asked for.
Result<void> visit_cases(const Records& records, bool closed_too, const std::stop_token& stop,
                         const std::function<void(const Case&)>& visit);

}  // namespace jiexu
