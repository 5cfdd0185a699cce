// What the engine does for people and local systems, and when they are answered.
#include <utility>
#include <variant>

#include "daemon/engine/engine.h"

namespace jiexu {

Result<void> Engine::handle(const Command& command, Moment now) {
  steady_ = now.steady;
  const bool writes_little = std::holds_alternative<PauseCommand>(command.what) ||
                             std::holds_alternative<PeersQuery>(command.what) ||
                             std::holds_alternative<PaymentsQuery>(command.what) ||
                             std::holds_alternative<PayeeQuery>(command.what);
  if (room_ != Room::kAmple && !writes_little) {
    Answer answer;
    answer.rejection = Rejection{Refusal::kStorageLow, ""};
    answer_now(command, std::move(answer));
    return {};
  }
  auto done =
      std::visit([&](const auto& what) { return run(command, what, now.wall); }, command.what);
  return done ? tx_.end_step() : done;
}

Result<std::shared_ptr<const Case>> Engine::subject_of(const ActionCommand& action, Instant now) {
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

// Why nothing can be done in the case now, whatever it is.
std::optional<Rejection> Engine::out_of_reach(const Case& subject) const {
  if (reconciler_.blocks(subject.peer)) {
    return Rejection{Refusal::kRecovering, subject.peer.str()};
  }
  if (subject.exists() && !peers_.all().contains(subject.peer)) {
    return Rejection{Refusal::kUnknownAgency, subject.peer.str()};
  }
  return std::nullopt;
}

Result<void> Engine::run(const Command& command, const ActionCommand& action, Instant now) {
  const auto subject = subject_of(action, now);
  if (!subject) return tl::unexpected(subject.error());
  Answer answer;
  if (*subject == nullptr) {
    answer.rejection = Rejection{Refusal::kUnknownCase, action.case_id.str()};
    answer_now(command, std::move(answer));
    return {};
  }
  answer.subject = *subject;
  answer.rejection = out_of_reach(**subject);
  if (action.action == EventKind::kBankReturned && action.input && !answer.rejection) {
    const auto misread = remit_.misreads_refusal(**subject, *action.input);
    if (!misread) return tl::unexpected(misread.error());
    if (*misread) answer.rejection = Rejection{Refusal::kPaymentAtBank, "reason"};
  }
  if (answer.rejection) {
    answer_after_commit(command, std::move(answer));
    return {};
  }
  const uint64_t wanted = action.input ? action.input->if_revision() : 0;
  if (wanted != 0 && wanted != (*subject)->revision) {
    answer.rejection = Rejection{Refusal::kNotAllowedNow, "if_revision: the case is at " +
                                                              std::to_string((*subject)->revision)};
    answer_after_commit(command, std::move(answer));
    return {};
  }
  Event event;
  event.kind = action.action;
  event.at = now;
  event.actor = user_actor(command.user);
  event.input = action.input.get();
  v1::ActionInput attaching;
  if (action.action == EventKind::kAttach && action.input != nullptr) {
    attaching = *action.input;
    // Without its bytes the size stays 0, and the file is refused.
    fill_from_known(**subject, attaching.mutable_attachment());
    event.input = &attaching;
  }
  // A letter that is keyed in begins a case, which nobody has accepted yet.
  const bool propose =
      options_.four_eyes && needs_second_person(action.action) && (*subject)->exists();
  const auto outcome = propose ? cases_.propose(**subject, event) : cases_.apply(**subject, event);
  if (!outcome) return tl::unexpected(outcome.error());
  if (!propose && action.action == EventKind::kKeyPaper) {
    if (auto done = keyed_in(*outcome, *action.input, now); !done) return done;
  }
  conclude(command, std::move(answer), *outcome);
  return {};
}

// The bank desk hears of a notice that came on paper as of one that came as a message.
Result<void> Engine::keyed_in(const CaseDesk::Outcome& outcome, const v1::ActionInput& input,
                              Instant now) {
  if (!outcome || !input.paper().has_remittance_notice()) return {};
  if (auto done = tx_.end_step(); !done) return done;
  return bank_.noticed((*outcome)->id, (*outcome)->peer, input.paper().remittance_notice(), now);
}

void Engine::conclude(const Command& command, Answer answer, const CaseDesk::Outcome& outcome) {
  if (outcome) {
    answer.subject = *outcome;
    gather(true);
  } else {
    answer.rejection = outcome.error();
  }
  answer_after_commit(command, std::move(answer));
}

Result<void> Engine::run(const Command& command, const PauseCommand& pause, Instant) {
  Answer answer;
  Peer* peer = peers_.find(pause.peer);
  if (peer == nullptr) {
    answer.rejection = Rejection{Refusal::kUnknownAgency, pause.peer.str()};
    answer_now(command, std::move(answer));
    return {};
  }
  peer->pause(pause.pause);
  follow(*peer, peer->sender().pause(pause.pause, steady_));
  peers_.touch(peer->id());
  gather(true);
  answer_after_commit(command, std::move(answer));
  return {};
}

Result<void> Engine::run(const Command& command, const PeersQuery&, Instant now) {
  auto views = view_peers(peers_, *directory_, cases_, reconciler_, now);
  if (!views) return tl::unexpected(views.error());
  Answer answer;
  answer.peers = std::move(*views);
  answer_now(command, std::move(answer));
  return {};
}

// Also a refusal may rest on a step that is not durable yet, even on one that was written for it
// alone (a letter's delivery, taken note of when its case is loaded); it then waits for that
// commit.
void Engine::answer_after_commit(const Command& command, Answer answer) {
  if (open_.since || !tx_.empty()) {
    open_.answers.emplace_back(command, std::move(answer));
    gather(true);
  } else if (in_flight_) {
    in_flight_->answers.emplace_back(command, std::move(answer));
  } else {
    answer_now(command, std::move(answer));
  }
}

void Engine::answer_now(const Command& command, Answer answer) {
  if (command.done) command.done(std::move(answer));
}

}  // namespace jiexu
