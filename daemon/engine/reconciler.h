// RECONCILE: what a daemon does whose store has lost acknowledged commits (a disk that lied, a
// damaged log) or comes from a backup. Peer by peer, before anything new is written to a link:
//
//   1 ask    Open / Opened shows how far the peer holds our log; and the peer's Open has reached
//   us,
//            so that it is us whom it finds at our address, not another copy of this agency
//   2 fetch  our own signed frames that we lack come back from the peer and are appended as they
//            were; messages that we had written anew under the same numbers, which nobody has seen,
//            are given new numbers behind them
//   3 replay the peer sends again what it had sent us and we no longer show a receipt for; our own
//            messages are led back to the acts behind them (cases/replay.h), each when the case has
//            seen as many of the peer's messages as it had when it was sent (seen_case_seq)
//   4 end    by itself, in a new epoch, so that an old copy of this agency cannot go on
//
// Until then actions on cases with that peer are refused (kRecovering), and the peer's batches are
// answered with BUSY unless replaying needs them. What was only local is gone: drafts, and bank
// lines, which are imported again. A message whose act does not fit any more suspends its case and
// is named to the operator. If the peer's copy differs from what it had receipted, the link stops:
// that is for people.
//
// A recovery that a crash interrupts goes on after the restart: the fetched messages are in the
// log, and what each case has not reached yet is found by its message number.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "daemon/engine/case_desk.h"
#include "daemon/engine/peers.h"

namespace jiexu {

class Reconciler final : public SentBefore {
 public:
  // `complete`: the store is known to hold all that was acknowledged. If not, every peer is asked
  // before it is trusted. All references must outlive this object.
  Reconciler(AgencyId self, bool complete, Peers& peers, CaseDesk& cases, const Records& durable,
             EngineObserver& observer);

  // Takes up what an earlier run left unfinished. After all peers are loaded, and for new ones.
  Result<void> start(Peer& peer);

  // Whether nothing may be written to the link with this peer yet.
  bool blocks(AgencyId peer) const override;
  // Whether a recovery goes on with this peer that can still end by itself.
  bool recovers(AgencyId peer) const;
  // Whether the peer's batches may be treated.
  bool takes_batches(AgencyId peer) const;

  // Whether an Open of the peer has come since the start. A copy of this agency beside the one that
  // peers know must not shut that one out with a new epoch.
  bool spoken_to(AgencyId peer) const { return spoken_to_.contains(peer); }
  // The peer holds more of our log than we do, and has not spoken to us yet.
  void fell_behind_unheard(Peer& peer);

  // The peer's Open says what it holds receipts of ours for.
  void heard_open(Peer& peer, const OpenFrame& open);
  // Our Open was answered: all is well.
  Result<void> agreed(Peer& peer, Instant now);
  // Our Open was answered: the peer holds our log up to `through`. Returns the frame to send.
  std::optional<std::string> fell_behind(Peer& peer, Seq through);
  // A fetched frame; the next one to ask for, if there is one. kCorrupt: the histories differ.
  Result<std::optional<std::string>> fetched(Peer& peer, const FetchedFrame& frame);
  // The commit with everything fetched is durable: the link may be opened.
  bool ready_to_open(const Peer& peer) const;

  // Before a message of the peer is treated: our own that it had seen come first.
  Result<void> before(Peer& peer, const v1::Message& message, Instant now);
  // Ends the recovery if nothing is missing any more. After each batch and Open.
  Result<void> end_if_done(Peer& peer, Instant now);

  std::optional<LogPlace> claim(AgencyId peer, const CaseId& id,
                                const v1::Message& message) override;

 private:
  enum class Phase : uint8_t {
    kNone,
    kAsking,     // waiting for the first word from the peer
    kFetching,   // our frames are coming back
    kDiverged,   // the histories differ; for people
    kFetched,    // all are here, waiting for the disk and the peer's agreement
    kReplaying,  // the peer's messages and ours are treated again
  };
  struct Own {  // a message of ours that no case has reached yet
    LogPlace place;
    CaseId id;
    uint32_t case_seq = 0;
  };
  struct Link {
    Phase phase = Phase::kNone;
    Seq next = 0;        // to fetch
    Seq target = 0;      // what the peer holds
    Seq asked = 0;       // `next` when an Opened last came; unchanged since: ask again
    Digest head{};       // of our log before `next`
    Seq claimed = 0;     // the peer holds our receipts for its messages up to here
    bool heard = false;  // an Open of the peer since the start
    std::map<Seq, Own> own;
    // The same, by case: one case may have been with several agencies, each with its own numbers.
    std::map<std::pair<CaseId, uint32_t>, Seq> by_case;
    std::set<std::string> letters;     // numbers of letters that came back
    std::vector<v1::Message> orphans;  // written anew under numbers that were used
  };

  Link* find(AgencyId peer);
  const Link* find(AgencyId peer) const;
  Result<void> gather_own(Peer& peer, Link& link, const BatchFrame& batch);
  Result<void> give_up_tail(Peer& peer, Link& link);
  Result<void> finish_fetch(Peer& peer, Link& link);
  Result<void> replay(Peer& peer, Link& link, const Own& own, Instant now);
  Result<bool> act(const Case& subject, const v1::Message& message, const Own& own);
  bool contradicts(const Link& link, const v1::Message& orphan) const;
  Result<void> set_aside(Peer& peer, Link& link, const v1::Message& orphan);

  AgencyId self_;
  bool complete_;
  Peers& peers_;
  CaseDesk& cases_;
  const Records& durable_;
  EngineObserver& observer_;
  std::map<AgencyId, Link> links_;
  std::set<AgencyId> spoken_to_;
};

}  // namespace jiexu
