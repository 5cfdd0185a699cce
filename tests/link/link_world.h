// Two agencies with Ed25519 keys from fixed seeds, and a link log in memory.
#pragma once

#include <string>
#include <vector>

#include "daemon/link/frame.h"
#include "daemon/link/log.h"
#include "daemon/link/sender.h"

namespace jiexu {

struct LinkWorld {
  AgencyId a;
  AgencyId b;
  LinkName link;  // from a to b
  std::shared_ptr<const Signer> signer_a;
  std::shared_ptr<const Signer> signer_b;
  std::shared_ptr<const Directory> directory;
};

// Private keys: 32 bytes 0x01 for a, 32 bytes 0x02 for b.
const LinkWorld& link_world();

// A message that differs from others by its number; `padding` bytes larger.
v1::Message numbered_message(uint64_t number, size_t padding = 0);

FrameBytes shared(std::string bytes);

// The decoded frame; fails the test if it does not decode to a T.
template <class T>
T decoded(const std::string& bytes);

// One agency's copy of the link from a to b.
class MemoryLog final : public LinkLog {
 public:
  MemoryLog();

  // Writes a frame of new messages, signed by a.
  const LoggedFrame& write(size_t messages, size_t padding = 0, Epoch epoch = 1);
  void store(const BatchFrame& frame);
  // Forgets all frames after `seq`, as a restore of a backup does. REQUIRES: a frame ends there.
  void cut(Seq seq);

  Result<std::optional<LoggedFrame>> frame_with(Seq seq) const override;

  Seq last_seq() const;
  const Digest& head() const;
  const std::vector<LoggedFrame>& frames() const { return frames_; }
  SenderMark mark(Epoch epoch = 1) const;

  bool broken = false;  // reads fail

 private:
  std::vector<LoggedFrame> frames_;
  Digest start_;
  uint64_t salt_ = 0;  // so that what is written after a cut differs from what was there
};

// b's signed word for the log up to its end.
Receipt receipt_for(const MemoryLog& log, Instant at = {1'000});
// The same for the log up to the end of one frame.
Receipt receipt_for(const LoggedFrame& frame, Instant at = {1'000});
// The receipt as it is given in the handshake that the sender is in.
inline Receipt heard(Receipt receipt, const Sender& sender) {
  receipt.session = sender.session();
  return receipt;
}

template <class T>
T decoded(const std::string& bytes) {
  auto frame = decode_frame(shared(bytes));
  if (!frame) throw std::runtime_error(frame.error().text);
  return std::get<T>(std::move(*frame));
}

}  // namespace jiexu
