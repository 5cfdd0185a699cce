// What someone who follows the agency wants to hear of, and what he may. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "daemon/api/query.h"
#include "daemon/base/result.h"
#include "daemon/engine/change.h"
#include "daemon/users/rights.h"

namespace jiexu {

// Who may hear of it: who may read it.
Right right_for(Topic topic);

class EventFilter {
 public:
  // All that these roles may hear of.
  explicit EventFilter(Roles roles);

  // Of a query's `topic`, `peer`, `side` and `case`, as the route's row allows them.
  // Errors: kInvalid, naming the key; kPermission if they may not hear of a topic it names.
  static Result<EventFilter> from(const Query& query, Roles roles);

  bool wants(Topic topic) const { return (topics_ >> static_cast<unsigned>(topic) & 1) != 0; }
  bool wants(const Change& change) const;

 private:
  Result<void> take_topics(const std::vector<std::string>& names, Roles roles);

  uint32_t topics_ = 0;  // a bit for each
  std::optional<AgencyId> peer_;
  std::optional<Side> side_;
  std::optional<CaseId> case_;
};

}  // namespace jiexu
