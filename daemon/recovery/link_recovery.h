// What a daemon does whose store has lost acknowledged commits (a disk that lied, a damaged log) or
// comes from a backup. Peer by peer, before anything new is written to a link:
//
//   1 ask    Open / Opened shows how far the peer holds our log; and the peer's Open has reached
//            us, so that it is us whom it finds at our address, not another copy of this agency
//   2 fetch  our own signed frames that we lack come back from the peer and are appended as they
//            were; messages that we had written anew under the same numbers, which nobody has seen,
//            are given new numbers behind them
//   3 replay the peer sends again what it had sent us and we no longer show a receipt for; our own
//            messages are replayed to the acts behind them (cases/replay.h), each when the case has
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
// A store that was set back together with its watermark does not know that it is incomplete. So
// after a start at which the machine itself cannot tell (storage/run_mark.h) one peer that had
// given us receipts must agree with our log, or two people must say that it is right, before new
// numbers are given and payment files leave; and when one peer has proved a loss, every other one
// is asked as well that has not agreed yet.
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
//
// This class decides all of that. Where each link stands is its RecoveryState, which others read
// through LinkGuard; Peer does what must happen to the log, and the kernel sends and commits. On
// the engine's thread. Errors: the store's.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "daemon/casework/case_service.h"
#include "daemon/peers/peers.h"
#include "daemon/peers/recovery_state.h"
#include "daemon/recovery/recovery_kernel.h"
#include "jiexu/v1/api.pb.h"

namespace jiexu {

class LinkRecovery final : public SentBefore {
 public:
  // `complete`: the store is known to hold all that was acknowledged. If not, every peer is asked
  // before it is trusted. All references must outlive this object, and are used from start() on.
  LinkRecovery(AgencyId self, bool complete, RecoveryKernel& kernel, Peers& peers,
               CaseService& cases, const Records& durable, EngineObserver& observer);

  // --- the agency ---

  // What the store says of itself. Before everything else.
  void start(const v1::StoreRecord& record);
  // Takes up what an earlier run left unfinished. For each peer, once it is loaded.
  Result<void> add(Peer& peer);
  // No recovery waits for an agency that is left out. After add() for the new ones.
  void set_directory(std::shared_ptr<const Directory> directory);
  // What earlier losses, or this one, have left to doubt. After start() of the cases.
  void doubt_payments_again(Instant now);
  // The machine knows that the store is as the last run left it. Before add().
  void note_proved() { state_.note_proved(); }
  // The store lies in another folder than before: it may be an older copy that nobody else can
  // tell, because no peer had heard of what is missing. Kept until two people have made sure.
  void note_copy(Instant now);
  const RecoveryState& state() const { return state_; }

  // --- what the peer says ---

  // Its Open says what it has written to us, and shows what of it we gave receipts for.
  void heard_open(Peer& peer, const OpenFrame& open, Moment now);
  // Its answer to our Open holds, by our own signature, our log up to `through`, and ours does not
  // say the same.
  void proves_loss(Peer& peer, Seq through, Moment now);
  // It claims that, and shows no signature of ours. Nobody else waits for the peer any more. Of a
  // store that is known to be incomplete, the link stays closed: the peer is the only witness, and
  // a person must look.
  void proves_nothing(Peer& peer);
  // It agrees with our log.
  Result<void> agreed(Peer& peer, Moment now);
  // Whether its answer to our Open comes too early: what stands in our log is being replaced. It is
  // asked again afterwards.
  bool is_rewriting(const Peer& peer) const;
  // It refuses what we have written.
  void refused(Peer& peer, const RefuseFrame& refuse, Moment now);
  // A frame that we had asked for.
  Result<void> fetched(Peer& peer, const FetchedFrame& frame, Moment now);

  // --- batches, while this link or another one is being recovered ---

  // The peer sends the next batch.
  void delivers(AgencyId peer);
  // Whether the peer must keep the batch for now, because another link has to be recovered before:
  // of an agency that is in the directory.
  Result<bool> comes_too_early(const Peer& peer, const BatchFrame& batch, Instant now);
  // Before a message of the peer is treated: our own come first that were written before it came.
  // Whether the message, of a peer that the case is not with any more, comes from a time when it
  // was; then the case (`subject`, nullptr: there is none) knows more than it says. REQUIRES: the
  // peer's link is being recovered.
  Result<bool> is_past(Peer& peer, const Case* subject, const v1::Message& message, Instant now);
  // When the message came. One that comes again after we had given a receipt for it came at a time
  // that is lost, and at least not before it was written: with that time terms of law are kept that
  // run from the day of the receipt. REQUIRES: the peer's link is being recovered.
  Instant came_at(const Peer& peer, const Case& subject, const v1::Message& message, Seq seq,
                  Instant now) const;
  // Ends the recovery if one goes on and nothing is missing any more. After each batch and Open.
  Result<void> end_if_done(Peer& peer, Instant now);

  // --- what people say in a peer's place ---

