// Messages that were of no use: each is set aside with its reason, its number is used up, and its
// sender is told. Later two people may let it pass (quarantine_desk.h).
#include <utility>

#include "daemon/agency/engine.h"
#include "storage/layout.h"

namespace jiexu {

Result<void> Engine::consume_number(const Peer& peer, const v1::Message& message, Instant now) {
  TRY(const auto subject, cases_.load(*CaseId::from_bytes(message.case_id()), now));
  if (subject != nullptr && subject->peer == peer.id()) cases_.consume_number(*subject, message);
  return {};
}

void Engine::note_set_aside(Peer& peer, Seq seq, uint32_t body_kind, v1::FaultCode code) {
  peer.heard_of().add_set_aside(seq, body_kind, code);
  world_.observer.quarantined(peer.id(), code);
}

void Engine::quarantine(Peer& peer, const v1::Message& message, const LogPlace& place,
                        v1::FaultCode code, const Rejection& why, Instant now) {
  const auto kind = static_cast<uint32_t>(message.body_case());
  v1::QuarantineRecord record;
  record.set_case_id(message.case_id());
  record.set_body_kind(kind);
  record.set_text(why.detail);
  v1::Fault fault;
  fault.set_code(code);
  fault.set_refusal(static_cast<uint32_t>(why.refusal));
  fault.set_text(why.detail.empty() ? std::string(explain(why.refusal)) : why.detail);
  note_set_aside(peer, place.seq, kind, code);
  // No fault about a fault.
  set_aside(peer, place, std::move(record), fault, !message.has_fault(), now);
}

// A message without a name costs its sender two bytes: all of a frame are set aside as one.
void Engine::quarantine_unreadable(Peer& peer, const BatchFrame& batch, Instant now) {
  v1::Fault fault;
  fault.set_code(v1::FAULT_CODE_UNREADABLE);
  fault.set_more(std::exchange(unreadable_, 0) - 1);
  v1::QuarantineRecord record;
  record.set_more(fault.more());
  set_aside(peer, {false, batch.epoch, unreadable_from_}, std::move(record), fault, true, now);
}

void Engine::set_aside(Peer& peer, const LogPlace& place, v1::QuarantineRecord record,
                       const v1::Fault& fault, bool tell, Instant now) {
  record.set_code(fault.code());
  record.set_refusal(fault.refusal());
  record.set_at_ms(now.ms);
  to_record(place, record.mutable_ref());
  tx_.put_message(layout::quarantine_key(peer.id(), place.epoch, place.seq), record);
  peer.count_quarantined(1);
  if (!tell) return;
  v1::Message answer;
  answer.set_case_id(record.case_id().empty() ? std::string(CaseId().bytes()) : record.case_id());
  answer.set_sent_at_ms(now.ms);
  *answer.mutable_fault() = fault;
  answer.mutable_fault()->set_epoch(place.epoch);
  answer.mutable_fault()->set_seq(place.seq);
  peers_.append(peer.id(), answer);
}

// As it comes now; its number was used up when it came.
Result<std::optional<Rejection>> Engine::take_released(AgencyId peer, const v1::Message& message,
                                                       const LogPlace& place, std::string_view note,
                                                       Instant now) {
  if (!guard_.may_write(peer)) return Rejection{Refusal::kRecovering, peer.str()};
  TRY(const auto subject, cases_.load(*CaseId::from_bytes(message.case_id()), now));
  if (subject == nullptr) return Rejection{Refusal::kUnknownCase, ""};
  if (subject->peer != peer) return Rejection{Refusal::kWrongPeer, ""};
  Event event;
  event.kind = event_of(message.body_case());
  event.at = now;
  event.actor = {ActorKind::kPeer, peer.text()};
  event.message = &message;
  event.place = place;
  event.note = note;
  event.released = true;
  return take_message(*subject, event);
}

}  // namespace jiexu
