// Cases whose letter was forwarded, so that one agency's part of them follows on another one's.
#include <algorithm>

#include "daemon/engine/case_store.h"
#include "daemon/engine/reconciler.h"

namespace jiexu {

bool Reconciler::has_own_letter(AgencyId peer, const CaseId& id) const {
  const Link* link = find(peer);
  return link != nullptr && link->by_case.contains({id, 1});
}

// Whether our letter to `peer` was sent before the one to the agency that the case is with, which
// names then whom it was with. Not by their times: our clock may have been set back between them.
Result<bool> Reconciler::is_earlier(AgencyId peer, const Case& subject) {
  if (!subject.letter_place) return false;
  const auto current = read_message(durable_, subject.peer, *subject.letter_place);
  if (!current && current.error().code == Errc::kNotFound) return true;  // being written now
  if (!current) return tl::unexpected(current.error());
  return std::ranges::find(current->letter().former_agencies(), peer.text()) !=
         current->letter().former_agencies().end();
}

// The case is past its time with `peer`.
void Reconciler::leave_behind(AgencyId peer, const Case& subject) {
  cases_.note_former(subject, peer);
  Link& link = links_.at(peer);
  auto it = link.by_case.lower_bound({subject.id, 0});
  while (it != link.by_case.end() && it->first.first == subject.id) {
    link.own.erase(it->second);
    it = link.by_case.erase(it);
  }
}

Result<bool> Reconciler::waits_for_other(const Peer& peer, const v1::Message& message,
                                         const Directory& directory, Instant now) {
  const auto returns = [&](AgencyId other) {
    return recovers(other) && directory.find(other) != nullptr;
  };
  const auto id = CaseId::from_bytes(message.case_id());
  if (!id) return false;
  if (message.has_letter_forwarded()) {
    const auto to = AgencyId::parse(message.letter_forwarded().to_agency());
    return to && returns(*to) && !takes_batches(*to);
  }
  if (!has_own_letter(peer.id(), *id)) return false;
  const auto subject = cases_.load(*id, now);
  if (!subject) return tl::unexpected(subject.error());
  const bool elsewhere = *subject != nullptr && (*subject)->peer != peer.id();
  if (!elsewhere || !returns((*subject)->peer)) return false;
  return is_earlier(peer.id(), **subject);
}

Result<bool> Reconciler::is_past(const Peer& peer, const Case& subject,
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
Result<std::optional<std::string>> Reconciler::follow(AgencyId peer, const Case& subject,
                                                      const v1::Message& message, const Own& own) {
  if (!message.has_letter()) return "the case is with " + subject.peer.str();
  if (!subject.letter_place) {  // it is forgotten that the first letter went out
    Case moved = subject;
    moved.former_peers.push_back({subject.peer, subject.timeline_count});
    moved.peer = peer;
    return act(moved, message, own);
  }
  const auto earlier = is_earlier(peer, subject);
  if (!earlier) return tl::unexpected(earlier.error());
  if (*earlier) {
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
  event.led_back = true;
  event.note = "led back from our own letter to the next agency, which that one had kept";
  const auto outcome = cases_.apply(subject, event);
  if (!outcome) return tl::unexpected(outcome.error());
  if (*outcome && (**outcome)->peer == peer) return std::nullopt;
  return "the case is with " + subject.peer.str() + ", which cannot have forwarded it" +
         (*outcome ? "" : ": " + std::string(name(outcome->error().refusal)));
}

}  // namespace jiexu
