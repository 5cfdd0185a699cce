// The hash chain of a directed link and what exactly is signed over it (proto/README.md, "What is
// signed"). Bytes are hashed as they were sent; nothing is ever serialised again to be verified.
//
//   head[0] = SHA-256("jiexu/v1/link" ‖ sender ‖ receiver)
//   head[n] = SHA-256(head[n-1] ‖ n ‖ SHA-256(message[n]))
//
// with agency codes as 12 ASCII bytes and n as 8 bytes big-endian. Numbers and heads go on across
// epochs; the epoch (4 bytes big-endian) is signed with every batch and receipt. So one head stands
// for the whole history of the link, and evidence about one message needs of the others only
// digests.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "daemon/base/ids.h"

namespace jiexu {

// A directed link: messages go from sender to receiver.
struct LinkName {
  AgencyId sender;
  AgencyId receiver;
  auto operator<=>(const LinkName&) const = default;
};

Digest chain_start(const LinkName& link);
Digest chain_next(const Digest& head, Seq seq, std::string_view message);

// The bytes under a Batch signature: "jiexu/v1/batch" ‖ sender ‖ receiver ‖ epoch ‖ first_seq ‖
// last_seq ‖ prev_head ‖ head.
std::string batch_signing_bytes(const LinkName& link, Epoch epoch, Seq first_seq, Seq last_seq,
                                const Digest& prev_head, const Digest& head);

// The bytes under an Open signature: "jiexu/v1/open" ‖ sender ‖ receiver ‖ session ‖ epoch ‖
// last_seq ‖ last_head ‖ receipted_seq.
std::string open_signing_bytes(const LinkName& link, uint64_t session, Epoch epoch, Seq last_seq,
                               const Digest& last_head, Seq receipted_seq);

// The bytes under a Receipt signature: "jiexu/v1/receipt" ‖ sender ‖ receiver ‖ epoch ‖
// through_seq ‖ head ‖ received_at_ms.
std::string receipt_signing_bytes(const LinkName& link, Epoch epoch, Seq through_seq,
                                  const Digest& head, int64_t received_at_ms);

// The same of a receipt that names the head of the receiver's audit chain:
// "jiexu/v1/receipt-audit" ‖ as above ‖ audit_head.
std::string audited_receipt_signing_bytes(const LinkName& link, Epoch epoch, Seq through_seq,
                                          const Digest& head, int64_t received_at_ms,
                                          const Digest& audit_head);

// Who speaks, to whom, and in which question or answer.
struct Speech {
  AgencyId from;
  AgencyId to;
  uint64_t session = 0;
  int64_t at_ms = 0;  // the speaker's clock
};

// The bytes under an Announcement: "jiexu/v1/announcement" ‖ from ‖ to ‖ session ‖ at_ms ‖ number
// of frames ‖ each ‖ number of messages ‖ each, the last four of 4 bytes.
std::string announcement_signing_bytes(const Speech& speech, std::span<const uint32_t> frames,
                                       std::span<const uint32_t> messages);

// The bytes under a Probe and an Alive: "jiexu/v1/probe" or "jiexu/v1/alive" ‖ from ‖ to ‖
// session ‖ at_ms.
std::string probe_signing_bytes(const Speech& speech);
std::string alive_signing_bytes(const Speech& speech);

}  // namespace jiexu
