#include "daemon/casework/case_commands.h"

#include <algorithm>

#include "daemon/cases/attachments.h"
#include "daemon/casework/four_eyes.h"

namespace jiexu {
namespace {

// The case after the action, or as it was and why it is still so.
CaseReply concluded(std::shared_ptr<const Case> before, const CaseService::Outcome& outcome) {
  if (!outcome) return CaseReply::refused(std::move(before), outcome.error());
  return CaseReply::done(*outcome);
}

// The case has been changed since the person looked at it.
std::optional<Rejection> moved_on(const Case& subject, const v1::ActionInput* input) {
  const uint64_t wanted = input != nullptr ? input->if_revision() : 0;
  if (wanted == 0 || wanted == subject.revision) return std::nullopt;
  return Rejection{Refusal::kNotAllowedNow,
                   "if_revision: the case is at " + std::to_string(subject.revision)};
}

Submitted submitted(CaseService::Outcome outcome) {
  if (!outcome) return tl::unexpected(std::move(outcome.error()));
  const Case& made = **outcome;
  SubmittedLetter letter{made.id, made.letter_number, nullptr};
  if (!made.proposals.empty()) letter.proposed = std::move(*outcome);
  return letter;
}

}  // namespace

void CaseCommands::register_with(Kernel& kernel) {
  kernel.answer<ActionCommand>(
      CommandKind::kAct, [this](const ActionCommand& action, const std::string& user, Moment now) {
        return act(action, user, now.wall);
      });
  kernel.answer<ProposalCommand>(CommandKind::kAct,
                                 [this](const ProposalCommand& proposal, const std::string& user,
                                        Moment now) { return decide(proposal, user, now.wall); });
  kernel.answer<AssignCommand>(
      CommandKind::kAct, [this](const AssignCommand& asked, const std::string& user, Moment now) {
        return assign(asked, user, now.wall);
      });
  kernel.answer<SubmitCommand>(
      CommandKind::kAct, [this](const SubmitCommand& asked, const std::string& user, Moment now) {
        return submit(asked, user, now.wall);
      });
}

Result<std::shared_ptr<const Case>> CaseCommands::subject_of(const ActionCommand& action,
                                                             Instant now) {
  auto loaded = cases_.load(action.case_id, now);
  const bool begins = action.action == EventKind::kApply || action.action == EventKind::kKeyPaper;
  if (!loaded || *loaded != nullptr || !begins) return loaded;
  auto fresh = std::make_shared<Case>();
  fresh->id = action.case_id;
  if (action.input == nullptr) return fresh;  // step() refuses it by name
  if (action.action == EventKind::kApply) {
    *fresh = cases_.fresh_case(action.case_id, action.input->application(), now);
  } else {
    fresh->peer = AgencyId::parse(action.input->agency()).value_or(AgencyId());
  }
  return fresh;
}

Result<std::optional<Rejection>> CaseCommands::hindrance(const Case& subject,
                                                         const ActionCommand& action) {
  auto why = guards_.ask({subject, action.action, action.input.get()});
  if (!why || *why) return why;
  return moved_on(subject, action.input.get());
}

Result<CaseReply> CaseCommands::act(const ActionCommand& action, const std::string& user,
                                    Instant now) {
  TRY(const auto subject, subject_of(action, now));
  if (subject == nullptr) {
    return CaseReply::refused(nullptr, {Refusal::kUnknownCase, action.case_id.str()});
  }
  TRY(const auto why, hindrance(*subject, action));
  if (why) return CaseReply::refused(subject, *why);
  TRY(const auto outcome, take(*subject, action, user, now));
  return concluded(subject, outcome);
}

Result<CaseService::Outcome> CaseCommands::take(const Case& subject, const ActionCommand& action,
                                                const std::string& user, Instant now) {
  Event event;
  event.kind = action.action;
  event.at = now;
  event.actor = user_actor(user);
  event.input = action.input.get();
  v1::ActionInput attaching;
  if (action.action == EventKind::kAttach && action.input != nullptr) {
    attaching = *action.input;
    // Without its bytes the size stays 0, and the file is refused.
    fill_from_known(subject, attaching.mutable_attachment());
    event.input = &attaching;
  }
  // A letter that is keyed in begins a case, which nobody has accepted yet.
  if (options_.four_eyes && needs_second_person(action.action) && subject.exists()) {
    return cases_.propose(subject, event);
  }
  auto outcome = cases_.apply(subject, event);
  if (outcome && action.action == EventKind::kKeyPaper) {
    TRY_DO(keyed_in(*outcome, *action.input, now));
  }
  return outcome;
}

Result<void> CaseCommands::keyed_in(const CaseService::Outcome& outcome,
                                    const v1::ActionInput& input, Instant now) {
  if (!outcome || !input.paper().has_remittance_notice()) return {};
  TRY_DO(cases_.end_step());
  return notices_.noticed((*outcome)->id, (*outcome)->peer, input.paper().remittance_notice(), now);
}

Result<CaseReply> CaseCommands::decide(const ProposalCommand& proposal, const std::string& user,
                                       Instant now) {
  TRY(const auto subject, cases_.load(proposal.case_id, now));
  if (subject == nullptr) {
    return CaseReply::refused(nullptr, {Refusal::kUnknownCase, proposal.case_id.str()});
  }
  TRY(const auto why, guards_.ask({*subject}));
  if (why) return CaseReply::refused(subject, *why);
  TRY(const auto outcome,
      proposal.approve ? cases_.approve(*subject, proposal.number, *proposal.approve, user, now)
                       : cases_.retract(*subject, proposal.number, user, now));
  // What an approved paper says beyond its case.
  const Proposal* waited = find_proposal(*subject, proposal.number);
  v1::ActionInput input;
  if (proposal.approve && waited != nullptr && action_of(*waited) == EventKind::kKeyPaper &&
      input.ParseFromString(waited->input)) {
    TRY_DO(keyed_in(outcome, input, now));
  }
  return concluded(subject, outcome);
}

Result<CaseReply> CaseCommands::assign(const AssignCommand& asked, const std::string& user,
                                       Instant now) {
  TRY(const auto subject, cases_.load(asked.case_id, now));
  if (subject == nullptr) {
    return CaseReply::refused(nullptr, {Refusal::kUnknownCase, asked.case_id.str()});
  }
  if (subject->closed()) return CaseReply::refused(subject, {Refusal::kCaseClosed, ""});
  if (subject->assignee != asked.seen) {
    return CaseReply::refused(subject, {Refusal::kNotAllowedNow, "to: somebody was faster"});
  }
  if (subject->assignee == asked.to) return CaseReply::done(subject);
  TRY(auto next, cases_.assign(*subject, asked.to, user, now));
  return CaseReply::done(std::move(next));
}

Result<CaseService::Outcome> CaseCommands::submit_one(const CaseId& id,
                                                      const v1::ActionInput& input,
                                                      const std::string& user,
                                                      CaseService::Letter letter, Instant now) {
  const Case fresh = cases_.fresh_case(id, input.application(), now);
  TRY(const auto why, guards_.ask({fresh}));
  if (why) return CaseService::Outcome(tl::unexpected(*why));
  return cases_.submit(fresh, input, user, letter, now);
}

Result<SubmitCommand::Reply> CaseCommands::submit(const SubmitCommand& submit,
                                                  const std::string& user, Instant now) {
  // As a whole: a sender tries again, and does not look for what of it was refused.
  if (!cases_.gives_numbers()) return SubmitCommand::Reply(refuse(Refusal::kUnconfirmed));
  const bool trusted =
      !options_.four_eyes ||
      std::ranges::find(options_.trusted_submitters, user) != options_.trusted_submitters.end();
  const auto letter = trusted ? CaseService::Letter::kSend : CaseService::Letter::kPropose;
  std::vector<Submitted> all;
  all.reserve(submit.case_ids.size());
  // The input of an action, around one application after another.
  v1::ActionInput input;
  for (int i = 0; i < submit.input->applications_size(); ++i) {
    // Lent for the call and taken back: copying it costs a score of allocations.
    input.unsafe_arena_set_allocated_application(
        const_cast<v1::Application*>(&submit.input->applications(i)));
    auto outcome = submit_one(submit.case_ids[static_cast<size_t>(i)], input, user, letter, now);
    input.unsafe_arena_release_application();
    if (!outcome) return tl::unexpected(outcome.error());
    all.push_back(submitted(std::move(*outcome)));
    TRY_DO(cases_.end_step());
  }
  return SubmitCommand::Reply(std::move(all));
}

}  // namespace jiexu
