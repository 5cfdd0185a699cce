// RECONCILE: what a daemon does whose store has lost acknowledged commits (a disk that lied, a
// damaged log) or comes from a backup. Peer by peer, before anything new is written to a link:
//
//   1 ask    Open / Opened shows how far the peer holds our log; and the peer's Open has reached
//            us, so that it is us whom it finds at our address, not another copy of this agency
//   2 fetch  our own signed frames that we lack come back from the peer and are appended as they
//            were; messages that we had written anew under the same numbers, which nobody has seen,
//            are given new numbers behind them
//   3 replay the peer sends again what it had sent us and we no longer show a receipt for; our own
//            messages are led back to the acts behind them (cases/replay.h), each when the case has
//            seen as many of the peer's messages as it had when it was sent (seen_case_seq): not
//            earlier, and not later either, because two messages that crossed may not fit the other
//            way round
//   4 end    by itself, in a new epoch, so that an old copy of this agency cannot go on, when all
//            that the peer had for us is here and every message of ours has found its place
//
// Until then actions on cases with that peer are refused (kRecovering), and the peer's batches are
// answered with BUSY unless replaying needs them. What was only local is gone: drafts, and bank
// lines, which are imported again. A message whose act does not fit any more suspends its case and
// is named to the operator. If the peer's copy differs from what it had receipted, the link stops:
// that is for people.
//
// A case whose letter was forwarded spans two links, which are recovered in any order. Our letter
// to the second agency proves that the first one is done with the case, whether that one has said
// so again or not. Before its message sends the letter on, it must be known whether the second one
// has it already.
//
// A recovery that a crash interrupts goes on after the restart: the fetched messages are in the
// log, and what each case has not reached yet is found by its message number. That a store was
// incomplete, or what a peer shows us that we have lost, is noted with the link until its own
// recovery has ended.
//
// Nothing of this begins on a peer's word. That we have lost messages of ours it proves by our
// signature under one of them (Opened), that we have lost its messages by a receipt of ours (Open).
// A peer that proves a loss and does not give back what it holds, however often it is asked, keeps
// its own link closed and holds up nobody else; one that announces messages and never sends them is
// not waited for. Both are named to people.
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
  bool blocks_any() const { return !links_.empty(); }
  // Whether since the start both its Open has come and ours was answered with agreement.
  bool has_compared(AgencyId peer) const { return spoken_to(peer) && agreed_.contains(peer); }
  // The peer has refused what we wrote because it holds something else there, which nothing proves:
  // nothing more is written to it until its next answer to Open.
  void doubt(Peer& peer);
  // That answer, or another one, claims what no signature of ours proves. Nobody else waits for the
  // peer any more. Of a store that is known to be incomplete, the link stays closed: the peer is
  // the only witness, and a person must look.
  void disbelieve(Peer& peer);
  // The peer holds something of our log that we do not, and is not known to be speaking to us.
  void fell_behind_unheard(Peer& peer);

  // The peer's Open says what it has written to us, and shows what of it we gave receipts for.
  void heard_open(Peer& peer, const OpenFrame& open, Steady now);
  // The peer sends the next batch.
  void delivers(AgencyId peer);
  // Our Open was answered: all is well. True if there is something to commit.
  Result<bool> agreed(Peer& peer);
  // Our Open was answered: the peer holds our log up to `through`. Returns the frame to send.
  std::optional<std::string> fell_behind(Peer& peer, Seq through);
  struct Taken {
    std::optional<std::string> ask;  // for what follows
    bool took = false;               // there is something to commit
  };
  // A fetched frame. kCorrupt: the histories differ.
  Result<Taken> fetched(Peer& peer, const FetchedFrame& frame);
  // Everything fetched is durable: the link may be opened.
  bool ready_to_open(const Peer& peer) const;

  // Before a message of the peer is treated: our own come first that were written before it came.
  Result<void> before(Peer& peer, const v1::Message& message, Instant now);
  // When the message came. One that comes again after we had given a receipt for it came at a time
  // that is lost, and at least not before it was written: with that time terms of law are kept that
  // run from the day of the receipt.
  Instant came_at(const Peer& peer, const Case& subject, const v1::Message& message, Seq seq,
                  Instant now) const;
  // Ends the recovery if nothing is missing any more. After each batch and Open.
  Result<void> end_if_done(Peer& peer, Instant now);
  // Whether the peer must keep the message for now, because another link has to be recovered
  // before: of an agency that is in the directory.
  Result<bool> waits_for_other(const Peer& peer, const v1::Message& message,
                               const Directory& directory, Instant now);
  // Whether the message, of a peer that the case is not with, comes from a time when it was. Then
  // the case knows more than it says. REQUIRES: the peer's link is being recovered.
  Result<bool> is_past(const Peer& peer, const Case& subject, const v1::Message& message);

  // Peers that are to say again where they are: nothing else goes on with them by itself.
  std::vector<AgencyId> to_ask(Steady now);
  Steady next_ask() const;

  std::optional<LogPlace> claim(AgencyId peer, const CaseId& id,
                                const v1::Message& message) override;

  // How often a recovering peer is made to say where it is.
  static constexpr int64_t kAskAgainMs = 2'000;
  // After so many in a row that announce something, with nothing behind them, or so many answers
  // that hold what is then not given back, the peer does not mean to. At least a minute: they are
  // counted no faster than we ask. One that is slow says less often where it stands, and one whose
  // frames are lost on the way gets one through before.
  static constexpr uint32_t kUnansweredMax = 30;

 private:
  enum class Phase : uint8_t {
    kNone,
    kDoubted,    // the peer contradicts us without a proof; ends with its next word
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
    uint32_t seen = 0;  // of the peer's messages of the case, when it was written
  };
  struct Link {
    Phase phase = Phase::kNone;
    Seq next = 0;    // to fetch
    Seq target = 0;  // what the peer holds
    Seq asked = 0;   // `next` when an Opened last came; unchanged since: ask again
    Digest head{};   // of our log before `next`
    // The peer's Opens since the start say that it has written up to here, in this epoch.
    Seq claimed = 0;
    Epoch claimed_epoch = 0;
    Seq receipted = 0;       // it holds our receipts for its messages up to here
    uint64_t heard = 0;      // the newest one's session; 0: none came
    uint32_t fruitless = 0;  // Opens in a row that announced nothing that we lack
    uint32_t withheld = 0;   // that announced something, and no batch came between them
    Steady counted;          // when `withheld` last grew
    uint32_t refused = 0;    // Openeds in a row after which nothing of what was asked came back
    bool stuck = false;      // for a person; who else waits goes on
    Steady ask_at;
    Seq had = 0;  // of the peer's messages, when it was last to be asked
    std::map<Seq, Own> own;
    // The same, by case: one case may have been with several agencies, each with its own numbers.
    std::map<std::pair<CaseId, uint32_t>, Seq> by_case;
    std::multiset<std::string> letters;  // numbers of letters of our log from where it began
    std::vector<v1::Message> orphans;    // written anew under numbers that were used; laid aside
  };

  Link* find(AgencyId peer);
  const Link* find(AgencyId peer) const;
  // Notes in the link's record, too, that it has to be recovered.
  Link& begin(Peer& peer);
  void count_open(Peer& peer, Link& link, Steady now);
  Result<void> gather_own(Peer& peer, Link& link, const BatchFrame& batch);
  Result<void> give_up_tail(Peer& peer, Link& link);
  Result<void> gather_orphans(Link& link, const BatchFrame& batch);
  Result<void> write_orphans(Peer& peer, Link& link);
  Result<void> finish_fetch(Peer& peer, Link& link);
  Result<bool> waits(const Link& link, const Own& own, Instant now);
  bool has_own_letter(AgencyId peer, const CaseId& id) const;
  Result<bool> is_earlier(AgencyId peer, const Case& subject);
  void leave_behind(AgencyId peer, const Case& subject);
  Result<std::optional<std::string>> follow(AgencyId peer, const Case& subject,
                                            const v1::Message& message, const Own& own);
  Result<void> replay_what_fits(Peer& peer, Link& link, Instant now);
  Result<void> replay(Peer& peer, Link& link, const Own& own, Instant now);
  // An alarm for each other case whose letter has the same number: one was numbered after a loss.
  Result<void> look_for_namesake(const Case& subject);
  // Does the acts behind the message; why the case has not sent it in the end, or nothing.
  Result<std::optional<std::string>> act(const Case& subject, const v1::Message& message,
                                         const Own& own);
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
  std::set<AgencyId> agreed_;    // with our log, since the start
  std::set<AgencyId> boasting_;  // claim receipts of ours that they do not show
};

}  // namespace jiexu
