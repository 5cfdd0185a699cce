#include "daemon/engine/engine.h"

#include <algorithm>
#include <utility>

#include "daemon/base/check.h"
#include "daemon/engine/case_store.h"
#include "storage/layout.h"

namespace jiexu {
namespace {

constexpr size_t kDeadlinesPerWake = 1000;

FrameBytes share(std::string bytes) {
  return std::make_shared<const std::string>(std::move(bytes));
}

v1::FaultCode fault_of(Refusal refusal) {
  switch (refusal) {
    case Refusal::kReplayed:
      return v1::FAULT_CODE_REPLAYED;
    case Refusal::kOutOfOrder:
      return v1::FAULT_CODE_OUT_OF_ORDER;
    case Refusal::kWrongPeer:
    case Refusal::kUnknownCase:
      return v1::FAULT_CODE_UNKNOWN_CASE;
    case Refusal::kCaseExists:
    case Refusal::kCaseClosed:
    case Refusal::kNotAllowedNow:
    case Refusal::kGuardFailed:
      return v1::FAULT_CODE_NOT_ALLOWED;
    default:
      return v1::FAULT_CODE_BAD_CONTENT;
  }
}

}  // namespace

Engine::Engine(EngineOptions options, const EngineWorld& world)
    : options_(options),
      world_(world),
      durable_(world.store, world.vault),
      pending_(world.store),
      records_(pending_, world.vault),
      cases_(options.self, world.vault, pending_, world.store, peers_, world.observer,
             options.cases_cached_max),
      bank_(options.self, pending_, world.vault, cases_) {}

Result<std::unique_ptr<Engine>> Engine::open(EngineOptions options, const EngineWorld& world,
                                             std::shared_ptr<const Directory> directory,
                                             Instant now) {
  std::unique_ptr<Engine> engine(new Engine(options, world));
  const auto record =
      engine->durable_.get_message<v1::StoreRecord>(Family::kMeta, layout::kStoreKey);
  if (!record) return tl::unexpected(record.error());
  if (!*record) return fail(Errc::kInvalid, "the store was not made by `jiexu init`");
  if ((*record)->agency() != options.self.text()) {
    return fail(Errc::kInvalid,
                "the store belongs to " + (*record)->agency() + ", not to " + options.self.str());
  }
  engine->epoch_ = (*record)->epoch();
  if (auto done = engine->set_directory(std::move(directory), now); !done) {
    return tl::unexpected(done.error());
  }
  if (auto done = engine->cases_.start(); !done) return tl::unexpected(done.error());
  return engine;
}

Result<void> Engine::set_directory(std::shared_ptr<const Directory> directory, Instant now) {
  if (directory->find(options_.self) == nullptr) {
    return fail(Errc::kInvalid, "the directory lacks our own agency " + options_.self.str());
  }
  directory_ = std::move(directory);
  cases_.set_directory(directory_);
  for (const Agency& agency : directory_->agencies()) {
    if (agency.id == options_.self || peers_.find(agency.id) != nullptr) continue;
    const uint64_t seed = options_.seed ^ std::hash<AgencyId>()(agency.id);
    auto peer = Peer::load(durable_, options_.self, agency.id, epoch_, options_.timing, seed,
                           world_.signer, now);
    if (!peer) return tl::unexpected(peer.error());
    peers_.add(std::move(*peer));
  }
  return {};
}

// --- frames ---

Result<void> Engine::handle(const PeerFrame& in, Instant now) {
  Peer* peer = peers_.find(in.peer);
  if (peer == nullptr) return {};
  peer->heard(now);
  if (in.lane == Lane::kReply) {
    receive_reply(*peer, in.frame, now);
    return {};
  }
  if (const auto* batch = std::get_if<BatchFrame>(&in.frame)) return receive(*peer, *batch, now);
  if (const auto* open = std::get_if<OpenFrame>(&in.frame)) answer_open(*peer, *open);
  if (const auto* fetch = std::get_if<FetchFrame>(&in.frame)) answer_fetch(*peer, *fetch);
  // The peer is alive: if our own link to it waits for an answer, now is a good time.
  follow(*peer, peer->sender().nudge(now), now);
  return {};
}

void Engine::connected(AgencyId id, Instant now) {
  Peer* peer = peers_.find(id);
  if (peer != nullptr) follow(*peer, peer->sender().connected(now), now);
}

Result<void> Engine::receive(Peer& peer, const BatchFrame& batch, Instant now) {
  switch (peer.receiver().judge(batch, peer.incoming_log())) {
    case BatchVerdict::kDuplicate:
      world_.observer.frame_refused(peer.id(), "duplicate");
      if (peer.receiver().receipt()) reply(peer, encode(*peer.receiver().receipt()));
      return {};
    case BatchVerdict::kGap:
      world_.observer.frame_refused(peer.id(), "gap");
      reply(peer, encode(peer.receiver().gap()));
      return {};
    case BatchVerdict::kRefused:
      world_.observer.frame_refused(peer.id(), peer.receiver().refusal().text);
      reply(peer, encode(peer.receiver().refusal()));
      return {};
    case BatchVerdict::kNext:
      break;
  }
  for (size_t i = 0; i < batch.messages.size(); ++i) {
    if (auto done = receive_message(peer, batch, i, now); !done) return done;
  }
  peer.receiver().accept(batch);
  peer.received(batch, now);
  peers_.touch(peer.id());
  gather(now, true);
  return {};
}

Result<void> Engine::receive_message(Peer& peer, const BatchFrame& batch, size_t index,
                                     Instant now) {
  const std::string_view bytes = batch.messages[index];
  const LogPlace place{false, batch.epoch, batch.first_seq + index};
  google::protobuf::io::CodedInputStream in(reinterpret_cast<const uint8_t*>(bytes.data()),
                                            static_cast<int>(bytes.size()));
  in.SetRecursionLimit(limits::kProtoDepthMax);
  message_.Clear();
  if (!message_.ParseFromCodedStream(&in) || !CaseId::from_bytes(message_.case_id())) {
    quarantine(peer, nullptr, place, v1::FAULT_CODE_UNREADABLE, {}, now);
    return {};
  }
  world_.observer.message_received(peer.id(), message_.body_case());
  if (event_of(message_.body_case()) == EventKind::kNone) {
    quarantine(peer, &message_, place, v1::FAULT_CODE_UNKNOWN_KIND, {}, now);
    return {};
  }
  return decide_message(peer, message_, place, now);
}

Result<void> Engine::decide_message(Peer& peer, const v1::Message& message, const LogPlace& place,
                                    Instant now) {
  const CaseId id = *CaseId::from_bytes(message.case_id());
  const auto loaded = cases_.load(id, now);
  if (!loaded) return tl::unexpected(loaded.error());
  Case fresh;
  fresh.id = id;
  fresh.peer = peer.id();
  const Case& subject = *loaded != nullptr ? **loaded : fresh;
  if (subject.peer != peer.id()) {
    const Rejection why{Refusal::kWrongPeer, ""};
    quarantine(peer, &message, place, fault_of(why.refusal), why, now);
    return {};
  }
  Event event;
  event.kind = event_of(message.body_case());
  event.at = now;
  event.actor = peer.id().text();
  event.message = &message;
  event.place = place;
  const auto outcome = cases_.apply(subject, event);
  if (!outcome) return tl::unexpected(outcome.error());
  if (*outcome) return {};
  if (subject.exists() && event.kind != EventKind::kFaultIn) {
    cases_.consume_number(subject, message.case_seq());
  }
  quarantine(peer, &message, place, fault_of(outcome->error().refusal), outcome->error(), now);
  return {};
}

void Engine::quarantine(Peer& peer, const v1::Message* message, const LogPlace& place,
                        v1::FaultCode code, const Rejection& why, Instant now) {
  v1::QuarantineRecord record;
  record.set_code(code);
  record.set_refusal(static_cast<uint32_t>(why.refusal));
  record.set_text(why.detail);
  record.set_at_ms(now.ms);
  to_record(place, record.mutable_ref());
  if (message != nullptr) {
    record.set_case_id(message->case_id());
    record.set_body_kind(static_cast<uint32_t>(message->body_case()));
  }
  records_.put_message(pending_.open().batch(), Family::kQuarantine,
                       layout::quarantine_key(peer.id(), place.epoch, place.seq), record);
  world_.observer.quarantined(peer.id(), code);
  if (message != nullptr && message->has_fault()) return;  // no fault about a fault
  v1::Message answer;
  answer.set_case_id(message != nullptr ? message->case_id() : std::string(CaseId().bytes()));
  answer.set_sent_at_ms(now.ms);
  v1::Fault* fault = answer.mutable_fault();
  fault->set_code(code);
  fault->set_epoch(place.epoch);
  fault->set_seq(place.seq);
  fault->set_refusal(static_cast<uint32_t>(why.refusal));
  fault->set_text(why.detail.empty() ? std::string(explain(why.refusal)) : why.detail);
  peers_.append(peer.id(), answer);
}

void Engine::receive_reply(Peer& peer, const Frame& frame, Instant now) {
  const Seq receipted = peer.sender().mark().receipted_seq;
  SenderStep step;
  if (const auto* opened = std::get_if<OpenedFrame>(&frame)) {
    step = peer.sender().receive(*opened, now, peer.log());
  } else if (const auto* receipt = std::get_if<Receipt>(&frame)) {
    step = peer.sender().receive(*receipt, now, peer.log());
  } else if (const auto* gap = std::get_if<GapFrame>(&frame)) {
    step = peer.sender().receive(*gap, now);
  } else if (const auto* refuse = std::get_if<RefuseFrame>(&frame)) {
    step = peer.sender().receive(*refuse, now);
  }
  const Seq through = peer.sender().mark().receipted_seq;
  if (through > receipted) world_.observer.receipt_received(peer.id(), through - receipted);
  follow(peer, std::move(step), now);
}

void Engine::answer_open(Peer& peer, const OpenFrame& open) {
  if (auto answer = peer.receiver().receive(open)) reply(peer, std::move(*answer));
}

void Engine::answer_fetch(Peer& peer, const FetchFrame& fetch) {
  FetchedFrame answer;
  answer.last_seq = peer.receiver().on_disk().through;
  const auto frame = peer.incoming_log().frame_with(fetch.first_seq);
  if (frame && *frame) {
    if (auto batch = decode_batch((*frame)->bytes)) answer.batch = std::move(*batch);
  }
  reply(peer, encode(answer));
}

void Engine::reply(Peer& peer, std::string frame) {
  world_.transport.send(peer.id(), Lane::kReply, share(std::move(frame)));
}

void Engine::follow(Peer& peer, SenderStep step, Instant now) {
  for (FrameBytes& frame : step.out) {
    world_.transport.send(peer.id(), Lane::kForward, std::move(frame));
  }
  if (step.alarm) world_.observer.alarm(peer.id(), *step.alarm);
  if (!step.mark_moved) return;
  peer.mark_moved();
  peers_.touch(peer.id());
  gather(now, false);
}

// --- commands ---

Result<void> Engine::handle(const Command& command, Instant now) {
  return std::visit([&](const auto& what) { return run(command, what, now); }, command.what);
}

Result<std::shared_ptr<const Case>> Engine::subject_of(const ActionCommand& action, Instant now) {
  auto loaded = cases_.load(action.case_id, now);
  if (!loaded || *loaded != nullptr || action.action != EventKind::kApply) return loaded;
  auto fresh = std::make_shared<Case>();
  fresh->id = action.case_id;
  if (action.input == nullptr) return fresh;  // step() refuses it by name
  const auto origin = AgencyId::parse(action.input->application().origin_agency());
  if (origin) fresh->peer = *origin;
  return fresh;
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
  const uint64_t wanted = action.input ? action.input->if_revision() : 0;
  if (wanted != 0 && wanted != (*subject)->revision) {
    answer.rejection = Rejection{Refusal::kNotAllowedNow, "if_revision: the case is at " +
                                                              std::to_string((*subject)->revision)};
    answer_after_commit(command, std::move(answer), now);
    return {};
  }
  Event event;
  event.kind = action.action;
  event.at = now;
  event.actor = command.user;
  event.input = action.input.get();
  const auto outcome = cases_.apply(**subject, event);
  if (!outcome) return tl::unexpected(outcome.error());
  if (*outcome) {
    answer.subject = **outcome;
    gather(now, true);
  } else {
    answer.rejection = outcome->error();
  }
  answer_after_commit(command, std::move(answer), now);
  return {};
}

Result<void> Engine::run(const Command& command, const BankCommand& bank, Instant now) {
  Answer answer;
  for (const v1::BankLine& line : bank.lines) {
    auto result = bank_.import(line, now);
    if (!result) return tl::unexpected(result.error());
    *answer.bank.add_results() = std::move(*result);
  }
  gather(now, true);
  answer_after_commit(command, std::move(answer), now);
  return {};
}

Result<void> Engine::run(const Command& command, const PauseCommand& pause, Instant now) {
  Answer answer;
  Peer* peer = peers_.find(pause.peer);
  if (peer == nullptr) {
    answer.rejection = Rejection{Refusal::kUnknownAgency, pause.peer.str()};
    answer_now(command, std::move(answer));
    return {};
  }
  peer->pause(pause.pause);
  follow(*peer, peer->sender().pause(pause.pause, now), now);
  peers_.touch(peer->id());
  gather(now, true);
  answer_after_commit(command, std::move(answer), now);
  return {};
}

Result<void> Engine::run(const Command& command, const PeersQuery&, Instant now) {
  auto views = view_peers(peers_, *directory_, cases_, now);
  if (!views) return tl::unexpected(views.error());
  Answer answer;
  answer.peers = std::move(*views);
  answer_now(command, std::move(answer));
  return {};
}

// Also a refusal may rest on a step that is not durable yet, even on one that was written for it
// alone (a letter's delivery, taken note of when its case is loaded); it then waits for that
// commit.
void Engine::answer_after_commit(const Command& command, Answer answer, Instant now) {
  if (open_.since || !pending_.open().batch().empty()) {
    open_.answers.emplace_back(command, std::move(answer));
    gather(now, true);
  } else if (in_flight_) {
    in_flight_->answers.emplace_back(command, std::move(answer));
  } else {
    answer_now(command, std::move(answer));
  }
}

void Engine::answer_now(const Command& command, Answer answer) {
  if (command.done) command.done(answer);
}

// --- time ---

Result<void> Engine::wake(Instant now) {
  for (const auto& [id, peer] : peers_.all()) {
    if (now >= peer->sender().next_wake()) follow(*peer, peer->sender().wake(now), now);
  }
  const auto fired = cases_.fire_deadlines(now, kDeadlinesPerWake);
  if (!fired) return tl::unexpected(fired.error());
  if (*fired) gather(now, false);
  return {};
}

Instant Engine::next_wake() const {
  Instant next = cases_.next_deadline().plus_ms(cases_.next_deadline().ms == INT64_MAX ? 0 : 1);
  for (const auto& [id, peer] : peers_.all()) next = std::min(next, peer->sender().next_wake());
  if (open_.since && !in_flight_) {
    next = std::min(next, open_.since->plus_ms(open_.urgent ? 0 : options_.lazy_commit_ms));
  }
  return next;
}

// --- commit ---

void Engine::gather(Instant now, bool urgent) {
  if (!open_.since) open_.since = now;
  open_.urgent |= urgent;
}

bool Engine::wants_commit(Instant now) const {
  if (in_flight_) return false;
  if (!open_.since) return !pending_.open().batch().empty();
  return open_.urgent || now >= open_.since->plus_ms(options_.lazy_commit_ms);
}

const Batch& Engine::begin_commit(Instant) {
  CHECK(!in_flight_);
  open_.peers = peers_.take_touched();
  for (const AgencyId id : open_.peers) {
    peers_.find(id)->write(records_, pending_.open().batch(), world_.signer);
  }
  in_flight_ = std::exchange(open_, {});
  pending_.launch();
  return pending_.in_flight().batch();
}

Result<void> Engine::commit_done(Instant now) {
  CHECK(in_flight_.has_value());
  const Batch& batch = pending_.in_flight().batch();
  world_.observer.committed(batch.size(), batch.bytes());
  pending_.land();
  cases_.landed();
  Gathered done = std::move(*in_flight_);
  in_flight_.reset();
  for (const AgencyId id : done.peers) {
    Peer& peer = *peers_.find(id);
    Peer::Released released = peer.durable(now);
    if (released.receipt) world_.transport.send(id, Lane::kReply, std::move(*released.receipt));
    follow(peer, std::move(released.step), now);
    peer.trim();
  }
  for (auto& [command, answer] : done.answers) answer_now(command, std::move(answer));
  return {};
}

}  // namespace jiexu
