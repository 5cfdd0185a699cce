#include "daemon/peers/peer.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "daemon/base/check.h"
#include "daemon/base/limits.h"
#include "daemon/trust/chain.h"

namespace jiexu {
namespace {

// Frames kept in memory for a peer. Enough for the messages of a few commits; a peer that is behind
// is served from the store.
constexpr size_t kRecentBytesMax = 1 << 20;

// The last kind of message that was there before announcements were.
constexpr auto kLastUnannounced = v1::Message::kDailyStatement;

// A clock that was seen longer ago may have been set since.
constexpr int64_t kClockFreshMs = 10'000;

// Nothing chains what is audited yet.
constexpr Digest kNoAuditHead{};

}  // namespace

Peer::Peer(const Records& durable, AgencyId self, AgencyId id, Epoch epoch)
    : id_(id),
      out_{self, id},
      in_{id, self},
      epoch_(epoch),
      log_(*this, durable),
      incoming_log_(durable, id, layout::Direction::kIn, UINT32_MAX) {}

Result<std::unique_ptr<Peer>> Peer::load(const Records& durable, AgencyId self, AgencyId id,
                                         Epoch epoch, const SenderTiming& timing, uint64_t seed,
                                         const Signer& signer, Instant now, uint64_t window_bytes,
                                         bool by_mail) {
  std::unique_ptr<Peer> peer(new Peer(durable, self, id, epoch));
  TRY(const auto outgoing, read_outgoing(durable, peer->out_, epoch));
  TRY(auto incoming, read_incoming(durable, peer->in_));
  peer->pause_ = outgoing.pause;
  peer->by_mail_ = by_mail;
  peer->said_ = outgoing.said;
  peer->heard_ = incoming.heard;
  peer->known_ = outgoing.known;
  peer->recover_from_ = outgoing.recover_from;
  peer->last_seq_ = outgoing.mark.last_seq;
  peer->head_ = outgoing.mark.head;
  peer->stored_receipt_ = outgoing.mark.receipted_seq;
  peer->sender_.emplace(peer->out_, outgoing.mark, timing, seed, peer->stands_still());
  const ReceiverMark mark = incoming.mark;
  peer->receiver_.emplace(peer->in_, mark, window_bytes);
  if (!incoming.receipt) {
    incoming.receipt = make_receipt(peer->in_, mark.epoch, mark.through, mark.head, now, signer);
  }
  peer->receiver_->durable(mark, std::move(*incoming.receipt));
  return peer;
}

void Peer::take_announcement(const std::optional<Announcement>& announcement) {
  std::optional<v1::KnownKinds> known;
  if (announcement) {
    known.emplace();
    known->mutable_messages()->Add(announcement->messages.begin(), announcement->messages.end());
  }
  const auto bytes = [](const auto& kinds) { return kinds ? kinds->SerializeAsString() : ""; };
  mark_moved_ |= known.has_value() != known_.has_value() || bytes(known) != bytes(known_);
  known_ = std::move(known);
  if (!announcement) skew_ms_.reset();  // it does not say
}

bool Peer::knows(v1::Message::BodyCase kind) const {
  if (!known_) return kind <= kLastUnannounced;
  return std::ranges::find(known_->messages(), static_cast<uint32_t>(kind)) !=
         known_->messages().end();
}

LogPlace Peer::append(const v1::Message& message) {
  if (writers_.empty() || writers_.back().epoch() != epoch_ ||
      writers_.back().bytes() > limits::kFrameBytesTarget ||
      writers_.back().count() >= limits::kFrameMessagesMax) {
    writers_.emplace_back(out_, epoch_, last_seq_ + 1, head_);
  }
  last_seq_ = writers_.back().add(message);
  head_ = writers_.back().head();
  said_.wrote(message, last_seq_);
  return {true, epoch_, last_seq_};
}

void Peer::received(const BatchFrame& frame, Instant now) {
  received_.push_back(frame.bytes);
  received_keys_.push_back(
      layout::link_log_key(id_, layout::Direction::kIn, frame.epoch, frame.first_seq));
  received_at_ = now;
}

void Peer::close_frame(Transaction& tx, const Signer& signer) {
  FrameWriter& writer = writers_.front();
  LoggedFrame frame;
  frame.epoch = writer.epoch();
  frame.first_seq = writer.first_seq();
  frame.last_seq = writer.last_seq();
  frame.head = writer.head();
  frame.bytes = std::make_shared<const std::string>(writer.close(signer));
  tx.put(layout::link_log_key(id_, layout::Direction::kOut, frame.epoch, frame.first_seq),
         *frame.bytes);
  recent_bytes_ += frame.bytes->size();
  recent_.push_back(std::move(frame));
  writers_.erase(writers_.begin());
}

void Peer::write_outgoing(Transaction& tx, const Signer& signer) {
  const bool frames = !writers_.empty() || !restored_.empty() || !forgotten_.empty();
  for (const RecordKey& key : forgotten_) tx.remove(key);
  for (size_t i = 0; i < given_up_.size(); ++i) {
    tx.put(aside_[aside_.size() - given_up_.size() + i], *given_up_[i]);
  }
  given_up_.clear();
  for (size_t i = 0; i < restored_.size(); ++i) {
    tx.put(restored_keys_[i], *restored_[i]);
  }
  forgotten_.clear();
  restored_.clear();
  restored_keys_.clear();
  while (!writers_.empty()) close_frame(tx, signer);
  if (!frames && !mark_moved_) return;
  mark_moved_ = false;
  SenderMark mark = sender_->mark();
  mark.epoch = epoch_;
  mark.last_seq = last_seq_;
  mark.head = head_;
  v1::LinkRecord record = to_record(mark, pause_.has_value(), recover_from_);
  if (pause_) *record.mutable_pause() = *pause_;
  *record.mutable_said() = said_.to_record();
  if (known_) *record.mutable_known() = *known_;
  tx.put_message(layout::link_key(id_, layout::Direction::kOut), record);
  if (mark.receipted_seq > stored_receipt_) {
    stored_receipt_ = mark.receipted_seq;
    // What went by mail has none.
    if (!mark.receipt.empty()) {
      tx.put(layout::receipt_key(id_, mark.receipted_seq), mark.receipt);
    }
  }
  in_flight_.wrote = frames;
  in_flight_.epoch = epoch_;
  in_flight_.last_seq = last_seq_;
  in_flight_.head = head_;
}

void Peer::write_incoming(Transaction& tx, const Signer& signer) {
  if (received_.empty() && !receiver_moved_) return;
  receiver_moved_ = false;
  for (size_t i = 0; i < received_.size(); ++i) {
    tx.put(received_keys_[i], *received_[i]);
  }
  received_.clear();
  received_keys_.clear();
  const ReceiverMark& mark = receiver_->ahead();
  in_flight_.received = mark;
  const auto audit_head = known_ ? std::optional(kNoAuditHead) : std::nullopt;
  in_flight_.receipt =
      make_receipt(in_, mark.epoch, mark.through, mark.head, received_at_, signer, audit_head);
  v1::LinkRecord record = to_record(mark, *in_flight_.receipt);
  *record.mutable_heard() = heard_.to_record();
  tx.put_message(layout::link_key(id_, layout::Direction::kIn), record);
}

void Peer::write(Transaction& tx, const Signer& signer) {
  write_outgoing(tx, signer);
  write_incoming(tx, signer);
}

Peer::Released Peer::durable(Steady now) {
  Released out;
  const InFlight done = std::exchange(in_flight_, {});
  if (done.receipt) {
    receiver_->durable(done.received, *done.receipt);
    out.receipt = std::make_shared<const std::string>(encode(receiver_->word()));
  }
  if (done.wrote) out.step = sender_->written(done.last_seq, done.head, now, log_);
  if (done.epoch > sender_->mark().epoch) {
    SenderStep raised = sender_->raise_epoch(done.epoch, now);
    if (raised.open) out.step.open = std::move(raised.open);
  }
  trim();
  return out;
}

Result<std::optional<Instant>> Peer::oldest_unreceipted() {
  if (sender_->queued() == 0) return std::nullopt;
  const Seq seq = sender_->mark().receipted_seq + 1;
  if (seq == oldest_seq_) return oldest_at_;
  TRY(const auto frame, log_.frame_with(seq));
  if (!frame) return std::nullopt;
  TRY(const auto batch, decode_batch(frame->bytes));
  v1::Message message;
  const std::string_view bytes = batch.messages[seq - batch.first_seq];
  if (!message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return std::nullopt;
  oldest_seq_ = seq;
  oldest_at_ = Instant{message.sent_at_ms()};
  return oldest_at_;
}

void Peer::rewind(Seq seq, const Digest& head) {
  oldest_seq_ = 0;
  CHECK(writers_.empty() && restored_.empty());
  for (Seq next = seq + 1; next <= last_seq_;) {
    const auto frame = log_.frame_with(next);
    if (!frame || !*frame) break;
    const LoggedFrame& old = **frame;
    forgotten_.push_back(
        layout::link_log_key(id_, layout::Direction::kOut, old.epoch, old.first_seq));
    aside_.push_back(
        layout::link_log_key(id_, layout::Direction::kAside, old.epoch, old.first_seq));
    given_up_.push_back(old.bytes);
    next = old.last_seq + 1;
  }
  recent_.clear();
  recent_bytes_ = 0;
  last_seq_ = seq;
  head_ = head;
  said_.gave_up_after(seq);
  mark_moved_ = true;
}

void Peer::found_aside(const BatchFrame& frame) {
  aside_.push_back(
      layout::link_log_key(id_, layout::Direction::kAside, frame.epoch, frame.first_seq));
}

void Peer::drop_aside() {
  std::ranges::move(aside_, std::back_inserter(forgotten_));
  aside_.clear();
  given_up_.clear();
}

void Peer::restore(const BatchFrame& frame) {
  CHECK(frame.first_seq == last_seq_ + 1 && frame.prev_head == head_);
  restored_.push_back(frame.bytes);
  restored_keys_.push_back(
      layout::link_log_key(id_, layout::Direction::kOut, frame.epoch, frame.first_seq));
  last_seq_ = frame.last_seq();
  head_ = frame.head;
  Seq seq = frame.first_seq;
  for (const std::string_view bytes : frame.messages) {
    v1::Message message;
    // One of ours that we could not read would count as of no kind.
    (void)message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()));
    said_.wrote(message, seq++);
  }
  mark_moved_ = true;
}

