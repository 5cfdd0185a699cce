// Cases whose letter was forwarded, so that one agency's part of them follows on another one's.
#include <algorithm>

#include "daemon/casework/case_store.h"
#include "daemon/recovery/link_recovery.h"

namespace jiexu {

bool LinkRecovery::has_own_letter(AgencyId peer, const CaseId& id) const {
  const LinkState* link = state_.find(peer);
  return link != nullptr && link->own.find(id, 1) != nullptr;
}

// Whether our letter to `peer` was sent before the one to the agency that the case is with, which
// names then whom it was with. Not by their times: our clock may have been set back between them.
Result<bool> LinkRecovery::is_earlier(AgencyId peer, const Case& subject) {
  if (!subject.letter_place) return false;
  const auto current = read_message(durable_, subject.peer, *subject.letter_place);
  if (!current && current.error().code == Errc::kNotFound) return true;  // being written now
  if (!current) return tl::unexpected(current.error());
  return std::ranges::find(current->letter().former_agencies(), peer.text()) !=
         current->letter().former_agencies().end();
}

// The case is past its time with `peer`.
void LinkRecovery::leave_behind(AgencyId peer, const Case& subject) {
  cases_.note_former(subject, peer);
  state_.find(peer)->own.erase_all_of(subject.id);
}

Result<bool> LinkRecovery::comes_too_early(const Peer& peer, const BatchFrame& batch, Instant now) {
  for (const std::string_view bytes : batch.messages) {
    v1::Message message;
    if (!message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) continue;
    const auto early = waits_for_other(peer, message, now);
    if (!early || *early) return early;
  }
  return false;
}

Result<bool> LinkRecovery::waits_for_other(const Peer& peer, const v1::Message& message,
                                           Instant now) {
  const auto returns = [&](AgencyId other) {
    return state_.recovers(other) && directory_->find(other) != nullptr;
  };
  const auto id = CaseId::from_bytes(message.case_id());
  if (!id) return false;
  if (message.has_letter_forwarded()) {
    const auto to = AgencyId::parse(message.letter_forwarded().to_agency());
    return to && returns(*to) && !state_.takes_batches(*to);
  }
  if (!has_own_letter(peer.id(), *id)) return false;
  TRY(const auto subject, cases_.load(*id, now));
  const bool elsewhere = subject != nullptr && subject->peer != peer.id();
  if (!elsewhere || !returns(subject->peer)) return false;
  return is_earlier(peer.id(), *subject);
}

Result<bool> LinkRecovery::was_with(const Peer& peer, const Case& subject,
                                    const v1::Message& message) {
  if (subject.was_with(peer.id())) return true;
  if (!has_own_letter(peer.id(), subject.id)) return false;
  if (!message.has_letter_forwarded()) {
    const auto earlier = is_earlier(peer.id(), subject);
    if (!earlier || !*earlier) return earlier;
  }
  leave_behind(peer.id(), subject);
  return true;
}

// Our letter to `peer` came back, and the case is with another agency.
Result<std::optional<std::string>> LinkRecovery::follow_letter(AgencyId peer, const Case& subject,
                                                               const v1::Message& message,
                                                               const OwnMessage& own) {
  if (!message.has_letter()) return "the case is with " + subject.peer.str();
  if (!subject.letter_place) {  // it is forgotten that the first letter went out
    Case moved = subject;
    moved.former_peers.push_back({subject.peer, subject.timeline_count});
    moved.peer = peer;
    return act(moved, message, own);
  }
  TRY(const auto earlier, is_earlier(peer, subject));
  if (earlier) {
    leave_behind(peer, subject);
    return std::nullopt;
  }
  v1::Message forwarded;
  forwarded.mutable_letter_forwarded()->set_to_agency(peer.str());
  forwarded.mutable_letter_forwarded()->set_code(v1::REJECT_CODE_WRONG_AGENCY);
  Event event;
  event.kind = EventKind::kLetterForwardedIn;
  event.at = Instant{message.sent_at_ms()};
  event.actor = kRecoveryActor;
  event.message = &forwarded;
  event.on_paper = true;
  event.replayed = true;
  event.note = "replayed from our own letter to the next agency, which that one had kept";
  TRY(const auto outcome, cases_.apply(subject, event));
  if (outcome && (*outcome)->peer == peer) return std::nullopt;
  return "the case is with " + subject.peer.str() + ", which cannot have forwarded it" +
         (outcome ? "" : ": " + std::string(name(outcome.error().refusal)));
}

}  // namespace jiexu
