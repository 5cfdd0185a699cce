// Takes a peer's daily statements and compares them with our own books (funds/comparison.h), case
// by case as the parts come. A part is a message of the link: when it is here, so is everything
// that the peer had written before it, and our books are as they were when it came. What came of it
// is kept for kComparisonDaysMax days.
//
// Nothing is judged while the link is being recovered, because our books are then on their way back
// to where they were. Before it is known, after a start, whether it has to be, agreement is
// agreement; a difference may be what we have lost, and is not judged.
//
// Owned by the engine's thread; writes into the open commit. Errors: the store's.
#pragma once

#include <optional>

#include "daemon/cases/refusal.h"
#include "daemon/casework/case_service.h"
#include "daemon/engine/observer.h"
#include "daemon/peers/peers.h"
#include "daemon/reconciliation/open_money.h"

namespace jiexu {

// What our books are worth at the moment.
enum class OurBooks : uint8_t { kSound, kUncertain, kRecovering };

class Comparer {
 public:
  Comparer(AgencyId self, Transaction& tx, CaseService& cases, OpenMoney& open,
           EngineObserver& observer)
      : self_(self), tx_(tx), cases_(cases), open_(open), observer_(observer) {}

  // A part of a statement is message `seq` of the peer's log, whose head before it is `head`.
  // nullopt: it is taken.
  Result<std::optional<Rejection>> take(Peer& peer, const v1::DailyStatement& statement, Seq seq,
                                        const Digest& head, OurBooks books, Instant now);

 private:
  std::optional<Rejection> check(const Heard& heard, const v1::DailyStatement& statement,
                                 Instant now) const;
  Result<v1::ComparisonRecord> begin(AgencyId peer, const v1::DailyStatement& statement, Date day,
                                     Seq seq);
  Result<void> judge(Peer& peer, const v1::DailyStatement& statement, const Digest& head,
                     bool quiet, Instant now, v1::ComparisonRecord& record);
  Result<void> judge_heads(Peer& peer, const v1::DailyStatement& statement, const Digest& head,
                           v1::ComparisonRecord& record);
  Result<void> judge_cases(const Peer& peer, const v1::DailyStatement& statement, bool quiet,
                           Instant now, v1::ComparisonRecord& record);
  Result<void> judge_unlisted(const Peer& peer, const v1::DailyStatement& statement, bool quiet,
                              Instant now, v1::ComparisonRecord& record);
  Result<void> judge_end(const Peer& peer, const v1::DailyStatement& statement,
                         v1::ComparisonRecord& record);
  Result<void> finish(AgencyId peer, Date day, v1::ComparisonRecord& record);
  Result<void> prune(AgencyId peer, Date newest);

  AgencyId self_;
  Transaction& tx_;
  CaseService& cases_;
  OpenMoney& open_;
  EngineObserver& observer_;
};

}  // namespace jiexu
