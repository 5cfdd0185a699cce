// What peers say of where both logs stand, and how much of it is believed.
#include <algorithm>
#include <utility>

#include "daemon/engine/reconciler.h"

namespace jiexu {

void Reconciler::fell_behind_unheard(Peer& peer) {
  Link& link = begin(peer);
  const bool unasked = link.phase == Phase::kNone || link.phase == Phase::kDoubted;
  if (unasked) link.phase = Phase::kAsking;
}

void Reconciler::doubt(Peer& peer) {
  Link& link = links_[peer.id()];
  if (link.phase == Phase::kNone) link.phase = Phase::kDoubted;
}

void Reconciler::disbelieve(Peer& peer) {
  Link* link = find(peer.id());
  if (link == nullptr) return;
  link->stuck |= link->phase == Phase::kAsking;
  if (link->phase != Phase::kDoubted) return;
  links_.erase(peer.id());
  cases_.peer_recovered();
}

void Reconciler::heard_open(Peer& peer, const OpenFrame& open, Steady now) {
  spoken_to_.insert(peer.id());
  Link* link = find(peer.id());
  const Seq known = peer.receiver().ahead().through;
  const bool unknown = link == nullptr || link->phase == Phase::kDoubted;
  if (unknown && open.receipt && open.receipt->through > known) {
    // It holds a receipt of ours for something that we do not know: we have lost data. What is
    // being written just now came again, and an Open that was long on its way need not know of
    // that.
    link = &begin(peer);
    link->phase = agreed_.contains(peer.id()) ? Phase::kReplaying : Phase::kAsking;
    observer_.alarm(peer.id(), "the peer holds receipts of ours that our store has lost");
  }
  if (!open.receipt && open.receipted_seq > known && boasting_.insert(peer.id()).second) {
    observer_.alarm(peer.id(),
                    "the peer claims receipts of ours for messages that we do not know, and shows "
                    "none");
  }
  if (link == nullptr) return;
  if (open.receipt) link->receipted = std::max(link->receipted, open.receipt->through);
  if (open.epoch > link->claimed_epoch) link->claimed = 0;
  link->claimed_epoch = std::max(link->claimed_epoch, open.epoch);
  if (open.epoch == link->claimed_epoch) link->claimed = std::max(link->claimed, open.last_seq);
  if (std::exchange(link->heard, open.session) == open.session) return;
  count_open(peer, *link, now);
}

void Reconciler::count_open(Peer& peer, Link& link, Steady now) {
  const bool waits = link.phase == Phase::kReplaying;
  const bool more = peer.receiver().ahead().through < link.claimed;
  link.fruitless = waits && !more ? link.fruitless + 1 : 0;
  if (!waits || !more) link.withheld = 0;
  if (!waits || !more || now < link.counted.plus_ms(kAskAgainMs)) return;
  link.counted = now;
  if (++link.withheld < kUnansweredMax) return;
  observer_.alarm(peer.id(), "the peer says that it has written up to message " +
                                 std::to_string(link.claimed) +
                                 " and does not send it; it is not waited for");
  link.claimed = peer.receiver().ahead().through;
  link.withheld = 0;
}

void Reconciler::delivers(AgencyId peer) {
  if (Link* link = find(peer)) link->withheld = 0;
}

Result<bool> Reconciler::agreed(Peer& peer) {
  agreed_.insert(peer.id());
  Link* link = find(peer.id());
  if (link == nullptr) return false;
  if (link->phase == Phase::kDoubted) {
    links_.erase(peer.id());
    cases_.peer_recovered();
    return false;
  }
  link->phase = Phase::kReplaying;
  link->stuck = false;
  link->ask_at = Steady{0};
  if (!peer.has_aside()) return false;
  // After a crash all that the peer holds may be here, and what was laid aside not yet behind it.
  if (auto done = write_orphans(peer, *link); !done) return tl::unexpected(done.error());
  peers_.touch(peer.id());
  return true;
}

}  // namespace jiexu
