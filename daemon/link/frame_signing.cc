// What is signed in frames, and by whom. trust/chain.h has the bytes.
#include <algorithm>
#include <utility>

#include "daemon/link/frame.h"

namespace jiexu {
namespace {

// What `what` signs, with the key that it names of the agency that is to have signed it.
Result<void> check_signature(const Directory& directory, AgencyId signer, const KeyId& key,
                             std::string_view signed_bytes, std::string_view signature,
                             const std::string& what) {
  const Verifier* verifier = directory.verifier(signer, key);
  if (verifier == nullptr) return fail(Errc::kPermission, what + ": signing key is not known");
  if (!verifier->verify(signed_bytes, signature)) {
    return fail(Errc::kPermission, what + ": signature does not verify");
  }
  return {};
}

std::string signing_bytes(const Receipt& receipt) {
  const int64_t at = receipt.received_at.ms;
  return receipt.audit_head
             ? audited_receipt_signing_bytes(receipt.link, receipt.epoch, receipt.through,
                                             receipt.head, at, *receipt.audit_head)
             : receipt_signing_bytes(receipt.link, receipt.epoch, receipt.through, receipt.head,
                                     at);
}

// Numbers of the bodies that this version knows.
std::vector<uint32_t> bodies_of(const google::protobuf::Descriptor* message) {
  const google::protobuf::OneofDescriptor* body = message->FindOneofByName("body");
  std::vector<uint32_t> out;
  for (int i = 0; i < body->field_count(); ++i) {
    out.push_back(static_cast<uint32_t>(body->field(i)->number()));
  }
  return out;
}

}  // namespace

bool Announcement::knows(v1::LinkFrame::BodyCase frame) const {
  return std::ranges::find(frames, static_cast<uint32_t>(frame)) != frames.end();
}

Result<void> verify(const BatchFrame& batch, const Directory& directory) {
  Digest head = batch.prev_head;
  Seq seq = batch.first_seq;
  for (const std::string_view message : batch.messages) head = chain_next(head, seq++, message);
  if (head != batch.head) return fail(Errc::kCorrupt, "batch: head does not follow from messages");
  return check_signature(directory, batch.link.sender, batch.key,
                         batch_signing_bytes(batch.link, batch.epoch, batch.first_seq,
                                             batch.last_seq(), batch.prev_head, batch.head),
                         batch.signature, "batch");
}

void sign(OpenFrame& open, const Signer& signer) {
  open.key = key_id(signer.public_key());
  open.signature = signer.sign(open_signing_bytes(
      open.link, open.session, open.epoch, open.last_seq, open.last_head, open.receipted_seq));
}

Result<void> verify(const OpenFrame& open, const Directory& directory) {
  return check_signature(directory, open.link.sender, open.key,
                         open_signing_bytes(open.link, open.session, open.epoch, open.last_seq,
                                            open.last_head, open.receipted_seq),
                         open.signature, "open");
}

Result<void> verify(const Receipt& receipt, const Directory& directory) {
  return check_signature(directory, receipt.link.receiver, receipt.key, signing_bytes(receipt),
                         receipt.signature, "receipt");
}

Result<void> verify(const BatchProof& proof, const Receipt& receipt, const Directory& directory) {
  return check_signature(directory, receipt.link.sender, proof.key,
                         batch_signing_bytes(receipt.link, proof.epoch, proof.first_seq,
                                             receipt.through, proof.prev_head, receipt.head),
                         proof.signature, "proof");
}

Result<void> verify(const Announcement& announcement, const LinkName& link, uint64_t session,
                    const Directory& directory) {
  const Speech speech{link.sender, link.receiver, session, announcement.at.ms};
  return check_signature(
      directory, link.sender, announcement.key,
      announcement_signing_bytes(speech, announcement.frames, announcement.messages),
      announcement.signature, "announcement");
}

Result<void> verify(const ProbeFrame& probe, const LinkName& link, const Directory& directory) {
  const Speech speech{link.sender, link.receiver, probe.session, probe.at.ms};
  return check_signature(directory, link.sender, probe.key, probe_signing_bytes(speech),
                         probe.signature, "probe");
}

Result<void> verify(const AliveFrame& alive, const LinkName& link, const Directory& directory) {
  const Speech speech{link.sender, link.receiver, alive.session, alive.at.ms};
  return check_signature(directory, link.sender, alive.key, alive_signing_bytes(speech),
                         alive.signature, "alive");
}

Receipt make_receipt(const LinkName& link, Epoch epoch, Seq through, const Digest& head,
                     Instant received_at, const Signer& signer, std::optional<Digest> audit_head) {
  Receipt out{link, epoch, through, head, received_at, key_id(signer.public_key()), {}, 0};
  out.audit_head = audit_head;
  out.signature = signer.sign(signing_bytes(out));
  return out;
}

Announcement announce(const LinkName& link, uint64_t session, Instant now, const Signer& signer) {
  static const std::vector<uint32_t> kFrames = bodies_of(v1::LinkFrame::descriptor());
  static const std::vector<uint32_t> kMessages = bodies_of(v1::Message::descriptor());
  const Speech speech{link.sender, link.receiver, session, now.ms};
  return {now, kFrames, kMessages, key_id(signer.public_key()),
          signer.sign(announcement_signing_bytes(speech, kFrames, kMessages))};
}

ProbeFrame make_probe(const LinkName& link, uint64_t session, Instant now, const Signer& signer) {
  return {session, now, key_id(signer.public_key()),
          signer.sign(probe_signing_bytes({link.sender, link.receiver, session, now.ms}))};
}

AliveFrame make_alive(const LinkName& link, uint64_t session, Instant now, const Signer& signer) {
  return {session, now, key_id(signer.public_key()),
          signer.sign(alive_signing_bytes({link.sender, link.receiver, session, now.ms}))};
}

}  // namespace jiexu
