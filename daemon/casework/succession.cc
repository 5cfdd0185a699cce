// Agencies that were merged (X44). The directory says into which one and since when; what has not
// begun with the old agency by then goes to the new one by itself, and its clocks start there:
//
//   * an application for it becomes a case with the successor;
//   * a case whose letter is not sent, or not delivered, goes on with the successor;
//   * a letter that was delivered and not accepted, its own daemon forwards.
//
// A transfer that the old agency has accepted ends with it. While a link is being recovered, what
// was said on it is not known, and nothing goes on before that has ended.
#include <algorithm>

#include "daemon/casework/case_service.h"

namespace jiexu {
namespace {

std::string merged_note(AgencyId from, AgencyId into) {
  return from.str() + " was merged into " + into.str();
}

}  // namespace

AgencyId CaseService::peer_for(const v1::Application& application, Instant now) const {
  const auto origin = AgencyId::parse(application.origin_agency());
  if (!origin) return AgencyId();  // step() refuses it by name
  return directory_->successor_of(*origin, date_of(now));
}

Case CaseService::fresh_case(const CaseId& id, const v1::Application& application,
                             Instant now) const {
  Case fresh;
  fresh.id = id;
  fresh.peer = peer_for(application, now);
  const auto origin = AgencyId::parse(application.origin_agency());
  if (origin && fresh.peer != *origin) fresh.former_peers.push_back({*origin, 0});
  return fresh;
}

Result<void> CaseService::follow_successor(const Case& subject, Instant now) {
  if (recovering(subject.peer)) return {};
  const bool in = subject.side == Side::kIn;
  const AgencyId merged = in ? subject.peer : self_;
  const AgencyId next = directory_->successor_of(merged, date_of(now));
  if (next == merged || next == subject.peer || !is_other_agency(next.text())) return {};
  if (subject.was_with(next)) return {};
  if (recovering(next)) return {};
  switch (subject.relationship) {
    case Relationship::kDraft:
    case Relationship::kAccepted: return change_peer(subject, next, now);
    case Relationship::kLetterSent: return send_on(subject, next, now);
    case Relationship::kLetterReceived: return hand_over(subject, next, now);
    default: return {};
  }
}

// IN, before the letter.
Result<void> CaseService::change_peer(const Case& subject, AgencyId next, Instant now) {
  Decision& decision = begin(subject);
  Event event;
  event.kind = EventKind::kRejudge;
  event.at = now;
  event.actor = kDirectoryActor;
  decision.after->former_peers.push_back({subject.peer, subject.timeline_count + 1});
  decision.after->peer = next;
  note(decision, event, merged_note(subject.peer, next));
  TRY_DO(write(subject, decision));
  return {};
}

// IN, while the letter waits for a receipt: as if the agency had forwarded it. If a withdrawal
// waits too, it has to be answered first.
Result<void> CaseService::send_on(const Case& subject, AgencyId next, Instant now) {
  if (subject.funds != Funds::kUnknown) return {};
  if (subject.overlays.has(Overlay::kWithdrawalPending)) return {};
  v1::Message forwarded;
  forwarded.mutable_letter_forwarded()->set_to_agency(next.str());
  forwarded.mutable_letter_forwarded()->set_code(v1::REJECT_CODE_AGENCY_RETIRED);
  const std::string text = merged_note(subject.peer, next);
  Event event;
  event.kind = EventKind::kLetterForwardedIn;
  event.at = now;
  event.actor = kDirectoryActor;
  event.message = &forwarded;
  event.on_paper = true;
  event.note = text;
  TRY_DO(apply(subject, event));
  return {};
}

// OUT, being merged ourselves.
Result<void> CaseService::hand_over(const Case& subject, AgencyId next, Instant now) {
  v1::ActionInput input;
  input.set_agency(next.str());
  input.set_code(v1::REJECT_CODE_AGENCY_RETIRED);
  const std::string text = merged_note(self_, next);
  Event event;
  event.kind = EventKind::kForwardLetter;
  event.at = now;
  event.actor = kDirectoryActor;
  event.input = &input;
  event.note = text;
  TRY_DO(apply(subject, event));
  return {};
}

}  // namespace jiexu
