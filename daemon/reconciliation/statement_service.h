// Writes our daily statements: at the end of each day in China, to every peer, what our books say
// of the cases with it (DailyStatement in funds.proto; proto/README.md, section 7).
//
// A statement is an ordinary message of the link: durable before it is sent, in order, receipted,
// and brought back by the peer if our store has lost it. One with many cases is written in parts, a
// few at a time, each true at its own place in the log. A peer gets no new one before it has
// taken the last, so that one that is away costs one message and not one a day; its next one speaks
// of all the days between. Nothing is written to a link that is being recovered, nor before it is
// known, after a start, whether it has to be.
//
// Owned by the engine's thread; writes into the open commit. Errors: the store's.
#pragma once

#include <optional>
#include <utility>

#include "daemon/casework/case_service.h"
#include "daemon/peers/link_guard.h"
#include "daemon/peers/peers.h"
#include "daemon/reconciliation/open_money.h"

namespace jiexu {

// What our books have with the peer: every account that is not empty.
Result<std::vector<v1::AccountBalance>> balances_with(AgencyId peer, CaseService& cases);

class StatementService {
 public:
  StatementService(Peers& peers, CaseService& cases, OpenMoney& open, const LinkGuard& guard)
      : peers_(peers), cases_(cases), open_(open), guard_(guard) {}

  // Writes parts that are due, not more than a few. Whether any were.
  Result<bool> write_some(Instant now);
  // When there is something to do, unless look_again() is called before. A clock that was ahead
  // and is set back is believed at once.
  Instant next(Instant now) const {
    return looked_on_ == date_of(now) ? end_of(*looked_on_).plus_ms(1) : now;
  }
  // Something changed for which a statement may have waited: a receipt, a recovery, a new peer.
  void look_again() {
    if (std::exchange(waiting_, false)) looked_on_.reset();
  }
  // The peer could not use message `seq` of ours. Whether that was a statement.
  bool refused(Peer& peer, Seq seq, v1::FaultCode code);

 private:
  enum class Turn { kNothing, kWait, kWrite };
  Turn turn_of(const Peer& peer, Date day) const;
  Result<void> write_part(Peer& peer, Date day, Instant now);
  Result<void> fill_end(const Peer& peer, v1::DailyStatement& statement);

  Peers& peers_;
  CaseService& cases_;
  OpenMoney& open_;
  const LinkGuard& guard_;
  std::optional<Date> looked_on_;  // the day on which all that was due had been written
  bool waiting_ = false;           // a peer's statement waits for what look_again() tells
  // A link that was never stated has to wait for the end of a day: it may be new.
  bool day_ended_ = false;
};

}  // namespace jiexu
