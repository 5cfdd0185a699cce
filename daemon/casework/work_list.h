// What is to be done, by its day: an index with one row a duty (storage/layout.h, duty_key), which
// the engine keeps with each case that it writes, and the list that people take their work from.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/cases/case.h"
#include "storage/layout.h"
#include "storage/records.h"

namespace jiexu {

layout::OwnerHash owner_hash(std::string_view user);

// The rows that the case has in the index: none if it is closed. Each of its deadlines, whoever is
// in duty; for a case without any, one that says so.
std::vector<RecordKey> duty_keys(const Case& subject);

struct WorkFilter {
  std::string owner;               // of whom; empty: of all
  std::optional<Date> due_before;  // only what is due on an earlier day
  std::optional<Side> side;
  std::optional<AgencyId> peer;
  std::vector<std::string> states;  // any of these of the relationship; empty: any at all
  std::optional<DeadlineKind> duty;
  bool ours = false;  // only what we have to do
  std::string text;   // in the person's name, the letter number, or at the document number's end
};

struct WorkRow {
  Case subject;
  std::optional<Deadline> deadline;  // nullopt: nothing of the case has a day
};

struct WorkPage {
  std::vector<WorkRow> rows;
  std::string next;          // where to go on; empty at the end
  bool out_of_time = false;  // it ended because looking took long; there may be more
};

// The first `limit` rows behind `after`, by their days. Where a filter has no index, looking ends
// when `out_of_time()` says so. From any thread that has its own Records. Errors: the store's;
// kInvalid: `after` is not from `next`.
Result<WorkPage> list_work(const Records& records, const WorkFilter& filter, std::string_view after,
                           size_t limit, const std::function<bool()>& out_of_time);

}  // namespace jiexu
