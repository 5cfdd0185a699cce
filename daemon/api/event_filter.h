// What someone who follows the agency wants to hear of, and what he may. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "daemon/api/query.h"
#include "daemon/base/result.h"
#include "daemon/engine/change.h"
#include "daemon/users/users.h"

namespace jiexu {

// The least role that may hear of it: the one that may read it.
Role role_for(Topic topic);

class EventFilter {
 public:
  // All that the role may hear of.
  explicit EventFilter(Role role);

  // Of a query's `topic`, `peer`, `side` and `case`, as the route's row allows them.
  // Errors: kInvalid, naming the key; kPermission if the role may not hear of a topic it names.
  static Result<EventFilter> from(const Query& query, Role role);

  bool wants(Topic topic) const { return (topics_ >> static_cast<unsigned>(topic) & 1) != 0; }
  bool wants(const Change& change) const;

 private:
  Result<void> take_topics(const std::vector<std::string>& names, Role role);

  uint32_t topics_ = 0;  // a bit for each
  std::optional<AgencyId> peer_;
  std::optional<Side> side_;
  std::optional<CaseId> case_;
};

}  // namespace jiexu
