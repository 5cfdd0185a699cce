#include "daemon/peers/recovery_state.h"

#include <algorithm>
#include <utility>

#include "daemon/base/check.h"
#include "daemon/base/limits.h"

namespace jiexu {

bool may_follow(RecoveryPhase from, RecoveryPhase to) {
  using enum RecoveryPhase;
  switch (from) {
    case kNone: return to == kDoubted || to == kAsking || to == kFetching || to == kReplaying;
    case kDoubted: return to == kNone || to == kAsking || to == kFetching || to == kReplaying;
    case kAsking: return to == kFetching || to == kReplaying;
    case kFetching: return to == kFetched || to == kDiverged || to == kReplaying;
    case kDiverged:
    case kFetched: return to == kFetching || to == kReplaying;
    case kReplaying: return to == kNone || to == kFetching;
  }
  return false;
}

// --- our own messages ---

void OwnMessages::add(const OwnMessage& message) {
  CHECK(by_place_.emplace(message.place.seq, message).second);
  by_case_[{message.id, message.case_seq}] = message.place.seq;
}

const OwnMessage* OwnMessages::find(const CaseId& id, uint32_t case_seq) const {
  const auto it = by_case_.find({id, case_seq});
  return it == by_case_.end() ? nullptr : &by_place_.at(it->second);
}

const OwnMessage* OwnMessages::first_of(const CaseId& id) const {
  const auto it = by_case_.lower_bound({id, 0});
  if (it == by_case_.end() || it->first.first != id) return nullptr;
  return &by_place_.at(it->second);
}

const OwnMessage* OwnMessages::first_from(Seq seq) const {
  const auto it = by_place_.lower_bound(seq);
  return it == by_place_.end() ? nullptr : &it->second;
}

void OwnMessages::erase(const OwnMessage& message) {
  const OwnMessage gone = message;  // it may be the one in the map
  by_place_.erase(gone.place.seq);
  by_case_.erase({gone.id, gone.case_seq});
}

void OwnMessages::erase_all_of(const CaseId& id) {
  while (const OwnMessage* first = first_of(id)) erase(*first);
}

void OwnMessages::erase_from(Seq seq) {
  while (const OwnMessage* first = first_from(seq)) erase(*first);
}

bool OwnMessages::is_consistent() const {
  return std::ranges::all_of(by_case_, [&](const auto& entry) {
    const auto it = by_place_.find(entry.second);
    return it != by_place_.end() && it->second.id == entry.first.first &&
           it->second.case_seq == entry.first.second;
  });
}

// --- one link ---

std::string_view check_invariants(const LinkState* link, Seq recover_from) {
  using enum RecoveryPhase;
  const RecoveryPhase phase = link == nullptr ? kNone : link->phase();
  const bool doubted = phase == kDoubted;
  const bool lost = phase != kNone && !doubted;
  if (lost != (recover_from != 0)) return "a loss is noted with its link, and nothing else is";
  if (link == nullptr) return "";
  if (phase == kNone) return "a link that is not being recovered is not listed";
  if (doubted && (!link->own.empty() || !link->written.empty() || link->fetch.target != 0)) {
    return "what a peer says without a proof begins nothing";
  }
  const FetchMarks& fetch = link->fetch;
  const bool more = fetch.next >= 1 && fetch.next <= fetch.target;
  if (phase == kFetching && !more) return "who fetches has something to fetch";
  if (phase == kFetched && fetch.next <= fetch.target) return "who has fetched has all of it";
  if (fetch.asked > fetch.next) return "what was asked for is not beyond what comes next";
  const bool rewrites = phase == kAsking || phase == kFetching || phase == kDiverged;
  if (!rewrites && !link->orphans.empty()) return "what was laid aside is written again";
  if (!rewrites && link->stuck()) return "only who lacks something of our log is stuck";
  if (link->claims.withheld >= LinkState::kUnansweredMax) return "nobody is waited for for ever";
  return "";
}

// --- all links ---

LinkState* RecoveryState::find(AgencyId peer) {
  const auto it = links_.find(peer);
  return it == links_.end() ? nullptr : &it->second;
}

const LinkState* RecoveryState::find(AgencyId peer) const {
  const auto it = links_.find(peer);
  return it == links_.end() ? nullptr : &it->second;
}

LinkState* RecoveryState::move(AgencyId peer, RecoveryPhase to) {
  LinkState& link = links_[peer];
  if (link.phase_ == to) return &link;
  CHECK(may_follow(link.phase_, to));
  link.phase_ = to;
  changed_ = true;
  if (to != RecoveryPhase::kNone) return &link;
  links_.erase(peer);
  return nullptr;
}

void RecoveryState::set_stuck(AgencyId peer, bool stuck) {
  LinkState& link = links_.at(peer);
  changed_ |= link.stuck_ != stuck;
  link.stuck_ = stuck;
}

bool RecoveryState::recovers(AgencyId peer) const {
  const LinkState* link = find(peer);
  return link != nullptr && link->phase() != RecoveryPhase::kDiverged && !link->stuck();
}

bool RecoveryState::takes_batches(AgencyId peer) const {
  const LinkState* link = find(peer);
  return link == nullptr || link->phase() == RecoveryPhase::kReplaying;
}

bool RecoveryState::note_spoken_to(AgencyId peer) {
  const bool first = spoken_to_.insert(peer).second;
  changed_ |= first;
  return first;
}

bool RecoveryState::note_agreed(AgencyId peer) {
  const bool first = agreed_.insert(peer).second;
  changed_ |= first;
  return first;
}

void RecoveryState::note_witness(AgencyId peer) {
  changed_ |= witnesses_.insert(peer).second;
}

void RecoveryState::note_confirmed() {
  confirmed_by_people_ = true;
  changed_ = true;
}

void RecoveryState::note_proved() {
  proved_ = true;
  changed_ = true;
}

void RecoveryState::withdraw_proof() {
  proved_ = confirmed_by_people_ = false;
  changed_ = true;
}

std::string_view RecoveryState::proof() const {
  if (!confirmed_) return "";
  if (proved_) return "machine";
  if (confirmed_by_people_) return "people";
  const bool peer = std::ranges::any_of(witnesses_, [&](AgencyId id) { return agreed(id); });
  return peer ? "agency" : "nobody_to_ask";
}

void RecoveryState::note_loss() {
  notes_loss_ = true;
  changed_ = true;
}

void RecoveryState::launched() {
  closed_notes_ = std::exchange(notes_loss_, false);
  epochs.closed = epochs.now;
}

void RecoveryState::landed() {
  changed_ |= std::exchange(closed_notes_, false);
  epochs.on_disk = epochs.closed;
}

// A peer that the directory lacks today may come back tomorrow: that it has to be asked must be on
// the disk before the store may be called complete.
bool RecoveryState::recount(const Directory& directory, AgencyId self) {
  const bool noted = !notes_loss_ && !closed_notes_;
  const auto& agencies = directory.agencies();
  const auto blocked = static_cast<size_t>(
      std::ranges::count_if(agencies, [&](const Agency& agency) { return recovers(agency.id); }));
  // Also of an agency that the directory lacks today.
  const bool missing = !noted || !links_.empty();
  const bool whole = !missing && std::ranges::all_of(agencies, [&](const Agency& agency) {
    return agency.id == self || agency.by_mail || has_compared(agency.id);
  });
  const auto witnesses = [&](bool agreed_too) {
    return std::ranges::any_of(agencies, [&](const Agency& agency) {
      return is_witness(agency.id) && (!agreed_too || agreed(agency.id));
    });
  };
  const bool said = proved_ || confirmed_by_people_;
  confirmed_ = said || witnesses(true) || !witnesses(false);
  const bool all_agreed =
      std::ranges::all_of(witnesses_, [&](AgencyId witness) { return agreed(witness); });
  proved_to_all_ = !missing && (said || all_agreed);
  const bool freed = blocked < blocked_ || (whole && !whole_);
  recovered_ = noted && blocked == 0;
  const auto silent = std::ranges::count_if(agencies, [&](const Agency& agency) {
    return recovers(agency.id) && find(agency.id)->phase() == RecoveryPhase::kAsking;
  });
  const bool answered =
      std::ranges::any_of(agencies, [&](const Agency& agency) { return agreed(agency.id); });
  usable_ = recovered_ || (noted && answered && static_cast<size_t>(silent) == blocked);
  blocked_ = blocked;
  whole_ = whole;
  changed_ = false;
  publish_reach(directory);
  return freed;
}

void RecoveryState::publish_reach(const Directory& directory) {
  const std::lock_guard lock(reach_mutex_);
  known_.clear();
  for (const Agency& agency : directory.agencies()) known_.insert(agency.id);
  recovering_.clear();
  for (const auto& [peer, link] : links_) recovering_.insert(peer);
}

Refusal RecoveryState::out_of_reach(AgencyId peer) const {
  const std::lock_guard lock(reach_mutex_);
  if (recovering_.contains(peer)) return Refusal::kRecovering;
  return known_.contains(peer) ? Refusal::kNone : Refusal::kUnknownAgency;
}

std::string_view RecoveryState::check_invariants() const {
  if (epochs.at_start > epochs.on_disk || epochs.on_disk > epochs.now) return "epochs only rise";
  if (epochs.now - epochs.at_start > limits::kEpochLeapMax + 1) return "no epoch is a wild one";
  if (whole_ && !links_.empty()) return "an agency is whole when no link is being recovered";
  if (recovered_ && blocked_ != 0) return "it has recovered when nobody is waited for";
  const bool heard = std::ranges::any_of(outlived_later,
                                         [&](const auto& entry) { return spoken_to(entry.first); });
  if (heard) return "who speaks to us is heard at once";
  return "";
}

}  // namespace jiexu
