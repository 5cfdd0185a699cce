// The sending half of a directed link, without I/O: decides which frames of our log to hand to the
// carrier, and what the receiver's answers mean. The log itself is the outbox; this class only
// holds marks into it.
//
//   Opening  asked where the receiver stands (Open), waiting for its word (Opened)
//   Flowing  sends what is durable, as far as the window allows; receipts move the mark. When there
//            is nothing to send, asks now and then whether the receiver is still there (Probe; of a
//            version that does not know it, Open)
//   Stopped  the receiver refused, the heads differ, or it claims what it cannot show; asks again
//            at long intervals
//   Paused   by the operator
//
// Whatever is doubtful (no progress, a gap, a lost connection) leads back to Opening: one handshake
// is the only recovery there is. A receiver that has not answered two questions for a while is
// silent. One that finds a doubt again and again, without a receipt between them, is asked ever
// more seldom. Single-threaded; time comes in by argument, from a clock that is never set.
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "daemon/base/ids.h"
#include "daemon/base/time.h"
#include "daemon/link/frame.h"
#include "daemon/link/log.h"

namespace jiexu {

// Patience of a sender, in milliseconds.
struct SenderTiming {
  int64_t open_retry_min = 200;    // first repetition of Open; doubles
  int64_t open_retry_max = 2'000;  // before up to a quarter of jitter
  int64_t stall = 3'000;           // in flight without any receipt: reopen
  int64_t stopped_retry = 30'000;  // a stopped link asks again this often
  int64_t probe = 5'000;           // an idle link asks this often, or up to an eighth sooner
  int64_t silence = 8'000;         // from a question that nobody answers to silence
};

// Where a sender stands; what must survive a restart.
struct SenderMark {
  Epoch epoch = 1;
  Seq last_seq = 0;  // last number in our log (durable)
  Digest head{};     // at last_seq
  Seq receipted_seq = 0;
  Instant receipted_at;  // receiver's clock, of the newest receipt
  std::string receipt;   // the newest receipt, encoded
};

// What a call asks for.
struct SenderStep {
  // A question, before `out`: whoever hands it over says our time, and signs it.
  std::optional<OpenFrame> open;
  std::optional<uint64_t> probe;     // the session of a Probe
  std::vector<FrameBytes> out;       // to hand to the carrier on the forward lane, in order
  bool mark_moved = false;           // mark() is worth storing, at leisure
  std::optional<std::string> alarm;  // for the operator
  // The receiver holds our log up to here, by our own signature, and ours does not say the same:
  // fetch it back.
  std::optional<Seq> behind;
  bool unproven = false;  // it claims that, and shows no signature of ours
};

class Sender {
 public:
  enum class State { kOpening, kFlowing, kStopped, kPaused };

  // `seed` makes sessions differ between runs and jitter between peers; no secret.
  Sender(LinkName link, SenderMark mark, SenderTiming timing, uint64_t seed, bool paused);

  // Frames up to `last_seq` with head `head` have become durable in our log.
  SenderStep written(Seq last_seq, const Digest& head, Steady now, const LinkLog& log);
  // Receiver's frames. Receipts and proofs must have been verified.
  SenderStep receive(const OpenedFrame& frame, Steady now, const LinkLog& log);
  SenderStep receive(const Receipt& frame, Steady now, const LinkLog& log);
  SenderStep receive(const GapFrame& frame, Steady now);
  SenderStep receive(const RefuseFrame& frame, Steady now);
  SenderStep receive(const AliveFrame& frame, Steady now);
  // Time has passed; call at or after next_wake().
  SenderStep wake(Steady now);
  SenderStep pause(bool paused, Steady now);
  // The peer has been heard from on another way: worth asking again now, unless we have just asked.
  SenderStep nudge(Steady now);
  // The peer has spoken to us for the first time: what is behind need not wait any longer.
  SenderStep spoken_to(Steady now);
  // Somebody wants to know now whether the receiver is there. A paused link asks nothing.
  SenderStep ask(Steady now);
  // Our log was put right after a loss, and what is durable of it is all of it: ask where the
  // receiver stands. REQUIRES: no frame is in flight, that is, the link is not flowing.
  SenderStep rewritten(Steady now);
  // A later epoch has become durable, and with it every message that was written before it: the
  // receiver takes the last number that we tell with it for the end of the earlier ones.
  SenderStep raise_epoch(Epoch epoch, Steady now);
  // What the receiver gave back of our log contradicts what it had given receipts for. Stops, with
  // one alarm, until the histories agree again.
  SenderStep diverged(Steady now);
  // The carrier has a new connection to the peer; what was sent before is probably lost.
  SenderStep connected(Steady now);
  // People say that everything up to `through` has gone to the peer another way, at `at`; no
  // receipt proves it. REQUIRES: paused, and `through` is no lower than the mark and no higher than
  // the log.
  SenderStep mailed(Seq through, Instant at);