  v1::StoreView view_store() const;
  // One says that the store is not an older copy, and how it is known; another one, who has been
  // shown that (`content`, in hex), says so as well. Then numbers are given and payment files leave
  // as if a peer had agreed, until the next start. Nothing waits: changes nothing.
  using StoreOutcome = tl::expected<v1::StoreView, Rejection>;
  StoreOutcome propose_confirmation(std::string_view note, std::string_view user, Instant now);
  StoreOutcome approve_confirmation(std::string_view content, std::string_view user, Instant now);

  // --- time and commits ---

  // Makes peers say again where they are: nothing else goes on with them by itself.
  void wake(Steady now);
  Steady next_wake() const;
  // The open commit is closed, and then durable.
  void launched() { state_.launched(); }
  void landed();
  // What the commit held of this peer is durable.
  void landed(Peer& peer, Steady now);

  std::optional<LogPlace> claim(AgencyId peer, const CaseId& id,
                                const v1::Message& message) override;

  // What must hold between two events: the first condition that does not, or nothing. Looks at
  // everything; for tests.
  std::string check_invariants() const;

  // How often a recovering peer is made to say where it is. It is counted no faster than that how
  // often it announces something and does not send it: at least a minute until it is not waited for
  // (LinkState::kUnansweredMax). One that is slow says less often where it stands, and one whose
  // frames are lost on the way gets one through before.
  static constexpr int64_t kAskAgainMs = 2'000;

 private:
  // Notes in the link's record, too, that it has to be recovered.
  LinkState& begin(Peer& peer, RecoveryPhase phase, bool urgent);
  void end(AgencyId peer);
  // After each change: what must hold holds, and whoever waits for links hears of it.
  void settle(const Peer& peer);
  void recount();
  void ask_to_speak(const Peer& peer);
  // The epoch.
  void note_first_loss(const Peer& peer, Instant now);
  void outlive(Peer& peer, const RefuseFrame& refuse, Moment now);
  void raise_epoch(Instant now);
  void doubt_payments(Instant now);
  std::vector<AgencyId> silent_witnesses() const;
  Digest content_of_proposal() const;
  // Claims.
  void take_claims(Peer& peer, const OpenFrame& open, Moment now);
  void count_open(const Peer& peer, LinkState& link, Steady now);
  // Fetching.
  Result<void> gather_log(Peer& peer, LinkState& link);
  Result<void> gather_own(const Peer& peer, LinkState& link, const BatchFrame& batch);
  Result<void> gather_own(const Peer& peer, LinkState& link, const LogPlace& place,
                          const v1::Message& message);
  std::optional<std::string> fell_behind(Peer& peer, Seq through);
  // Takes the frame in, and returns the one with which to ask for what follows. kCorrupt: the
  // histories differ.
  Result<std::optional<std::string>> take_back(Peer& peer, LinkState& link,
                                               const FetchedFrame& frame);
  Result<bool> put_back(Peer& peer, LinkState& link, const BatchFrame& batch);
  Result<void> give_up_tail(Peer& peer, LinkState& link);
  bool contradicts(const LinkState& link, const v1::Message& orphan) const;
  Result<void> set_aside(const Peer& peer, LinkState& link, const v1::Message& orphan);
  Result<void> write_orphans(Peer& peer, LinkState& link);
  // Replaying.
  Result<void> replay_before(const Peer& peer, const v1::Message& message, Instant now);
  Result<bool> waits(const LinkState& link, const OwnMessage& own, Instant now);
  Result<void> replay_what_fits(const Peer& peer, LinkState& link, Instant now);
  Result<void> replay(const Peer& peer, LinkState& link, const OwnMessage& own, Instant now);
  // Does the acts behind the message; why the case has not sent it in the end, or nothing.
  Result<std::optional<std::string>> act(const Case& subject, const v1::Message& message,
                                         const OwnMessage& own);
  // An alarm for each other case whose letter has the same number: one was numbered after a loss.
  Result<void> look_for_namesake(const Case& subject);
  // Cases that span two links.
  Result<bool> waits_for_other(const Peer& peer, const v1::Message& message, Instant now);
  bool has_own_letter(AgencyId peer, const CaseId& id) const;
  Result<bool> is_earlier(AgencyId peer, const Case& subject);
  Result<bool> was_with(const Peer& peer, const Case& subject, const v1::Message& message);
  void leave_behind(AgencyId peer, const Case& subject);
  Result<std::optional<std::string>> follow_letter(AgencyId peer, const Case& subject,
                                                   const v1::Message& message,
                                                   const OwnMessage& own);

  AgencyId self_;
  bool complete_;
  RecoveryKernel& kernel_;
  Peers& peers_;
  CaseService& cases_;
  const Records& durable_;
  EngineObserver& observer_;
  RecoveryState state_;
  v1::StoreRecord store_record_;
  v1::StoreWordRecord proposal_;  // waits for a second person; by nobody: there is none
  std::shared_ptr<const Directory> directory_;
};

}  // namespace jiexu
