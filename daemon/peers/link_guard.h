// What may be read from a peer and written to it: whoever decides that asks here, and nowhere else.
// A link is open on almost every day of its life; then one question answers all others.
//
// The guard holds nothing of its own. It reads the state of the recoveries (recovery_state.h) and
// the links. On the engine's thread.
#pragma once

#include "daemon/peers/peers.h"
#include "daemon/peers/recovery_state.h"

namespace jiexu {

// How a peer's frame is to be treated.
enum class Standing : uint8_t {
  kOpen,        // as on any day
  kOpenBeside,  // the same; but another link is being recovered, and a message may be about a case
                // that spans both: it may have to wait
  kReplaying,   // the link is being recovered, and what comes is part of it
  kClosed,      // the link is being recovered, and batches are not wanted yet
};

class LinkGuard {
 public:
  // Both must outlive this object.
  LinkGuard(const RecoveryState& state, const Peers& peers) : state_(state), peers_(peers) {}

  // Asked once for each frame.
  Standing standing_of(AgencyId peer) const {
    if (state_.links().empty()) return Standing::kOpen;
    if (!is_recovering(peer)) return state_.recovered() ? Standing::kOpen : Standing::kOpenBeside;
    return state_.takes_batches(peer) ? Standing::kReplaying : Standing::kClosed;
  }

  // Messages of ours to this peer may be missing: its cases are not where they were, and nothing is
  // written to it.
  bool is_recovering(AgencyId peer) const { return state_.find(peer) != nullptr; }
  // The same, and it may end by itself.
  bool recovers(AgencyId peer) const { return state_.recovers(peer); }
  // A message to the agency can be written now: it is a peer, and not being recovered.
  bool may_write(AgencyId peer) const {
    return peers_.all().contains(peer) && !is_recovering(peer);
  }
  // The peer can be asked for a file now.
  bool may_ask(AgencyId peer) const {
    const auto it = peers_.all().find(peer);
    return it != peers_.all().end() && !is_recovering(peer) &&
           it->second->sender().state() == Sender::State::kFlowing;
  }
  // Since the start, both have told each other how far their logs reach, and agreed.
  bool has_compared(AgencyId peer) const { return state_.has_compared(peer); }
  // Our cases with the peer are known to be where they were.
  bool is_sound(AgencyId peer) const { return !is_recovering(peer) && has_compared(peer); }
  // Since the start, one who had given us receipts has shown that it holds no more of our log than
  // we do, or two people have said so, or nobody had given any: this store is not an older one.
  // Before that no new number is given.
  bool confirmed() const { return state_.confirmed(); }
  // The same of this peer, and the store is no copy that people have to look at. Before that no
  // payment file leaves that the peer may know.
  bool confirmed_by(AgencyId peer) const { return state_.confirmed_by(peer); }
  // The same of every peer.
  bool all_sound() const { return state_.whole(); }

 private:
  const RecoveryState& state_;
  const Peers& peers_;
};

}  // namespace jiexu