  Steady next_wake() const { return next_wake_; }
  State state() const { return state_; }
  v1::RefuseReason stop_reason() const { return stop_reason_; }
  const SenderMark& mark() const { return mark_; }
  // Of the last Open; receipts that name another one are of an earlier handshake.
  uint64_t session() const { return session_; }
  // Handed to the carrier up to here, since the last handshake.
  Seq sent() const { return sent_; }
  // Two questions and some seconds have gone by without any answer.
  bool is_silent(Steady now) const {
    return unanswered_ >= 2 && now >= asked_at_.plus_ms(timing_.silence);
  }
  // The first question since the last answer. REQUIRES: is_silent().
  Steady asked_at() const { return asked_at_; }
  // Why the receiver takes nothing now although it is there; nullopt: it has not said so since the
  // last handshake.
  std::optional<v1::BusyCause> busy() const { return busy_; }
  // When it last answered a question, and how long after that was asked; nullopt: never.
  struct Answer {
    Steady at;
    int64_t took_ms = 0;
  };
  const std::optional<Answer>& last_answer() const { return last_answer_; }
  // The session of the Probe that waits for its answer.
  const std::optional<uint64_t>& probed() const { return probed_; }
  // How much it lets us have in flight.
  uint64_t window_bytes() const { return window_bytes_; }
  // Messages without receipt.
  uint64_t queued() const { return mark_.last_seq - mark_.receipted_seq; }

 private:
  struct InFlight {
    Seq last_seq;
    Digest head;
    size_t bytes;
  };

  SenderStep open(Steady now);
  SenderStep reopen(Steady now);
  SenderStep probe(Steady now);
  void asked(Steady now);
  void answered();
  // The same, of the last question itself.
  void answered(Steady now);
  // When an idle link asks next.
  Steady next_probe(Steady now);
  SenderStep fall_behind(const OpenedFrame& frame, Steady now);
  SenderStep stop(v1::RefuseReason reason, const std::string& why, Steady now);
  void flow(Steady now, const LinkLog& log, SenderStep& step);
  void take_receipt(const Receipt& receipt, SenderStep& step);
  // Our head at `seq`; nullopt if `seq` is not the end of a frame of ours.
  Result<std::optional<Digest>> head_at(Seq seq, const LinkLog& log) const;
  bool window_open() const;
  std::optional<Receipt> newest_receipt() const;

  LinkName link_;
  SenderMark mark_;
  SenderTiming timing_;
  State state_ = State::kOpening;
  v1::RefuseReason stop_reason_ = v1::REFUSE_REASON_UNSPECIFIED;
  bool diverged_ = false;  // behind, but not by a loss: there is nothing to fetch back
  uint64_t session_;
  bool awaits_ = false;  // an answer to the last Open
  uint64_t jitter_;
  uint32_t opens_ = 0;              // since the last answer
  bool knows_probes_ = false;       // the receiver, by its last Opened
  std::optional<uint64_t> probed_;  // the session of a Probe without an answer
  uint32_t unanswered_ = 0;         // questions since the last answer of any kind
  Steady asked_at_;                 // the first of them
  uint32_t doubts_ = 0;             // found by the receiver since a receipt moved the mark
  Steady opened_at_;                // the last Open
  Steady question_at_;              // the last question
  std::optional<Answer> last_answer_;
  std::optional<v1::BusyCause> busy_;
  Seq sent_ = 0;                    // handed to the carrier up to here
  std::deque<InFlight> in_flight_;  // sent and not receipted
  size_t in_flight_bytes_ = 0;
  uint64_t window_bytes_ = 0;
  Steady next_wake_;
};

std::string_view name(Sender::State state);

}  // namespace jiexu
