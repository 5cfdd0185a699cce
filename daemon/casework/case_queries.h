// What people ask about all cases at once. Reads of durable records, from any thread that has its
// own Records; a page of cases and single cases are in case_store.h.
#pragma once

#include <functional>
#include <stop_token>
#include <string_view>
#include <vector>

#include "daemon/cases/case.h"
#include "storage/records.h"

namespace jiexu {

// The cases that `named` may mean: a case id, or the beginning of one (8 hex digits at least), or a
// letter number. More than one: it is not enough to tell them apart; at most two of them.
Result<std::vector<CaseId>> find_named(const Records& records, std::string_view named);

// Cases whose person has this name, in the order of their ids, at most `limit`. Closed ones from
// before the index was kept are not found.
Result<std::vector<CaseId>> find_by_name(const Records& records, const PersonHash& name,
                                         size_t limit);

// Every open case, and then every closed one if asked for, in the order of their ids. Keeps one in
// memory. Errors: the store's; kCorrupt if a key or record cannot be read; kBusy if `stop` was
// asked for.
Result<void> visit_cases(const Records& records, bool closed_too, const std::stop_token& stop,
                         const std::function<void(const Case&)>& visit);

}  // namespace jiexu
