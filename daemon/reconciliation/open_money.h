// Which cases with a peer have money open: those that the next daily statement lists. Kept in an
// index, because they are few beside the cases that wait for letters and those that are closed; a
// case enters with the step that gives it money, and leaves with the first statement after it was
// settled.
//
// Owned by the engine's thread; writes into the open commit. Errors: the store's.
#pragma once

#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "daemon/casework/case_service.h"
#include "daemon/engine/kernel.h"

namespace jiexu {

class OpenMoney final : public CaseListener, public CommitListener {
 public:
  explicit OpenMoney(Transaction& tx) : tx_(tx) {}

  Result<void> case_changed(const CaseChanged& change) override;
  // The first `max` cases with the peer whose ids are above `after` and, if given, not above
  // `through`. By rising id.
  Result<std::vector<CaseId>> list(AgencyId peer, const CaseId& after,
                                   const std::optional<CaseId>& through, size_t max) const;
  void remove(AgencyId peer, const CaseId& id);
  void landed(Moment now) override;

 private:
  Transaction& tx_;
  // Written, and perhaps not durable yet: scans do not see them. With how many commits have to land
  // until they are.
  std::map<std::pair<AgencyId, CaseId>, int> fresh_;
};

}  // namespace jiexu
