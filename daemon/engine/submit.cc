// Applications in bulk: for each, three steps of one case, decided one after another and written
// together.
#include "daemon/engine/engine.h"

namespace jiexu {
namespace {

constexpr EventKind kSteps[] = {EventKind::kApply, EventKind::kAccept, EventKind::kSendLetter};

v1::SubmitResult to_result(int line, const CaseDesk::Outcome& outcome) {
  v1::SubmitResult result;
  result.set_line(static_cast<uint32_t>(line));
  if (outcome) {
    result.set_case_id((*outcome)->id.str());
    result.set_letter_number((*outcome)->letter_number);
  } else {
    result.set_refusal(std::string(name(outcome.error().refusal)));
    result.set_detail(outcome.error().detail);
  }
  return result;
}

}  // namespace

// Nothing is written before the last step is decided, so that a refusal leaves no trace.
Result<CaseDesk::Outcome> CaseDesk::submit(const CaseId& id, const v1::ActionInput& input,
                                           std::string_view user, Instant now) {
  begin();
  Case fresh;
  fresh.id = id;
  fresh.peer = AgencyId::parse(input.application().origin_agency()).value_or(AgencyId());
  Decision decision;
  decision.after = fresh;
  for (const EventKind kind : kSteps) {
    Event event;
    event.kind = kind;
    event.at = now;
    event.actor = user;
    if (kind == EventKind::kApply) event.input = &input;
    const auto decided = decide(decision, event);
    if (!decided) return tl::unexpected(decided.error());
    if (!*decided) return Outcome(tl::unexpected(decided->error()));
  }
  auto written = write(fresh, decision);
  if (!written) return tl::unexpected(written.error());
  return Outcome(std::move(*written));
}

Result<CaseDesk::Outcome> Engine::submit(const CaseId& id, const v1::ActionInput& input,
                                         const std::string& user, Instant now) {
  const auto origin = AgencyId::parse(input.application().origin_agency());
  if (origin && reconciler_.blocks(*origin)) {
    return CaseDesk::Outcome(tl::unexpected(Rejection{Refusal::kRecovering, origin->str()}));
  }
  return cases_.submit(id, input, user, now);
}

Result<void> Engine::run(const Command& command, const SubmitCommand& submit, Instant now) {
  Answer answer;
  bool any = false;
  // The input of an action, around one application after another.
  v1::ActionInput input;
  for (int i = 0; i < submit.input->applications_size(); ++i) {
    // Lent for the call and taken back: copying it costs a score of allocations.
    input.unsafe_arena_set_allocated_application(
        const_cast<v1::Application*>(&submit.input->applications(i)));
    const auto outcome =
        this->submit(submit.case_ids[static_cast<size_t>(i)], input, command.user, now);
    input.unsafe_arena_release_application();
    if (!outcome) return tl::unexpected(outcome.error());
    any |= outcome->has_value();
    *answer.submitted.add_results() = to_result(i + 1, *outcome);
  }
  if (any) {
    cases_.write_letter_counter();
    gather(true);
  }
  answer_after_commit(command, std::move(answer));
  return {};
}

}  // namespace jiexu
