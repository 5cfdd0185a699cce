#include "daemon/link/sender.h"

#include <algorithm>

#include "daemon/base/check.h"
#include "daemon/base/limits.h"

namespace jiexu {
namespace {

constexpr Steady kNever{INT64_MAX};

// SplitMix64: spreads sessions and jitter; nothing secret depends on it.
uint64_t mix(uint64_t x) {
  x += 0x9e3779b97f4a7c15;
  x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9;
  x = (x ^ x >> 27) * 0x94d049bb133111eb;
  return x ^ x >> 31;
}

}  // namespace

std::string_view name(Sender::State state) {
  switch (state) {
    case Sender::State::kOpening: return "opening";
    case Sender::State::kFlowing: return "flowing";
    case Sender::State::kStopped: return "stopped";
    case Sender::State::kPaused: return "paused";
  }
  return "";
}

Sender::Sender(LinkName link, SenderMark mark, SenderTiming timing, uint64_t seed, bool paused)
    : link_(link),
      mark_(std::move(mark)),
      timing_(timing),
      session_(mix(seed)),
      jitter_(mix(~seed)) {
  state_ = paused ? State::kPaused : State::kOpening;
  next_wake_ = paused ? kNever : Steady{0};
}

SenderStep Sender::written(Seq last_seq, const Digest& head, Steady now, const LinkLog& log) {
  CHECK(last_seq >= mark_.last_seq || state_ != State::kFlowing);
  mark_.last_seq = last_seq;
  mark_.head = head;
  SenderStep step;
  if (state_ == State::kFlowing) flow(now, log, step);
  return step;
}

SenderStep Sender::receive(const OpenedFrame& frame, Steady now, const LinkLog& log) {
  const Receipt& receipt = frame.receipt;
  const bool asked = state_ == State::kOpening || state_ == State::kStopped;
  if (!asked || !awaits_ || frame.session != session_ || receipt.link != link_) return {};
  awaits_ = false;
  answered(now);
  knows_probes_ = frame.announcement && frame.announcement->knows(v1::LinkFrame::kProbe);
  if (receipt.epoch > mark_.epoch) {
    return stop(v1::REFUSE_REASON_EPOCH, "the peer has heard us in a later epoch", now);
  }
  if (receipt.through > mark_.last_seq) return fall_behind(frame, now);
  const auto head = head_at(receipt.through, log);
  if (!head) return stop(v1::REFUSE_REASON_UNSPECIFIED, head.error().text, now);
  if (*head != receipt.head) {
    // What has no receipt may have been lost here and written anew; what has one may not differ.
    if (receipt.through > mark_.receipted_seq) return fall_behind(frame, now);
    return stop(v1::REFUSE_REASON_DIVERGED, "the peer's copy of our log differs from ours", now);
  }
  SenderStep step;
  if (receipt.through < mark_.receipted_seq) {
    step.alarm = "the peer lost messages that it had receipted; sending them again";
    mark_.receipted_seq = receipt.through;
    mark_.receipt = encode(receipt);
    step.mark_moved = true;
  }
  state_ = State::kFlowing;
  stop_reason_ = v1::REFUSE_REASON_UNSPECIFIED;
  diverged_ = false;
  busy_.reset();
  opens_ = 0;
  in_flight_.clear();
  in_flight_bytes_ = 0;
  window_bytes_ = std::min<uint64_t>(frame.window_bytes, limits::kWindowBytes);
  sent_ = receipt.through;
  next_wake_ = next_probe(now);
  take_receipt(receipt, step);
  flow(now, log, step);
  return step;
}

SenderStep Sender::receive(const Receipt& receipt, Steady now, const LinkLog& log) {
  if (state_ != State::kFlowing || receipt.link != link_ || receipt.epoch > mark_.epoch) return {};
  // Given before the receiver last said where it stands: it may have lost its store since.
  if (receipt.session != session_) return {};
  answered();
  if (receipt.through <= mark_.receipted_seq) return {};
  while (!in_flight_.empty() && in_flight_.front().last_seq < receipt.through) {
    in_flight_bytes_ -= in_flight_.front().bytes;
    in_flight_.pop_front();
  }
  // A receipt for what we never sent, or for half a frame: ask where the receiver really stands.
  if (in_flight_.empty() || in_flight_.front().last_seq != receipt.through) return reopen(now);
  if (in_flight_.front().head != receipt.head) {
    return stop(v1::REFUSE_REASON_DIVERGED, "the peer's receipt names another head", now);
  }
  in_flight_bytes_ -= in_flight_.front().bytes;
  in_flight_.pop_front();
  SenderStep step;
  take_receipt(receipt, step);
  next_wake_ = in_flight_.empty() ? next_probe(now) : now.plus_ms(timing_.stall);
  flow(now, log, step);
  return step;
}

SenderStep Sender::receive(const GapFrame& frame, Steady now) {
  if (state_ != State::kFlowing || frame.epoch > mark_.epoch) return {};
  answered();
  return reopen(now);
}

SenderStep Sender::receive(const RefuseFrame& frame, Steady now) {
  if (state_ == State::kPaused) return {};
  // Of what we had said in an earlier epoch: it was long on its way.
  if (frame.reason == v1::REFUSE_REASON_EPOCH && frame.epoch <= mark_.epoch) return {};
  answered();
  const bool passing = frame.reason == v1::REFUSE_REASON_BUSY;
  if (passing) {
    state_ = State::kOpening;
    busy_ = frame.busy;
    next_wake_ = now.plus_ms(timing_.open_retry_max);
    return {};
  }
  return stop(frame.reason, "the peer refuses: " + v1::RefuseReason_Name(frame.reason), now);
}

SenderStep Sender::receive(const AliveFrame& frame, Steady now) {
  if (state_ != State::kFlowing || frame.session != probed_) return {};
  answered(now);
  if (in_flight_.empty()) next_wake_ = next_probe(now);
  return {};
}

SenderStep Sender::wake(Steady now) {
  if (state_ == State::kPaused || now < next_wake_) return {};
  const bool idle = state_ == State::kFlowing && in_flight_.empty();
  return idle && knows_probes_ && !probed_ ? probe(now) : open(now);
}

SenderStep Sender::pause(bool paused, Steady now) {
  if (paused) {
    answered();
    state_ = State::kPaused;
    next_wake_ = kNever;
    return {};
  }
  return state_ == State::kPaused ? open(now) : SenderStep{};
}

SenderStep Sender::nudge(Steady now) {
  if (state_ != State::kOpening || opens_ <= 1) return {};
  opens_ = 0;
  return open(now);
}

SenderStep Sender::spoken_to(Steady now) {
  const bool behind = stop_reason_ == v1::REFUSE_REASON_SENDER_BEHIND;
  if (state_ != State::kStopped || !behind) return {};
  opens_ = 0;
  return open(now);
}

SenderStep Sender::ask(Steady now) {
  if (state_ == State::kPaused) return {};
  return state_ == State::kFlowing && knows_probes_ ? probe(now) : open(now);
}

SenderStep Sender::connected(Steady now) {
  if (state_ == State::kPaused || state_ == State::kStopped) return {};
  opens_ = 0;
  return open(now);
}

SenderStep Sender::mailed(Seq through, Instant at) {
  CHECK(state_ == State::kPaused);
  CHECK(through >= mark_.receipted_seq && through <= mark_.last_seq);
  mark_.receipted_seq = through;
  mark_.receipted_at = at;
  mark_.receipt.clear();
  SenderStep step;
  step.mark_moved = true;
  return step;
}

SenderStep Sender::open(Steady now) {
  if (state_ != State::kStopped) state_ = State::kOpening;
  session_ = mix(session_);
  awaits_ = true;
  opened_at_ = now;
  asked(now);
  const int doublings = static_cast<int>(std::min<uint32_t>(opens_++, 8));
  const int64_t pause = std::min(timing_.open_retry_min << doublings, timing_.open_retry_max);
  jitter_ = mix(jitter_);
  // A recovery goes on with the answer; everything else that stops a link takes people their time.
  const bool behind = stop_reason_ == v1::REFUSE_REASON_SENDER_BEHIND;
  const int64_t wait = state_ == State::kStopped && !behind ? timing_.stopped_retry : pause;
  next_wake_ = now.plus_ms(wait + static_cast<int64_t>(jitter_ % (wait / 4 + 1)));
  SenderStep step;
  step.open = {kProtocolVersion, link_,      session_,           mark_.epoch,
               mark_.last_seq,   mark_.head, mark_.receipted_seq};
  step.open->receipt = newest_receipt();
  return step;
}

// A receiver that finds a doubt in every frame would have us open without end.
SenderStep Sender::reopen(Steady now) {
  const int doublings = static_cast<int>(std::min<uint32_t>(doubts_, 8));
  const int64_t pause = std::min(timing_.open_retry_min << doublings, timing_.open_retry_max);
  const Steady earliest = opened_at_.plus_ms(doubts_++ == 0 ? 0 : pause);
  if (now >= earliest) return open(now);
  state_ = State::kOpening;
  next_wake_ = earliest;
  return {};
}

SenderStep Sender::probe(Steady now) {
  asked(now);
  jitter_ = mix(jitter_);
  probed_ = mix(jitter_);
  if (in_flight_.empty()) next_wake_ = now.plus_ms(timing_.probe);
  SenderStep step;
  step.probe = probed_;
  return step;
}

void Sender::asked(Steady now) {
  question_at_ = now;
  if (unanswered_++ == 0) asked_at_ = now;
}

void Sender::answered() {
  unanswered_ = 0;
  probed_.reset();
}

void Sender::answered(Steady now) {
  answered();
  last_answer_ = {now, now.ms - question_at_.ms};
}

Steady Sender::next_probe(Steady now) {
  return now.plus_ms(timing_.probe - static_cast<int64_t>(jitter_ % (timing_.probe / 8 + 1)));
}

SenderStep Sender::diverged(Steady now) {
  diverged_ = true;
  return stop(v1::REFUSE_REASON_DIVERGED,
              "the peer's copy of our log differs from what it had given receipts for", now);
}

// So that the receiver need not believe what it was sent a receipt for.
std::optional<Receipt> Sender::newest_receipt() const {
  if (mark_.receipted_seq == 0) return std::nullopt;
  auto frame = decode_frame(share(mark_.receipt));
  if (!frame) return std::nullopt;
  auto* receipt = std::get_if<Receipt>(&*frame);
  if (receipt == nullptr || receipt->through != mark_.receipted_seq) return std::nullopt;
  return std::move(*receipt);
}

// A recovery changes more than this link. It begins on our own signature, on nobody's word.
SenderStep Sender::fall_behind(const OpenedFrame& frame, Steady now) {
  if (diverged_) return diverged(now);
  if (!frame.proof) {
    SenderStep step = stop(v1::REFUSE_REASON_UNPROVEN,
                           "the peer claims to hold messages of ours that we do not know, and "
                           "shows no signature of ours",
                           now);
    step.unproven = true;
    return step;
  }
  SenderStep step = stop(v1::REFUSE_REASON_SENDER_BEHIND,
                         "the peer holds messages of ours that our store has lost", now);
  step.behind = frame.receipt.through;
  next_wake_ = now.plus_ms(timing_.open_retry_max);
  return step;
}

SenderStep Sender::rewritten(Steady now) {
  CHECK(state_ != State::kFlowing);
  if (state_ == State::kPaused) return {};
  state_ = State::kOpening;
  opens_ = 0;
  return open(now);
}

SenderStep Sender::raise_epoch(Epoch epoch, Steady now) {
  if (epoch == mark_.epoch) return {};
  mark_.epoch = epoch;
  const bool outlived = state_ == State::kStopped && stop_reason_ == v1::REFUSE_REASON_EPOCH;
  return outlived ? rewritten(now) : SenderStep{};
}

SenderStep Sender::stop(v1::RefuseReason reason, const std::string& why, Steady now) {
  SenderStep step;
  if (state_ != State::kStopped || stop_reason_ != reason) step.alarm = why;
  state_ = State::kStopped;
  stop_reason_ = reason;
  in_flight_.clear();
  in_flight_bytes_ = 0;
  busy_.reset();
  next_wake_ = now.plus_ms(timing_.stopped_retry);
  return step;
}

bool Sender::window_open() const {
  const size_t messages = sent_ - mark_.receipted_seq;
  return in_flight_.empty() ||
         (in_flight_bytes_ < window_bytes_ && messages < limits::kWindowMessages &&
          in_flight_.size() < limits::kWindowFrames);
}

void Sender::flow(Steady now, const LinkLog& log, SenderStep& step) {
  while (sent_ < mark_.last_seq && window_open()) {
    const auto frame = log.frame_with(sent_ + 1);
    if (!frame || !*frame) {
      step.alarm = "our log cannot be read at the next number to send";
      state_ = State::kStopped;
      next_wake_ = now.plus_ms(timing_.stopped_retry);
      return;
    }
    const LoggedFrame& next = **frame;
    if (in_flight_.empty()) next_wake_ = now.plus_ms(timing_.stall);
    step.out.push_back(next.bytes);
    in_flight_.push_back({next.last_seq, next.head, next.bytes->size()});
    in_flight_bytes_ += next.bytes->size();
    sent_ = next.last_seq;
  }
}

void Sender::take_receipt(const Receipt& receipt, SenderStep& step) {
  if (receipt.through <= mark_.receipted_seq) return;
  mark_.receipted_seq = receipt.through;
  doubts_ = 0;
  mark_.receipted_at = receipt.received_at;
  mark_.receipt = encode(receipt);
  step.mark_moved = true;
}

Result<std::optional<Digest>> Sender::head_at(Seq seq, const LinkLog& log) const {
  if (seq == mark_.last_seq) return mark_.head;
  if (seq == 0) return chain_start(link_);
  TRY(const auto frame, log.frame_with(seq));
  if (!frame || frame->last_seq != seq) return std::nullopt;
  return frame->head;
}

}  // namespace jiexu
