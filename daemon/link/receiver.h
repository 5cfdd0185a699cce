// The receiving half of a directed link, without I/O: decides what a frame from the sender is
// (next, known already, too early, or wrong) and what to answer. It runs ahead of the disk:
// accept() moves head(), and only after the commit that holds the messages is durable() called and
// a receipt given.
//
// Single-threaded. Frames must have been verified (frame.h) and come from the link's sender.
#pragma once

#include <deque>
#include <optional>
#include <string>

#include "daemon/base/ids.h"
#include "daemon/base/time.h"
#include "daemon/link/frame.h"
#include "daemon/link/log.h"

namespace jiexu {

// Where a receiver stands; what must survive a restart.
struct ReceiverMark {
  Epoch epoch = 1;
  Seq through = 0;
  Digest head{};
  // Only up to here may frames be of an earlier epoch: an old copy of the sender that is still
  // running cannot add to the link.
  Seq epoch_from = 0;
};

enum class BatchVerdict {
  kNext,       // process its messages, then accept()
  kDuplicate,  // known already: give the newest receipt again
  kGap,        // messages before it are missing: answer gap()
  kRefused,    // answer with refusal()
};

class Receiver {
 public:
  Receiver(LinkName link, ReceiverMark durable, uint64_t window_bytes);

  BatchVerdict judge(const BatchFrame& batch, const LinkLog& log);
  // Moves past `batch`. REQUIRES: judge() has just said kNext for it.
  void accept(const BatchFrame& batch);
  // Everything accepted up to `mark` is on disk, and `receipt` says so. An older mark is ignored.
  void durable(const ReceiverMark& mark, Receipt receipt);

  // Whether Open begins a new epoch. If so it is taken over, and must be made durable by durable()
  // before the sender is answered.
  bool begins_epoch(const OpenFrame& frame);
  // The answer to Open: Opened, or Refuse. nullopt: nothing can be said yet, the sender asks again.
  // Opened proves that the sender has written what it does not seem to know; `log` has the proof.
  // To who has announced itself, `signer` announces us.
  std::optional<std::string> receive(const OpenFrame& frame, const LinkLog& log,
                                     const Signer& signer, Instant now);

  // Ahead of the disk.
  const ReceiverMark& ahead() const { return ahead_; }
  const ReceiverMark& on_disk() const { return durable_; }
  // The newest receipt given; the link's first receipt must be put in by durable() at start.
  const std::optional<Receipt>& receipt() const { return receipt_; }
  // The same as the sender is to be told, in the handshake that goes on. REQUIRES: receipt().
  Receipt word() const;
  GapFrame gap() const { return {ahead_.epoch, ahead_.through + 1}; }
  // Why the last frame was refused.
  const RefuseFrame& refusal() const { return refusal_; }

 private:
  BatchVerdict refuse(v1::RefuseReason reason, std::string text,
                      v1::BusyCause busy = v1::BUSY_CAUSE_UNSPECIFIED);
  BatchVerdict judge_known(const BatchFrame& batch, const LinkLog& log);
  const std::optional<BatchProof>& proof(const LinkLog& log);

  LinkName link_;
  ReceiverMark durable_;
  ReceiverMark ahead_;
  uint64_t window_bytes_;
  std::optional<Receipt> receipt_;
  uint64_t session_ = 0;  // of the Open, not behind, that was answered last in this run
  RefuseFrame refusal_;
  std::optional<BatchProof> proof_;  // of the frame that ends at proven_
  Seq proven_ = 0;
  struct Accepted {
    Seq last_seq;
    Digest head;
  };
  std::deque<Accepted> not_durable_;  // accepted frames that the log cannot show yet
};

}  // namespace jiexu
