// What we lack of our own log comes back from the peer that holds it.
#include <algorithm>
#include <utility>

#include "daemon/base/limits.h"
#include "daemon/casework/case_store.h"
#include "daemon/peers/link_store.h"
#include "daemon/recovery/link_recovery.h"
#include "daemon/trust/chain.h"

namespace jiexu {
namespace {

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
  TRY(const auto frame, peer.log().frame_with(receipted));
  if (!frame) return fail(Errc::kCorrupt, "our own log lacks what has a receipt");
  return frame->head;
}

// Whether our log has the very same frame.
Result<bool> has_frame(const Peer& peer, const BatchFrame& frame) {
  if (frame.first_seq > peer.last_seq()) return false;
  TRY(const auto ours, peer.log().frame_with(frame.first_seq));
  return ours && ours->head == frame.head && ours->last_seq == frame.last_seq();
}

// The frame's messages that have to be written again.
Result<void> gather_orphans(const BatchFrame& batch, std::vector<v1::Message>& orphans) {
  for (const std::string_view bytes : batch.messages) {
    TRY(auto message, parse_message(bytes));
    // A statement speaks of the place at which it stood; another one will be written.
    if (!message.has_daily_statement()) orphans.push_back(std::move(message));
  }
  return {};
}

}  // namespace

// --- what an earlier run has fetched ---

Result<void> LinkRecovery::gather_log(Peer& peer, LinkState& link) {
  for (Seq next = peer.recover_from(); next <= peer.last_seq();) {
    TRY(const auto frame, peer.log().frame_with(next));
    if (!frame) break;
    TRY(const auto batch, decode_batch(frame->bytes));
    TRY_DO(gather_own(peer, link, batch));
    next = batch.last_seq() + 1;
  }
  TRY(const auto aside, read_aside(durable_, peer.id()));
  for (const BatchFrame& frame : aside) {
    TRY_DO(gather_orphans(frame, link.orphans));
    peer.found_aside(frame);
  }
  return {};
}

// Notes the messages of a frame of ours that their cases have not reached.
Result<void> LinkRecovery::gather_own(const Peer& peer, LinkState& link, const BatchFrame& batch) {
  for (size_t i = 0; i < batch.messages.size(); ++i) {
    TRY(const auto message, parse_message(batch.messages[i]));
    const LogPlace place{true, batch.epoch, batch.first_seq + i};
    TRY_DO(gather_own(peer, link, place, message));
  }
  return {};
}

Result<void> LinkRecovery::gather_own(const Peer& peer, LinkState& link, const LogPlace& place,
                                      const v1::Message& message) {
  const auto id = CaseId::from_bytes(message.case_id());
  if (!id || message.has_fault() || message.has_daily_statement()) return {};
  link.written.emplace(*id, message.case_seq());
  if (message.has_letter()) link.letters.insert(message.letter().letter_number());
  TRY(const auto subject, read_case(durable_, *id));
  if (subject && subject->was_with(peer.id())) return {};
  const bool here = subject && subject->peer == peer.id();
  if (here && subject->sent_case_seq >= message.case_seq()) return {};
  link.own.add({place, *id, message.case_seq(), message.seen_case_seq()});
  return {};
}

// --- fetching ---

// The peer holds our log up to `through`. Returns the frame with which to ask for it, if it is time
// to ask.
std::optional<std::string> LinkRecovery::fell_behind(Peer& peer, Seq through) {
  const LinkState* known = state_.find(peer.id());
  const bool fetched = known != nullptr && known->phase() == RecoveryPhase::kFetched;
  const bool fetching = known != nullptr && known->phase() == RecoveryPhase::kFetching;
  // All is here, unless the peer has taken in more since: its disk was slow.
  if (fetched && std::max(known->fetch.target, through) < known->fetch.next) return std::nullopt;
  LinkState& link = begin(peer, RecoveryPhase::kFetching, false);
  FetchMarks& marks = link.fetch;
  marks.target = std::max(marks.target, through);
  if (!fetching) {
    if (!fetched) marks.next = peer.sender().mark().receipted_seq + 1;
    marks.asked = marks.next;
  }
  // While frames come, each burst asks for the next one.
  if (std::exchange(marks.asked, marks.next) != marks.next) {
    marks.refused = 0;
    state_.set_stuck(peer.id(), false);
    return std::nullopt;
  }
  if (++marks.refused == LinkState::kUnansweredMax) {
    state_.set_stuck(peer.id(), true);
    observer_.alarm(peer.id(),
                    "the peer holds messages of ours, by our own signature, that our store has "
                    "lost, and does not give them back, from number " +
                        std::to_string(marks.next) + " on");
  }
  return fetch(peer, marks.next);
}

Result<void> LinkRecovery::fetched(Peer& peer, const FetchedFrame& frame, Moment now) {
  LinkState* link = state_.find(peer.id());
  const bool wanted = link != nullptr && link->phase() == RecoveryPhase::kFetching && frame.batch;
  if (!wanted) return {};
  auto ask = take_back(peer, *link, frame);
  if (!ask) {
    if (ask.error().code != Errc::kCorrupt) return tl::unexpected(ask.error());
    state_.move(peer.id(), RecoveryPhase::kDiverged);
    kernel_.follow(peer, peer.sender().diverged(now.steady));
  } else if (*ask) {
    kernel_.send(peer, Lane::kForward, std::move(**ask));
  }
  if (link->phase() == RecoveryPhase::kFetched) {
    TRY_DO(write_orphans(peer, *link));
  }
  settle(peer);
  return {};
}

