// The engine's side of a recovery (reconciler.h): what is asked of peers, and the new epoch.
#include <algorithm>
#include <utility>

#include "daemon/base/limits.h"
#include "daemon/engine/engine.h"
#include "storage/layout.h"

namespace jiexu {

// The peer has proved by our own signature that our log has lost something.
void Engine::fetch_back(Peer& peer, Seq through, Instant now) {
  const bool noted = peer.recover_from() != 0;
  if (!reconciler_.spoken_to(peer.id())) {
    reconciler_.fell_behind_unheard(peer);
    if (!std::exchange(doubted_, true)) {
      doubt_payments(now);
    }
    if (!noted) gather(true);
    note_recovered();
    return ask_to_speak(peer);
  }
  raise_epoch(now);
  if (auto frame = reconciler_.fell_behind(peer, through)) {
    world_.transport.send(peer.id(), Lane::kForward, share(std::move(*frame)));
  }
  if (!noted) gather(false);
  note_recovered();
}

// It says so, and does not prove it.
void Engine::disbelieve(Peer& peer) {
  reconciler_.disbelieve(peer);
  note_recovered();
}

Result<void> Engine::fetched(Peer& peer, const FetchedFrame& frame) {
  auto next = reconciler_.fetched(peer, frame);
  if (!next) {
    if (next.error().code != Errc::kCorrupt) return tl::unexpected(next.error());
    follow(peer, peer.sender().diverged(steady_));
    return {};
  }
  if (next->ask) {
    world_.transport.send(peer.id(), Lane::kForward, share(std::move(*next->ask)));
  }
  if (next->took) gather(true);
  return {};
}

// If the peer is connected to us its link may be flowing on without another Open; a gap makes it
// say where it is. If it is connected to another copy of us, this goes nowhere.
void Engine::ask_to_speak(Peer& peer) {
  reply(peer, encode(peer.receiver().gap()));
}

// The peer says that it holds something else under a number that we have just used: another copy of
// this agency was faster. The next answer to Open proves how far the two are apart, or nothing.
void Engine::stop_writing(Peer& peer) {
  reconciler_.doubt(peer);
  note_recovered();
}

// A peer has heard us in a later epoch. If our store comes from a backup, that was us as well; also
// if the peer has agreed with us since: what we had said before may come late. Nothing proves the
// number, and it becomes ours towards everybody: a wild one is not believed.
void Engine::outlive(Peer& peer, const RefuseFrame& refuse, Instant now) {
  const bool restored =
      !options_.store_complete || (reconciler_.blocks(peer.id()) && peer.recover_from() != 0);
  if (refuse.reason != v1::REFUSE_REASON_EPOCH || !restored || refuse.epoch < epoch_) return;
  if (refuse.epoch - epoch_at_start_ > limits::kEpochLeapMax) {
    return world_.observer.frame_refused(peer.id(), "an epoch that cannot have been ours");
  }
  if (!reconciler_.spoken_to(peer.id())) {
    outlived_later_.insert_or_assign(peer.id(), refuse);
    return ask_to_speak(peer);
  }
  epoch_ = refuse.epoch;
  epoch_raised_ = false;
  raise_epoch(now);
}

// A new epoch tells the peers that an older copy of this agency, should one run, is not us. They
// hear of it when it is durable.
void Engine::raise_epoch(Instant now) {
  if (epoch_raised_) return;
  epoch_raised_ = true;
  epoch_ += 1;
  for (const auto& [id, peer] : peers_.all()) {
    peer->raise_epoch(epoch_);
    peers_.touch(id);
  }
  store_record_.set_epoch(epoch_);
  doubt_payments(now);
  gather(true);
}

// What the store shows as waiting for the bank may have been exported in a commit that is lost, and
// letters have gone out in others.
void Engine::doubt_payments(Instant now) {
  cases_.skip_letter_numbers(now);
  remit_.doubt(now);
  store_record_.set_doubt_until_ms(std::max(store_record_.doubt_until_ms(), now.ms));
  tx_.put_message(layout::store_key(), store_record_);
}

// A peer that the directory lacks today may come back tomorrow: that it has to be asked must be on
// the disk before the store may be called complete.
void Engine::note_recovered() {
  const bool noted = !open_.notes_loss && !(in_flight_ && in_flight_->notes_loss);
  const auto& agencies = directory_->agencies();
  const auto blocked = static_cast<size_t>(std::ranges::count_if(
      agencies, [&](const Agency& agency) { return reconciler_.recovers(agency.id); }));
  recovered_ = noted && blocked == 0;
  // Also of an agency that the directory lacks today.
  const bool missing = !noted || reconciler_.blocks_any();
  const bool whole = !missing && std::ranges::all_of(agencies, [&](const Agency& agency) {
    return agency.id == options_.self || reconciler_.has_compared(agency.id);
  });
  if (blocked < blocked_ || (whole && !whole_)) bank_.try_again_soon();
  blocked_ = blocked;
  whole_ = whole;
  statements_.look_again();
}

Result<void> Engine::end_recovery(Peer& peer, Instant now) {
  if (!reconciler_.blocks(peer.id())) return {};
  if (auto done = reconciler_.end_if_done(peer, now); !done) return done;
  if (reconciler_.blocks(peer.id())) return {};
  gather(true);
  note_recovered();
  return {};
}

}  // namespace jiexu
