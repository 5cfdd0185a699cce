// The peer's messages and ours are treated again, each in its time.
#include <algorithm>
#include <utility>

#include "daemon/base/limits.h"
#include "daemon/cases/replay.h"
#include "daemon/casework/case_store.h"
#include "daemon/recovery/link_recovery.h"

namespace jiexu {
namespace {

// After so many Opens without anything that we lack, the peer has lost it too.
constexpr uint32_t kFruitlessOpensMax = 5;

}  // namespace

std::optional<LogPlace> LinkRecovery::claim(AgencyId peer, const CaseId& id,
                                            const v1::Message& message) {
  LinkState* link = state_.find(peer);
  if (link == nullptr) return std::nullopt;
  const OwnMessage* own = link->own.find(id, message.case_seq());
  if (own == nullptr) return std::nullopt;
  const LogPlace place = own->place;
  link->own.erase(*own);
  return place;
}

Instant LinkRecovery::came_at(const Peer& peer, const Case& subject, const v1::Message& message,
                              Seq seq, Instant now) const {
  const LinkState* link = state_.find(peer.id());
  if (link == nullptr || seq > link->claims.receipted) return now;
  return std::min(now, std::max(Instant{message.sent_at_ms()}, subject.updated_at));
}

Result<bool> LinkRecovery::is_past(Peer& peer, const Case* subject, const v1::Message& message,
                                   Instant now) {
  if (subject != nullptr && subject->peer != peer.id()) {
    const auto past = was_with(peer, *subject, message);
    if (!past || *past) return past;
  }
  TRY_DO(replay_before(peer, message, now));
  settle(peer);
  return false;
}

Result<void> LinkRecovery::replay_before(const Peer& peer, const v1::Message& message,
                                         Instant now) {
  LinkState* link = state_.find(peer.id());
  const auto id = CaseId::from_bytes(message.case_id());
  if (link == nullptr || !id) return {};
  while (const OwnMessage* first = link->own.first_of(*id)) {
    const OwnMessage own = *first;
    if (own.seen >= message.case_seq()) return {};
    TRY_DO(replay(peer, *link, own, now));
    TRY_DO(cases_.end_step());
  }
  return {};
}

// Whether the case is not yet where it was when we wrote the message, and may still get there.
Result<bool> LinkRecovery::waits(const LinkState& link, const OwnMessage& own, Instant now) {
  TRY(const auto loaded, cases_.load(own.id, now));
  const uint32_t received = loaded != nullptr ? loaded->received_case_seq : 0;
  return received < own.seen && link.claims.fruitless < kFruitlessOpensMax;
}

Result<void> LinkRecovery::replay_what_fits(const Peer& peer, LinkState& link, Instant now) {
  for (const OwnMessage* next = link.own.first_from(0); next != nullptr;) {
    const OwnMessage own = *next;
    TRY(const auto early, waits(link, own, now));
    if (!early) {
      TRY_DO(replay(peer, link, own, now));
      TRY_DO(cases_.end_step());
    }
    next = link.own.first_from(own.place.seq + 1);
  }
  return {};
}

Result<void> LinkRecovery::replay(const Peer& peer, LinkState& link, const OwnMessage& own,
                                  Instant now) {
  const auto message = read_message(durable_, peer.id(), own.place);
  if (!message) return tl::unexpected(message.error());
  auto loaded = cases_.load(own.id, now);
  if (!loaded) return tl::unexpected(loaded.error());
  Case fresh;
  fresh.id = own.id;
  fresh.peer = peer.id();
  const Case subject = *loaded != nullptr ? **loaded : fresh;
  // A case that has gone on to another agency is past all that it had said to this one.
  const bool here = subject.peer == peer.id();
  const bool reached =
      (here && subject.sent_case_seq >= own.case_seq) || subject.was_with(peer.id());
  std::optional<std::string> wrong;
  if (!reached) {
    TRY(auto acted,
        here ? act(subject, *message, own) : follow_letter(peer.id(), subject, *message, own));
    wrong = std::move(acted);
  }
  link.own.erase(own);
  if (!wrong) return {};
  const std::string what =
      "message " + std::to_string(own.case_seq) + " of ours came back and does not fit: " + *wrong;
  observer_.alarm(peer.id(), "case " + own.id.str() + ": " + what + "; a person must look");
  loaded = cases_.load(own.id, now);
  if (!loaded) return tl::unexpected(loaded.error());
  if (*loaded == nullptr) return {};
  const uint32_t used = (*loaded)->peer == peer.id() ? own.case_seq : 0;
  return cases_.suspend(**loaded, used, what, now);
}

// Numbers given after a loss are beyond those given before it, if the clock has not been set back.
Result<void> LinkRecovery::look_for_namesake(const Case& subject) {
  TRY(const auto ids, cases_.find_letter(subject.letter_number));
  for (const CaseId& id : ids) {
    if (id == subject.id) continue;
    observer_.alarm(subject.peer, "letter " + subject.letter_number + " is of case " +
                                      subject.id.str() + " and of case " + id.str() +
                                      ": one was numbered after a loss");
  }
  return {};
}

Result<std::optional<std::string>> LinkRecovery::act(const Case& subject,
                                                     const v1::Message& message,
                                                     const OwnMessage& own) {
  auto current = std::make_shared<const Case>(subject);
  const std::vector<Replay> acts = acts_behind(subject, message);
  for (const Replay& replay : acts) {
    Event event;
    event.kind = replay.kind;
    event.at = Instant{message.sent_at_ms()};
    event.actor = kRecoveryActor;
    event.input = &replay.input;
    event.amount = replay.amount;
    event.attempt = replay.attempt;
    event.batch = replay.batch;
    event.letter_number = replay.letter_number;
    event.deadline = replay.deadline;
    event.replayed = true;
    event.note = "replayed from our own message, which the peer had kept";
    TRY(const auto outcome, cases_.apply(*current, event));
    if (!outcome) {
      const Rejection& why = outcome.error();
      return std::string(name(replay.kind)) + ", " + std::string(name(why.refusal)) +
             (why.detail.empty() ? "" : ", " + why.detail);
    }
    current = *outcome;
    if (replay.letter_number.empty()) continue;
    TRY_DO(look_for_namesake(*current));
  }
  if (acts.empty()) return "nothing that people do sends it";
  if (current->sent_case_seq < own.case_seq) return "what it followed on is missing";
  return std::nullopt;
}

}  // namespace jiexu
