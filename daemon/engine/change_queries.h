// Reading what commits have changed. From any thread.
#pragma once

#include <functional>

#include "daemon/base/result.h"
#include "daemon/engine/change.h"
#include "storage/store.h"

namespace jiexu {

struct KeptChange {
  ChangePlace place;
  Instant at;
  std::optional<Change> change;  // nullopt: a later program has written it
};

// Visits the changes behind `after` up to `through`, in order; return false to stop. Both are of
// one epoch. Errors: the store's; kCorrupt: a record cannot be read.
Result<void> read_changes(const Reader& store, ChangePlace after, ChangePlace through,
                          const std::function<bool(const KeptChange&)>& visit);

}  // namespace jiexu