void Peer::set_recover_from(Seq seq) {
  recover_from_ = seq;
  mark_moved_ = true;
}

void Peer::raise_epoch(Epoch epoch) {
  epoch_ = epoch;
  mark_moved_ = true;
}

bool Peer::log_is_durable() const {
  return sender_->mark().last_seq == last_seq_ && sender_->mark().head == head_;
}

void Peer::receiver_moved(Instant now) {
  receiver_moved_ = true;
  received_at_ = now;
}

void Peer::set_unknown_there(bool unknown) {
  mark_moved_ |= unknown != said_.unknown_there;
  said_.unknown_there = unknown;
}

void Peer::set_pause(std::optional<v1::PauseRecord> pause) {
  pause_ = std::move(pause);
  mark_moved_ = true;
}

void Peer::note_clock(Instant theirs, Moment now) {
  skew_ms_ = std::clamp(theirs.ms, int64_t{0}, limits::kWallClockMsMax) - now.wall.ms;
  clock_seen_ = now.steady;
}

bool Peer::knows_clock_of(Steady now) const {
  return skew_ms_ && now < clock_seen_.plus_ms(kClockFreshMs);
}

bool Peer::clock_ahead() const {
  return skew_ms_.value_or(0) > limits::kClockSkewMsMax;
}

void Peer::trim() {
  const bool serving = sender_->state() == Sender::State::kFlowing;
  while (!recent_.empty()) {
    const LoggedFrame& oldest = recent_.front();
    const bool needed =
        serving && oldest.last_seq > sender_->sent() && recent_bytes_ <= kRecentBytesMax;
    const bool in_commit = oldest.last_seq > sender_->mark().last_seq;
    if (needed || (in_commit && serving)) return;
    recent_bytes_ -= oldest.bytes->size();
    recent_.pop_front();
  }
}

Result<std::optional<LoggedFrame>> Peer::OutLog::frame_with(Seq seq) const {
  const auto& recent = peer_.recent_;
  const auto it = std::partition_point(
      recent.begin(), recent.end(), [&](const LoggedFrame& frame) { return frame.last_seq < seq; });
  if (it != recent.end() && it->first_seq <= seq) return *it;
  return StoredLog(records_, peer_.id_, layout::Direction::kOut, peer_.epoch_).frame_with(seq);
}

}  // namespace jiexu
