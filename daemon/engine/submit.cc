// Applications in bulk: for each, three steps of one case, decided one after another and written
// together. Under four eyes the third is a proposal, unless the submitting user is trusted: then
// the core system's own second person has approved already.
#include <algorithm>

#include "daemon/engine/engine.h"

namespace jiexu {
namespace {

constexpr EventKind kSteps[] = {EventKind::kApply, EventKind::kAccept, EventKind::kSendLetter};

Submitted submitted(CaseDesk::Outcome outcome) {
  if (!outcome) return tl::unexpected(std::move(outcome.error()));
  const Case& made = **outcome;
  SubmittedLetter letter{made.id, made.letter_number, nullptr};
  if (!made.proposals.empty()) letter.proposed = std::move(*outcome);
  return letter;
}

}  // namespace

// Nothing is written before the last step is decided, so that a refusal leaves no trace.
Result<CaseDesk::Outcome> CaseDesk::submit(const CaseId& id, const v1::ActionInput& input,
                                           std::string_view user, Letter letter, Instant now) {
  const Case fresh = fresh_case(id, input.application(), now);
  Decision& decision = begin(fresh);
  for (const EventKind kind : kSteps) {
    Event event;
    event.kind = kind;
    event.at = now;
    event.actor = user_actor(user);
    if (kind == EventKind::kApply) event.input = &input;
    const bool propose = kind == EventKind::kSendLetter && letter == Letter::kPropose;
    const auto decided = propose ? add_proposal(decision, event) : decide(decision, event);
    if (!decided) return tl::unexpected(decided.error());
    if (!*decided) return Outcome(tl::unexpected(decided->error()));
  }
  return finish(fresh, decision);
}

Result<CaseDesk::Outcome> Engine::submit(const CaseId& id, const v1::ActionInput& input,
                                         const std::string& user, CaseDesk::Letter letter,
                                         Instant now) {
  const AgencyId peer = cases_.peer_for(input.application(), now);
  if (reconciler_.blocks(peer)) {
    return CaseDesk::Outcome(tl::unexpected(Rejection{Refusal::kRecovering, peer.str()}));
  }
  return cases_.submit(id, input, user, letter, now);
}

Result<void> Engine::run(const Command& command, const SubmitCommand& submit, Instant now) {
  Answer answer;
  bool any = false;
  const bool trusted =
      !options_.four_eyes || std::ranges::find(options_.trusted_submitters, command.user) !=
                                 options_.trusted_submitters.end();
  const auto letter = trusted ? CaseDesk::Letter::kSend : CaseDesk::Letter::kPropose;
  answer.submitted.reserve(submit.case_ids.size());
  // The input of an action, around one application after another.
  v1::ActionInput input;
  for (int i = 0; i < submit.input->applications_size(); ++i) {
    // Lent for the call and taken back: copying it costs a score of allocations.
    input.unsafe_arena_set_allocated_application(
        const_cast<v1::Application*>(&submit.input->applications(i)));
    auto outcome =
        this->submit(submit.case_ids[static_cast<size_t>(i)], input, command.user, letter, now);
    input.unsafe_arena_release_application();
    if (!outcome) return tl::unexpected(outcome.error());
    any |= outcome->has_value();
    answer.submitted.push_back(submitted(std::move(*outcome)));
    if (auto done = tx_.end_step(); !done) return done;
  }
  if (any) gather(true);
  answer_after_commit(command, std::move(answer));
  return {};
}

}  // namespace jiexu
