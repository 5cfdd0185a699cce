#include "daemon/engine/reconciler.h"

#include <utility>

#include "daemon/base/limits.h"
#include "daemon/cases/replay.h"
#include "daemon/engine/case_store.h"
#include "daemon/engine/link_store.h"
#include "daemon/trust/chain.h"

namespace jiexu {
namespace {

// After so many Opens without anything that we lack, the peer has lost it too.
constexpr uint32_t kFruitlessOpensMax = 5;

Result<v1::Message> parse_message(std::string_view bytes) {
  v1::Message message;
  if (!message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return fail(Errc::kCorrupt, "a message of our own log is unreadable");
  }
  return message;
}

std::string fetch(const Peer& peer, Seq next) {
  return encode(FetchFrame{peer.sender().mark().epoch, next, limits::kFetchFrames});
}

// Our head at the newest receipt. What comes behind it in the store may be about to be replaced.
Result<Digest> receipted_head(const Peer& peer, const LinkName& link) {
  const Seq receipted = peer.sender().mark().receipted_seq;
  if (receipted == 0) return chain_start(link);
  const auto frame = peer.log().frame_with(receipted);
  if (!frame) return tl::unexpected(frame.error());
  if (!*frame) return fail(Errc::kCorrupt, "our own log lacks what has a receipt");
  return (*frame)->head;
}

// Whether our log has the very same frame.
Result<bool> has_frame(const Peer& peer, const BatchFrame& frame) {
  if (frame.first_seq > peer.last_seq()) return false;
  const auto ours = peer.log().frame_with(frame.first_seq);
  if (!ours) return tl::unexpected(ours.error());
  return *ours && (*ours)->head == frame.head && (*ours)->last_seq == frame.last_seq();
}

}  // namespace

Reconciler::Reconciler(AgencyId self, bool complete, Peers& peers, CaseDesk& cases,
                       const Records& durable, EngineObserver& observer)
    : self_(self),
      complete_(complete),
      peers_(peers),
      cases_(cases),
      durable_(durable),
      observer_(observer) {}

Reconciler::Link* Reconciler::find(AgencyId peer) {
  const auto it = links_.find(peer);
  return it == links_.end() ? nullptr : &it->second;
}

const Reconciler::Link* Reconciler::find(AgencyId peer) const {
  return const_cast<Reconciler*>(this)->find(peer);
}

Result<void> Reconciler::start(Peer& peer) {
  if (complete_ && peer.recover_from() == 0) return {};
  Link& link = links_[peer.id()];
  link.phase = Phase::kAsking;
  if (peer.recover_from() == 0) return {};
  for (Seq next = peer.recover_from(); next <= peer.last_seq();) {
    const auto frame = peer.log().frame_with(next);
    if (!frame) return tl::unexpected(frame.error());
    if (!*frame) break;
    const auto batch = decode_batch((*frame)->bytes);
    if (!batch) return tl::unexpected(batch.error());
    if (auto done = gather_own(peer, link, *batch); !done) return done;
    next = batch->last_seq() + 1;
  }
  const auto aside = read_aside(durable_, peer.id());
  if (!aside) return tl::unexpected(aside.error());
  for (const BatchFrame& frame : *aside) {
    if (auto done = gather_orphans(link, frame); !done) return done;
    peer.found_aside(frame);
  }
  return {};
}

bool Reconciler::blocks(AgencyId peer) const {
  return find(peer) != nullptr;
}

bool Reconciler::recovers(AgencyId peer) const {
  const Link* link = find(peer);
  return link != nullptr && link->phase != Phase::kDiverged && !link->stuck;
}

bool Reconciler::takes_batches(AgencyId peer) const {
  const Link* link = find(peer);
  return link == nullptr || link->phase == Phase::kReplaying;
}

Reconciler::Link& Reconciler::begin(Peer& peer) {
  if (peer.recover_from() == 0) {
    peer.set_recover_from(peer.sender().mark().receipted_seq + 1);
    peers_.touch(peer.id());
  }
  return links_[peer.id()];
}

Instant Reconciler::came_at(const Peer& peer, const Case& subject, const v1::Message& message,
                            Seq seq, Instant now) const {
  const Link* link = find(peer.id());
  if (link == nullptr || seq > link->receipted) return now;
  return std::min(now, std::max(Instant{message.sent_at_ms()}, subject.updated_at));
}

std::optional<std::string> Reconciler::fell_behind(Peer& peer, Seq through) {
  Link& link = begin(peer);
  link.target = std::max(link.target, through);
  // All is here, unless the peer has taken in more since: its disk was slow.
  const bool fetched = link.phase == Phase::kFetched;
  if (fetched && link.target < link.next) return std::nullopt;
  if (link.phase != Phase::kFetching) {
    link.phase = Phase::kFetching;
    if (!fetched) link.next = peer.sender().mark().receipted_seq + 1;
    link.asked = link.next;
  }
  // While frames come, each burst asks for the next one.
  if (std::exchange(link.asked, link.next) != link.next) {
    link.refused = 0;
    link.stuck = false;
    return std::nullopt;
  }
  if (++link.refused == kUnansweredMax) {
    link.stuck = true;
    observer_.alarm(peer.id(),
                    "the peer holds messages of ours, by our own signature, that our store has "
                    "lost, and does not give them back, from number " +
                        std::to_string(link.next) + " on");
  }
  return fetch(peer, link.next);
}

// Notes the messages of a frame of ours that their cases have not reached.
Result<void> Reconciler::gather_own(Peer& peer, Link& link, const BatchFrame& batch) {
  for (size_t i = 0; i < batch.messages.size(); ++i) {
    const auto message = parse_message(batch.messages[i]);
    if (!message) return tl::unexpected(message.error());
    const auto id = CaseId::from_bytes(message->case_id());
    if (!id || message->has_fault() || message->has_daily_statement()) continue;
    if (message->has_letter()) link.letters.insert(message->letter().letter_number());
    const auto subject = read_case(durable_, *id);
    if (!subject) return tl::unexpected(subject.error());
    if (*subject && (*subject)->was_with(peer.id())) continue;
    const bool here = *subject && (*subject)->peer == peer.id();
    if (here && (*subject)->sent_case_seq >= message->case_seq()) continue;
    const LogPlace place{true, batch.epoch, batch.first_seq + i};
    link.own[place.seq] = {place, *id, message->case_seq(), message->seen_case_seq()};
    link.by_case[{*id, message->case_seq()}] = place.seq;
  }
  return {};
}

// Our log from link.next on was written after the loss and is not what the peer holds.
Result<void> Reconciler::give_up_tail(Peer& peer, Link& link) {
  for (Seq next = link.next; next <= peer.last_seq();) {
    const auto frame = peer.log().frame_with(next);
    if (!frame) return tl::unexpected(frame.error());
    if (!*frame) return fail(Errc::kCorrupt, "our own log has a hole");
    const auto batch = decode_batch((*frame)->bytes);
    if (!batch) return tl::unexpected(batch.error());
    const size_t before = link.orphans.size();
    if (auto done = gather_orphans(link, *batch); !done) return done;
    for (size_t i = before; i < link.orphans.size(); ++i) {
      // If an earlier run has begun this recovery, it was gathered with the rest of the log.
      const auto letter = link.letters.find(link.orphans[i].letter().letter_number());
      if (letter != link.letters.end()) link.letters.erase(letter);
    }
    next = batch->last_seq() + 1;
  }
  for (auto it = link.own.lower_bound(link.next); it != link.own.end(); it = link.own.erase(it)) {
    link.by_case.erase({it->second.id, it->second.case_seq});
  }
  peer.rewind(link.next - 1, link.head);
  return {};
}

Result<void> Reconciler::gather_orphans(Link& link, const BatchFrame& batch) {
  for (const std::string_view bytes : batch.messages) {
    auto message = parse_message(bytes);
    if (!message) return tl::unexpected(message.error());
    // A statement speaks of the place at which it stood; another one will be written.
    if (!message->has_daily_statement()) link.orphans.push_back(std::move(*message));
  }
  return {};
}

Result<Reconciler::Taken> Reconciler::fetched(Peer& peer, const FetchedFrame& frame) {
  Link* link = find(peer.id());
  if (link == nullptr || link->phase != Phase::kFetching || !frame.batch) return Taken{};
  const BatchFrame& batch = *frame.batch;
  if (batch.last_seq() < link->next) return Taken{};  // an answer that came twice
  if (link->next == peer.sender().mark().receipted_seq + 1) {
    const auto head = receipted_head(peer, {self_, peer.id()});
    if (!head) {
      link->phase = Phase::kDiverged;
      return tl::unexpected(head.error());
    }
    link->head = *head;
  }
  if (batch.first_seq > link->next) return Taken{};  // one before it was lost on the way
  if (batch.first_seq != link->next || batch.prev_head != link->head) {
    link->phase = Phase::kDiverged;
    return fail(Errc::kCorrupt, "the peer's copy differs from what it had given a receipt for");
  }
  const auto same = has_frame(peer, batch);
  if (!same) return tl::unexpected(same.error());
  if (!*same) {
    if (link->next <= peer.last_seq()) {
      // What we have just written must be on the disk before it can move; the peer is asked again.
      if (!peer.log_is_durable()) return Taken{};
      if (auto done = give_up_tail(peer, *link); !done) return tl::unexpected(done.error());
    }
    peer.restore(batch);
    if (auto done = gather_own(peer, *link, batch); !done) return tl::unexpected(done.error());
  }
  peers_.touch(peer.id());
  link->head = batch.head;
  link->next = batch.last_seq() + 1;
  if (link->next <= link->target) {
    return Taken{frame.more ? std::nullopt : std::optional(fetch(peer, link->next)), true};
  }
  if (auto done = finish_fetch(peer, *link); !done) return tl::unexpected(done.error());
  return Taken{std::nullopt, true};
}

// Whether an orphan cannot be sent: its case has taken another course meanwhile, or its letter has
// a number that was given before.
bool Reconciler::contradicts(const Link& link, const v1::Message& orphan) const {
  const auto id = CaseId::from_bytes(orphan.case_id());
  if (id && link.by_case.contains({*id, orphan.case_seq()})) return true;
  return orphan.has_letter() && link.letters.contains(orphan.letter().letter_number());
}

Result<void> Reconciler::set_aside(Peer& peer, Link& link, const v1::Message& orphan) {
  const CaseId id = CaseId::from_bytes(orphan.case_id()).value_or(CaseId());
  observer_.alarm(peer.id(), "case " + id.str() + " has two histories; one was never sent");
  const Instant at{orphan.sent_at_ms()};
  const auto subject = cases_.load(id, at);
  if (!subject) return tl::unexpected(subject.error());
  if (*subject != nullptr) {
    const uint32_t sent = (*subject)->sent_case_seq;
    auto done = cases_.suspend(**subject, sent,
                               "message " + std::to_string(orphan.case_seq()) +
                                   " of ours was written twice; this one was never sent",
                               at);
    if (!done) return done;
  }
  if (const auto it = link.by_case.find({id, orphan.case_seq()}); it != link.by_case.end()) {
    link.own.erase(it->second);
    link.by_case.erase(it);
  }
  return {};
}

Result<void> Reconciler::finish_fetch(Peer& peer, Link& link) {
  link.phase = Phase::kFetched;
  link.stuck = false;
  return write_orphans(peer, link);
}

// Messages that were written anew follow on what has come back, unless a person must look.
Result<void> Reconciler::write_orphans(Peer& peer, Link& link) {
  peer.drop_aside();
  for (const v1::Message& orphan : std::exchange(link.orphans, {})) {
    if (!contradicts(link, orphan)) {
      peers_.append(peer.id(), orphan);
    } else if (auto done = set_aside(peer, link, orphan); !done) {
      return done;
    }
  }
  return {};
}

bool Reconciler::ready_to_open(const Peer& peer) const {
  const Link* link = find(peer.id());
  return link != nullptr && link->phase == Phase::kFetched &&
         peer.sender().state() != Sender::State::kFlowing && peer.log_is_durable();
}

std::optional<LogPlace> Reconciler::claim(AgencyId peer, const CaseId& id,
                                          const v1::Message& message) {
  Link* link = find(peer);
  if (link == nullptr) return std::nullopt;
  const auto it = link->by_case.find({id, message.case_seq()});
  if (it == link->by_case.end()) return std::nullopt;
  const auto own = link->own.find(it->second);
  if (own == link->own.end()) return std::nullopt;
  const LogPlace place = own->second.place;
  link->own.erase(own);
  link->by_case.erase(it);
  return place;
}

Result<void> Reconciler::before(Peer& peer, const v1::Message& message, Instant now) {
  Link* link = find(peer.id());
  const auto id = CaseId::from_bytes(message.case_id());
  if (link == nullptr || !id) return {};
  for (;;) {
    const auto it = link->by_case.lower_bound({*id, 0});
    if (it == link->by_case.end() || it->first.first != *id) return {};
    const Own own = link->own.at(it->second);
    if (own.seen >= message.case_seq()) return {};
    if (auto done = replay(peer, *link, own, now); !done) return done;
    if (auto done = cases_.end_step(); !done) return done;
  }
}

Result<void> Reconciler::end_if_done(Peer& peer, Instant now) {
  Link* link = find(peer.id());
  if (link == nullptr || link->phase != Phase::kReplaying || link->heard == 0) return {};
  if (peer.receiver().ahead().through < link->claimed) return {};
  if (auto done = replay_what_fits(peer, *link, now); !done) return done;
  if (!link->own.empty()) return {};
  peer.set_recover_from(0);
  peers_.touch(peer.id());
  links_.erase(peer.id());
  cases_.peer_recovered();
  return {};
}

// Whether the case is not yet where it was when we wrote the message, and may still get there.
Result<bool> Reconciler::waits(const Link& link, const Own& own, Instant now) {
  const auto loaded = cases_.load(own.id, now);
  if (!loaded) return tl::unexpected(loaded.error());
  const uint32_t received = *loaded != nullptr ? (*loaded)->received_case_seq : 0;
  return received < own.seen && link.fruitless < kFruitlessOpensMax;
}

Result<void> Reconciler::replay_what_fits(Peer& peer, Link& link, Instant now) {
  for (auto it = link.own.begin(); it != link.own.end();) {
    const Own own = it->second;
    const auto early = waits(link, own, now);
    if (!early) return tl::unexpected(early.error());
    if (!*early) {
      if (auto done = replay(peer, link, own, now); !done) return done;
      if (auto done = cases_.end_step(); !done) return done;
    }
    it = link.own.upper_bound(own.place.seq);
  }
  return {};
}

std::vector<AgencyId> Reconciler::to_ask(Steady now) {
  std::vector<AgencyId> out;
  for (auto& [id, link] : links_) {
    if (link.phase != Phase::kReplaying || now < link.ask_at) continue;
    link.ask_at = now.plus_ms(kAskAgainMs);
    const Seq has = peers_.find(id)->receiver().ahead().through;
    if (std::exchange(link.had, has) == has) out.push_back(id);
  }
  return out;
}

Steady Reconciler::next_ask() const {
  Steady next{INT64_MAX};
  for (const auto& [id, link] : links_) {
    if (link.phase == Phase::kReplaying) next = std::min(next, link.ask_at);
  }
  return next;
}

Result<void> Reconciler::replay(Peer& peer, Link& link, const Own& own, Instant now) {
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
    auto acted = here ? act(subject, *message, own) : follow(peer.id(), subject, *message, own);
    if (!acted) return tl::unexpected(acted.error());
    wrong = std::move(*acted);
  }
  link.own.erase(own.place.seq);
  link.by_case.erase({own.id, own.case_seq});
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
Result<void> Reconciler::look_for_namesake(const Case& subject) {
  const auto ids = cases_.find_letter(subject.letter_number);
  if (!ids) return tl::unexpected(ids.error());
  for (const CaseId& id : *ids) {
    if (id == subject.id) continue;
    observer_.alarm(subject.peer, "letter " + subject.letter_number + " is of case " +
                                      subject.id.str() + " and of case " + id.str() +
                                      ": one was numbered after a loss");
  }
  return {};
}

Result<std::optional<std::string>> Reconciler::act(const Case& subject, const v1::Message& message,
                                                   const Own& own) {
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
    event.led_back = true;
    event.note = "led back from our own message, which the peer had kept";
    const auto outcome = cases_.apply(*current, event);
    if (!outcome) return tl::unexpected(outcome.error());
    if (!*outcome) {
      const Rejection& why = outcome->error();
      return std::string(name(replay.kind)) + ", " + std::string(name(why.refusal)) +
             (why.detail.empty() ? "" : ", " + why.detail);
    }
    current = **outcome;
    if (replay.letter_number.empty()) continue;
    if (auto done = look_for_namesake(*current); !done) return tl::unexpected(done.error());
  }
  if (acts.empty()) return "nothing that people do sends it";
  if (current->sent_case_seq < own.case_seq) return "what it followed on is missing";
  return std::nullopt;
}

}  // namespace jiexu
