// Applications in bulk: for each, three steps of one case, decided one after another and written
// together. Under four eyes the third is a proposal, unless the submitting user is trusted: then
// the core system's own second person has approved already.
#include "daemon/casework/case_service.h"

namespace jiexu {
namespace {

constexpr EventKind kSteps[] = {EventKind::kApply, EventKind::kAccept, EventKind::kSendLetter};

}  // namespace

// Nothing is written before the last step is decided, so that a refusal leaves no trace.
Result<CaseService::Outcome> CaseService::submit(const Case& fresh, const v1::ActionInput& input,
                                                 std::string_view user, Letter letter,
                                                 Instant now) {
  Decision& decision = begin(fresh);
  for (const EventKind kind : kSteps) {
    Event event;
    event.kind = kind;
    event.at = now;
    event.actor = user_actor(user);
    if (kind == EventKind::kApply) event.input = &input;
    const bool propose = kind == EventKind::kSendLetter && letter == Letter::kPropose;
    TRY(const auto decided, propose ? add_proposal(decision, event) : decide(decision, event));
    if (!decided) return Outcome(tl::unexpected(decided.error()));
  }
  return finish(fresh, decision);
}

}  // namespace jiexu