Result<std::optional<std::string>> LinkRecovery::take_back(Peer& peer, LinkState& link,
                                                           const FetchedFrame& frame) {
  const BatchFrame& batch = *frame.batch;
  FetchMarks& marks = link.fetch;
  if (batch.last_seq() < marks.next) return std::nullopt;  // an answer that came twice
  if (marks.next == peer.sender().mark().receipted_seq + 1) {
    TRY(const auto head, receipted_head(peer, {self_, peer.id()}));
    marks.head = head;
  }
  if (batch.first_seq > marks.next) return std::nullopt;  // one before it was lost on the way
  if (batch.first_seq != marks.next || batch.prev_head != marks.head) {
    return fail(Errc::kCorrupt, "the peer's copy differs from what it had given a receipt for");
  }
  TRY(const auto taken, put_back(peer, link, batch));
  if (!taken) return std::nullopt;
  peers_.touch(peer.id());
  kernel_.request_commit(true);
  marks.head = batch.head;
  marks.next = batch.last_seq() + 1;
  if (marks.next <= marks.target) {
    return frame.more ? std::nullopt : std::optional(fetch(peer, marks.next));
  }
  state_.move(peer.id(), RecoveryPhase::kFetched);
  state_.set_stuck(peer.id(), false);
  return std::nullopt;
}

// The frame follows on our log as it was. False: not yet, what we have just written must be on the
// disk before it can move; the peer is asked again.
Result<bool> LinkRecovery::put_back(Peer& peer, LinkState& link, const BatchFrame& batch) {
  const auto same = has_frame(peer, batch);
  if (!same || *same) return same;
  if (link.fetch.next <= peer.last_seq()) {
    if (!peer.log_is_durable()) return false;
    TRY_DO(give_up_tail(peer, link));
  }
  peer.restore(batch);
  TRY_DO(gather_own(peer, link, batch));
  return true;
}

// Our log from fetch.next on was written after the loss and is not what the peer holds.
Result<void> LinkRecovery::give_up_tail(Peer& peer, LinkState& link) {
  std::vector<v1::Message> orphans;
  for (Seq next = link.fetch.next; next <= peer.last_seq();) {
    TRY(const auto frame, peer.log().frame_with(next));
    if (!frame) return fail(Errc::kCorrupt, "our own log has a hole");
    TRY(const auto batch, decode_batch(frame->bytes));
    TRY_DO(gather_orphans(batch, orphans));
    next = batch.last_seq() + 1;
  }
  for (v1::Message& orphan : orphans) {
    // If an earlier run has begun this recovery, it was gathered with the rest of the log.
    const auto letter = link.letters.find(orphan.letter().letter_number());
    if (letter != link.letters.end()) link.letters.erase(letter);
    const auto id = CaseId::from_bytes(orphan.case_id());
    const auto message = link.written.find({id.value_or(CaseId()), orphan.case_seq()});
    if (message != link.written.end()) link.written.erase(message);
    link.orphans.push_back(std::move(orphan));
  }
  link.own.erase_from(link.fetch.next);
  peer.rewind(link.fetch.next - 1, link.fetch.head);
  return {};
}

// --- what was written anew ---

// Whether an orphan cannot be sent: the number that it has in its case was used before, for the
// case was taken another way after the loss; or its letter has a number that was given before.
// Asked is what was written, and not what the case lacks: its record may hold the orphan.
bool LinkRecovery::contradicts(const LinkState& link, const v1::Message& orphan) const {
  const auto id = CaseId::from_bytes(orphan.case_id());
  if (id && link.written.contains({*id, orphan.case_seq()})) return true;
  return orphan.has_letter() && link.letters.contains(orphan.letter().letter_number());
}

Result<void> LinkRecovery::set_aside(const Peer& peer, LinkState& link, const v1::Message& orphan) {
  const CaseId id = CaseId::from_bytes(orphan.case_id()).value_or(CaseId());
  observer_.alarm(peer.id(), "case " + id.str() + " has two histories; one was never sent");
  const Instant at{orphan.sent_at_ms()};
  TRY(const auto subject, cases_.load(id, at));
  if (subject != nullptr) {
    const uint32_t sent = subject->sent_case_seq;
    auto done = cases_.suspend(*subject, sent,
                               "message " + std::to_string(orphan.case_seq()) +
                                   " of ours was written twice; this one was never sent",
                               at);
    if (!done) return done;
  }
  if (const OwnMessage* own = link.own.find(id, orphan.case_seq())) link.own.erase(*own);
  return {};
}

// Messages that were written anew follow on what has come back, unless a person must look.
Result<void> LinkRecovery::write_orphans(Peer& peer, LinkState& link) {
  peer.drop_aside();
  for (const v1::Message& orphan : std::exchange(link.orphans, {})) {
    if (!contradicts(link, orphan)) {
      peers_.append(peer.id(), orphan);
    } else
      TRY_DO(set_aside(peer, link, orphan));
  }
  return {};
}

}  // namespace jiexu
