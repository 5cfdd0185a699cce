// Link frames as our own types, and their bytes. A Batch is read without copying its messages and
// written once; everything else is small. proto/README.md is the specification.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "daemon/base/ids.h"
#include "daemon/base/result.h"
#include "daemon/base/time.h"
#include "daemon/link/transport.h"
#include "daemon/trust/chain.h"
#include "daemon/trust/directory.h"
#include "daemon/trust/suite.h"
#include "jiexu/v1/link.pb.h"
#include "jiexu/v1/message.pb.h"

namespace jiexu {

inline constexpr uint32_t kProtocolVersion = 1;

// The receiver's signed word that everything up to `through` is on its disk.
struct Receipt {
  LinkName link;
  Epoch epoch = 0;
  Seq through = 0;
  Digest head{};
  Instant received_at;
  KeyId key{};
  std::string signature;
  uint64_t session = 0;  // of the handshake in which it was given
  // Of the receiver's audit chain; only receipts for who has announced itself have one.
  std::optional<Digest> audit_head;
};

// What a side says of itself: its clock when it speaks, and the bodies of LinkFrame and Message
// that it knows, by number.
struct Announcement {
  Instant at;
  std::vector<uint32_t> frames;
  std::vector<uint32_t> messages;
  KeyId key{};
  std::string signature;

  bool knows(v1::LinkFrame::BodyCase frame) const;
};

struct OpenFrame {
  uint32_t protocol = kProtocolVersion;
  LinkName link;
  uint64_t session = 0;
  Epoch epoch = 0;
  Seq last_seq = 0;
  Digest last_head{};
  Seq receipted_seq = 0;
  KeyId key{};
  std::string signature;
  std::optional<Receipt> receipt;  // for receipted_seq
  std::optional<Announcement> announcement;
};

// The sender's own signature under its frame that ends where a receipt beside this one says.
struct BatchProof {
  Epoch epoch = 0;
  Seq first_seq = 0;
  Digest prev_head{};
  KeyId key{};
  std::string signature;
};

struct OpenedFrame {
  uint64_t session = 0;
  Receipt receipt;
  uint64_t window_bytes = 0;
  std::optional<BatchProof> proof;  // of what the receipt is for
  std::optional<Announcement> announcement;
};

// The views point into `bytes`.
struct BatchFrame {
  LinkName link;
  Epoch epoch = 0;
  Seq first_seq = 0;
  Digest prev_head{};
  Digest head{};
  KeyId key{};
  std::string_view signature;
  std::vector<std::string_view> messages;
  FrameBytes bytes;

  Seq last_seq() const { return first_seq + messages.size() - 1; }
};

struct GapFrame {
  Epoch epoch = 0;
  Seq expected = 0;
};

struct RefuseFrame {
  v1::RefuseReason reason = v1::REFUSE_REASON_UNSPECIFIED;
  Epoch epoch = 0;
  Seq through = 0;
  Digest head{};
  std::string text;
  v1::BusyCause busy = v1::BUSY_CAUSE_UNSPECIFIED;
};

struct FetchFrame {
  Epoch epoch = 0;
  Seq first_seq = 0;
  uint32_t frames = 1;
};

struct FetchedFrame {
  std::optional<BatchFrame> batch;
  Seq last_seq = 0;
  bool more = false;  // another one follows
};

// Asks for a piece of a file that goes with a letter or form of the case.
struct WantFrame {
  CaseId id;
  Digest file{};  // SHA-256 of it
  uint32_t piece = 0;
};

struct PieceFrame {
  CaseId id;
  Digest file{};
  uint32_t piece = 0;
  std::string content;  // empty: the file is not here
};

// Is the receiver's engine there? And this is our clock.
struct ProbeFrame {
  uint64_t session = 0;
  Instant at;
  KeyId key{};
  std::string signature;
};

// It is, and this is its clock. `session` is the probe's.
struct AliveFrame {
  uint64_t session = 0;
  Instant at;
  KeyId key{};
  std::string signature;
};

using Frame = std::variant<OpenFrame, OpenedFrame, BatchFrame, Receipt, GapFrame, RefuseFrame,
                           FetchFrame, FetchedFrame, WantFrame, PieceFrame, ProbeFrame, AliveFrame>;

// Error kCorrupt, naming what is missing, malformed or over a limit. Verifies nothing.
Result<Frame> decode_frame(FrameBytes bytes);
// Error kCorrupt also if the frame is of another kind. For stored frames.
Result<BatchFrame> decode_batch(FrameBytes bytes);

std::string encode(const OpenFrame& frame);
std::string encode(const OpenedFrame& frame);
std::string encode(const Receipt& frame);
std::string encode(const GapFrame& frame);
std::string encode(const RefuseFrame& frame);
std::string encode(const FetchFrame& frame);
std::string encode(const FetchedFrame& frame);
std::string encode(const WantFrame& frame);
std::string encode(const PieceFrame& frame);
std::string encode(const ProbeFrame& frame);
std::string encode(const AliveFrame& frame);

// Recomputes the chain over the messages and checks the signature with the sender's key in the
// directory. Independent of where the link stands, so that it may run on any thread.
Result<void> verify(const BatchFrame& batch, const Directory& directory);
// Checks the signature with the key of the link's sender.
Result<void> verify(const OpenFrame& open, const Directory& directory);
// Checks the signature with the key of the link's receiver.
Result<void> verify(const Receipt& receipt, const Directory& directory);
// Checks with the key of the link's sender that it has written what `receipt` is for.
Result<void> verify(const BatchProof& proof, const Receipt& receipt, const Directory& directory);
// Check the signature with the key of `link.sender`, who says it to `link.receiver`.
Result<void> verify(const Announcement& announcement, const LinkName& link, uint64_t session,
                    const Directory& directory);
Result<void> verify(const ProbeFrame& probe, const LinkName& link, const Directory& directory);
Result<void> verify(const AliveFrame& alive, const LinkName& link, const Directory& directory);

// Signs as the link's sender.
void sign(OpenFrame& open, const Signer& signer);
// Signs as the link's receiver. With an audit head only for who has announced itself: others take
// the signature for a wrong one.
Receipt make_receipt(const LinkName& link, Epoch epoch, Seq through, const Digest& head,
                     Instant received_at, const Signer& signer,
                     std::optional<Digest> audit_head = std::nullopt);
// What this version knows, said by `link.sender` to `link.receiver`.
Announcement announce(const LinkName& link, uint64_t session, Instant now, const Signer& signer);
// The same two say it.
ProbeFrame make_probe(const LinkName& link, uint64_t session, Instant now, const Signer& signer);
AliveFrame make_alive(const LinkName& link, uint64_t session, Instant now, const Signer& signer);

// Builds one Batch frame: messages are serialised straight into it as they come, and the chain
// moves along.
class FrameWriter {
 public:
  FrameWriter(const LinkName& link, Epoch epoch, Seq first_seq, const Digest& prev_head);

  // Appends and returns the message's number.
  Seq add(const v1::Message& message);
  Epoch epoch() const { return epoch_; }
  Seq first_seq() const { return first_seq_; }
  Seq last_seq() const { return first_seq_ + count_ - 1; }
  size_t count() const { return count_; }
  size_t bytes() const { return body_.size(); }
  const Digest& head() const { return head_; }

  // The finished frame, signed. REQUIRES: count() > 0. The writer is used up.
  std::string close(const Signer& signer);

 private:
  LinkName link_;
  Epoch epoch_;
  Seq first_seq_;
  Digest prev_head_;
  Digest head_;
  size_t count_ = 0;
  std::string body_;  // the `messages` entries, tags included
};

}  // namespace jiexu
