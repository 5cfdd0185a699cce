// What peers say of where both logs stand, and how much of it is believed.
#include <algorithm>
#include <utility>

#include "daemon/recovery/link_recovery.h"

namespace jiexu {
namespace {

// Nothing has been proved yet of a loss.
bool is_unproven(const LinkState* link) {
  return link == nullptr || link->phase() == RecoveryPhase::kDoubted;
}

}  // namespace

// --- of its own log, by its Open ---

void LinkRecovery::heard_open(Peer& peer, const OpenFrame& open, Moment now) {
  const bool first_words = state_.note_spoken_to(peer.id());
  take_claims(peer, open, now);
  if (first_words) kernel_.follow(peer, peer.sender().spoken_to(now.steady));
  if (auto later = state_.outlived_later.extract(peer.id()); !later.empty()) {
    outlive(peer, later.mapped(), now);
  }
  settle(peer);
}

void LinkRecovery::take_claims(Peer& peer, const OpenFrame& open, Moment now) {
  const Seq known = peer.receiver().ahead().through;
  LinkState* link = state_.find(peer.id());
  if (is_unproven(link) && open.receipt && open.receipt->through > known) {
    // It holds a receipt of ours for something that we do not know: we have lost data. What is
    // being written just now came again, and an Open that was long on its way need not know of
    // that.
    const bool agreed = state_.agreed(peer.id());
    link = &begin(peer, agreed ? RecoveryPhase::kReplaying : RecoveryPhase::kAsking, false);
    note_first_loss(peer, now.wall);
    observer_.alarm(peer.id(), "the peer holds receipts of ours that our store has lost");
  }
  if (!open.receipt && open.receipted_seq > known && state_.unproven.insert(peer.id()).second) {
    observer_.alarm(peer.id(),
                    "the peer claims receipts of ours for messages that we do not know, and shows "
                    "none");
  }
  if (link == nullptr) return;
  PeerClaims& claims = link->claims;
  if (open.receipt) claims.receipted = std::max(claims.receipted, open.receipt->through);
  if (open.epoch > claims.epoch) claims.through = 0;
  claims.epoch = std::max(claims.epoch, open.epoch);
  if (open.epoch == claims.epoch) claims.through = std::max(claims.through, open.last_seq);
  if (std::exchange(claims.heard, open.session) == open.session) return;
  count_open(peer, *link, now.steady);
}

void LinkRecovery::count_open(const Peer& peer, LinkState& link, Steady now) {
  PeerClaims& claims = link.claims;
  const Seq known = peer.receiver().ahead().through;
  const bool waits = link.phase() == RecoveryPhase::kReplaying;
  const bool more = known < claims.through;
  claims.fruitless = waits && !more ? claims.fruitless + 1 : 0;
  if (!waits || !more) claims.withheld = 0;
  if (!waits || !more || now < claims.counted.plus_ms(kAskAgainMs)) return;
  claims.counted = now;
  if (++claims.withheld < LinkState::kUnansweredMax) return;
  observer_.alarm(peer.id(), "the peer says that it has written up to message " +
                                 std::to_string(claims.through) +
                                 " and does not send it; it is not waited for");
  claims.through = known;
  claims.withheld = 0;
}

void LinkRecovery::delivers(AgencyId peer) {
  if (LinkState* link = state_.find(peer)) link->claims.withheld = 0;
}

// --- of our log, by its answer to our Open ---

void LinkRecovery::proves_loss(Peer& peer, Seq through, Moment now) {
  note_first_loss(peer, now.wall);
  if (state_.spoken_to(peer.id())) {
    raise_epoch(now.wall);
    if (auto ask = fell_behind(peer, through)) {
      kernel_.send(peer, Lane::kForward, std::move(*ask));
    }
    return settle(peer);
  }
  // It is not known to be speaking to us.
  if (is_unproven(state_.find(peer.id()))) begin(peer, RecoveryPhase::kAsking, true);
  settle(peer);
  ask_to_speak(peer);
}

void LinkRecovery::proves_nothing(Peer& peer) {
  const LinkState* link = state_.find(peer.id());
  if (link == nullptr) return;
  if (link->phase() == RecoveryPhase::kAsking) state_.set_stuck(peer.id(), true);
  if (link->phase() == RecoveryPhase::kDoubted) end(peer.id());
  settle(peer);
}

Result<void> LinkRecovery::agreed(Peer& peer, Moment now) {
  state_.note_agreed(peer.id());
  LinkState* link = state_.find(peer.id());
  if (link != nullptr && link->phase() == RecoveryPhase::kDoubted) {
    end(peer.id());
    link = nullptr;
  }
  if (link == nullptr) {
    settle(peer);
    return {};
  }
  state_.move(peer.id(), RecoveryPhase::kReplaying);
  state_.set_stuck(peer.id(), false);
  link->ask_at = Steady{0};
  if (peer.has_aside() || !link->orphans.empty()) {
    // After a crash all that the peer holds may be here, and what was laid aside not yet behind it.
    TRY_DO(write_orphans(peer, *link));
    peers_.touch(peer.id());
    kernel_.request_commit(true);
  }
  settle(peer);
  TRY_DO(end_if_done(peer, now.wall));
  if (state_.find(peer.id()) != nullptr) ask_to_speak(peer);
  return {};
}

bool LinkRecovery::is_rewriting(const Peer& peer) const {
  return state_.find(peer.id()) != nullptr && !peer.log_is_durable();
}

// --- of our log, by what it refuses ---

// That the peer holds something else under a number that we have just used: another copy of this
// agency was faster. The next answer to Open proves how far the two are apart, or nothing; until
// then nothing more is written to it.
void LinkRecovery::refused(Peer& peer, const RefuseFrame& refuse, Moment now) {
  if (refuse.reason == v1::REFUSE_REASON_EPOCH) outlive(peer, refuse, now);
  const bool diverged = refuse.reason == v1::REFUSE_REASON_DIVERGED;
  if (diverged && state_.find(peer.id()) == nullptr) {
    state_.move(peer.id(), RecoveryPhase::kDoubted);
  }
  settle(peer);
}

}  // namespace jiexu
