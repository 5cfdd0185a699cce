#include "daemon/recovery/link_recovery.h"

#include <algorithm>
#include <utility>

#include "daemon/base/check.h"
#include "daemon/base/limits.h"

namespace jiexu {

LinkRecovery::LinkRecovery(AgencyId self, bool complete, RecoveryKernel& kernel, Peers& peers,
                           CaseService& cases, const Records& durable, EngineObserver& observer)
    : self_(self),
      complete_(complete),
      kernel_(kernel),
      peers_(peers),
      cases_(cases),
      durable_(durable),
      observer_(observer) {}

void LinkRecovery::start(const v1::StoreRecord& record) {
  store_record_ = record;
  RecoveryState::Epochs& epochs = state_.epochs;
  epochs.now = epochs.closed = epochs.on_disk = epochs.at_start = record.epoch();
  state_.set_copied(record.copied_at_ms() != 0);
}

Result<void> LinkRecovery::add(Peer& peer) {
  // Who has no Jiexu has no copy of our log, so that nobody there can be asked.
  if (peer.sender().mark().receipted_seq > 0 && !peer.by_mail()) state_.note_witness(peer.id());
  if (state_.epochs.now != state_.epochs.on_disk) {
    peer.raise_epoch(state_.epochs.now);
    peers_.touch(peer.id());
    kernel_.request_commit(false);
  }
  const bool noted = peer.recover_from() != 0;
  if (peer.by_mail()) return {};
  if (complete_ && !noted) return {};
  state_.withdraw_proof();  // the last run had lost something, and had not seen to all of it
  LinkState& link = begin(peer, RecoveryPhase::kAsking, false);
  if (noted) {
    TRY_DO(gather_log(peer, link));
  }
  CHECK(jiexu::check_invariants(&link, peer.recover_from()).empty());
  return {};
}

void LinkRecovery::set_directory(std::shared_ptr<const Directory> directory) {
  directory_ = std::move(directory);
  state_.directory_changed();
  recount();
}

LinkState& LinkRecovery::begin(Peer& peer, RecoveryPhase phase, bool urgent) {
  if (peer.recover_from() == 0) {
    peer.set_recover_from(peer.sender().mark().receipted_seq + 1);
    peers_.touch(peer.id());
    state_.note_loss();
    kernel_.request_commit(urgent);
  }
  return *state_.move(peer.id(), phase);
}

// Of a link that was only doubted, too.
void LinkRecovery::end(AgencyId peer) {
  state_.move(peer, RecoveryPhase::kNone);
  cases_.peer_recovered();
}

Result<void> LinkRecovery::end_if_done(Peer& peer, Instant now) {
  LinkState* link = state_.find(peer.id());
  if (link == nullptr) return {};
  const bool replaying = link->phase() == RecoveryPhase::kReplaying && link->claims.heard != 0;
  if (!replaying || peer.receiver().ahead().through < link->claims.through) return {};
  TRY_DO(replay_what_fits(peer, *link, now));
  if (link->own.empty()) {
    peer.set_recover_from(0);
    peers_.touch(peer.id());
    end(peer.id());
    kernel_.request_commit(true);
  }
  settle(peer);
  return {};
}

// --- after each change ---

void LinkRecovery::settle(const Peer& peer) {
  CHECK(jiexu::check_invariants(state_.find(peer.id()), peer.recover_from()).empty());
  recount();
}

void LinkRecovery::recount() {
  if (!state_.changed()) return;
  const bool freed = state_.recount(*directory_, self_);
  CHECK(state_.check_invariants().empty());
  kernel_.links_changed(freed);
}

std::string LinkRecovery::check_invariants() const {
  for (const auto& [id, peer] : peers_.all()) {
    const LinkState* link = state_.find(id);
    const std::string_view broken = jiexu::check_invariants(link, peer->recover_from());
    if (!broken.empty()) return id.str() + ": " + std::string(broken);
    if (link != nullptr && !link->own.is_consistent()) {
      return id.str() + ": a message of ours is found by its case";
    }
  }
  return std::string(state_.check_invariants());
}

// --- the epoch ---

// A peer has heard us in a later epoch. If our store comes from a backup, that was us as well; also
// if the peer has agreed with us since: what we had said before may come late. Nothing proves the
// number, and it becomes ours towards everybody: a wild one is not believed.
void LinkRecovery::outlive(Peer& peer, const RefuseFrame& refuse, Moment now) {
  RecoveryState::Epochs& epochs = state_.epochs;
  const bool restored = !complete_ || peer.recover_from() != 0;
  if (!restored || refuse.epoch < epochs.now) return;
  if (refuse.epoch - epochs.at_start > limits::kEpochLeapMax) {
    return observer_.frame_refused(peer.id(), "an epoch that cannot have been ours");
  }
  if (!state_.spoken_to(peer.id())) {
    state_.outlived_later.insert_or_assign(peer.id(), refuse);
    return ask_to_speak(peer);
  }
  epochs.now = refuse.epoch;
  epochs.raised = false;
  raise_epoch(now.wall);
}

// Of a store that was thought to be complete: nobody knows what else it lacks. Whoever has agreed
// since the start holds no more.
void LinkRecovery::note_first_loss(const Peer& peer, Instant now) {
  if (!std::exchange(complete_, false)) return;
  state_.withdraw_proof();
  if (!std::exchange(state_.payments_doubted, true)) doubt_payments(now);
  for (const auto& [id, other] : peers_.all()) {
    const bool asked = id == peer.id() || state_.find(id) != nullptr || state_.agreed(id);
    if (!asked) begin(*other, RecoveryPhase::kAsking, true);
  }
}

// A new epoch tells the peers that an older copy of this agency, should one run, is not us. They
// hear of it when it is durable.
void LinkRecovery::raise_epoch(Instant now) {
  if (std::exchange(state_.epochs.raised, true)) return;
  state_.epochs.now += 1;
  for (const auto& [id, peer] : peers_.all()) {
    peer->raise_epoch(state_.epochs.now);
    peers_.touch(id);
  }
  store_record_.set_epoch(state_.epochs.now);
  doubt_payments(now);
  kernel_.request_commit(true);
}

// What the store shows as waiting for the bank may have been exported in a commit that is lost, and
// letters have gone out in others.
void LinkRecovery::doubt_payments(Instant now) {
  kernel_.skip_numbers(now);
  kernel_.doubt_payments(now);
  store_record_.set_doubt_until_ms(std::max(store_record_.doubt_until_ms(), now.ms));
  kernel_.write(store_record_);
}

void LinkRecovery::doubt_payments_again(Instant now) {
  kernel_.doubt_payments(Instant{store_record_.doubt_until_ms()});
  if (!complete_) doubt_payments(now);
}

// --- time and commits ---

// If the peer is connected to us its link may be flowing on without another Open; a gap makes it
// say where it is. If it is connected to another copy of us, this goes nowhere.
void LinkRecovery::ask_to_speak(const Peer& peer) {
  kernel_.send(peer, Lane::kReply, encode(peer.receiver().gap()));
}

void LinkRecovery::wake(Steady now) {
  for (const auto& [id, known] : state_.links()) {
    if (known.phase() != RecoveryPhase::kReplaying || now < known.ask_at) continue;
    LinkState& link = *state_.find(id);
    link.ask_at = now.plus_ms(kAskAgainMs);
    const Peer& peer = *peers_.find(id);
    const Seq has = peer.receiver().ahead().through;
    if (std::exchange(link.had, has) == has) ask_to_speak(peer);
  }
}

Steady LinkRecovery::next_wake() const {
  Steady next{INT64_MAX};
  for (const auto& [id, link] : state_.links()) {
    if (link.phase() == RecoveryPhase::kReplaying) next = std::min(next, link.ask_at);
  }
  return next;
}

void LinkRecovery::landed() {
  state_.landed();
  recount();
}

// Everything fetched is durable: the link may be opened.
void LinkRecovery::landed(Peer& peer, Steady now) {
  const LinkState* link = state_.find(peer.id());
  const bool fetched = link != nullptr && link->phase() == RecoveryPhase::kFetched;
  if (!fetched || !peer.log_is_durable()) return;
  if (peer.sender().state() == Sender::State::kFlowing) return;
  kernel_.follow(peer, peer.sender().rewritten(now));
}

}  // namespace jiexu
