#include "daemon/trust/chain.h"

#include "daemon/base/bytes.h"
#include "daemon/trust/suite.h"

namespace jiexu {
namespace {

std::string link_prefix(std::string_view domain, const LinkName& link) {
  std::string out;
  out.reserve(160);  // the longest of them, a batch, is 122 bytes
  return out.append(domain).append(link.sender.text()).append(link.receiver.text());
}

std::string receipt_bytes(std::string_view domain, const LinkName& link, Epoch epoch,
                          Seq through_seq, const Digest& head, int64_t received_at_ms) {
  std::string out = link_prefix(domain, link);
  append_u32(out, epoch);
  append_u64(out, through_seq);
  out.append(view(head));
  append_u64(out, static_cast<uint64_t>(received_at_ms));
  return out;
}

std::string speech_bytes(std::string_view domain, const Speech& speech) {
  std::string out = link_prefix(domain, {speech.from, speech.to});
  append_u64(out, speech.session);
  append_u64(out, static_cast<uint64_t>(speech.at_ms));
  return out;
}

}  // namespace

Digest chain_start(const LinkName& link) {
  return sha256(link_prefix("jiexu/v1/link", link));
}

Digest chain_next(const Digest& head, Seq seq, std::string_view message) {
  const Digest digest = sha256(message);
  std::string number;  // 8 bytes: no allocation
  append_u64(number, seq);
  return sha256({view(head), number, view(digest)});
}

std::string batch_signing_bytes(const LinkName& link, Epoch epoch, Seq first_seq, Seq last_seq,
                                const Digest& prev_head, const Digest& head) {
  std::string out = link_prefix("jiexu/v1/batch", link);
  append_u32(out, epoch);
  append_u64(out, first_seq);
  append_u64(out, last_seq);
  out.append(view(prev_head)).append(view(head));
  return out;
}

std::string open_signing_bytes(const LinkName& link, uint64_t session, Epoch epoch, Seq last_seq,
                               const Digest& last_head, Seq receipted_seq) {
  std::string out = link_prefix("jiexu/v1/open", link);
  append_u64(out, session);
  append_u32(out, epoch);
  append_u64(out, last_seq);
  out.append(view(last_head));
  append_u64(out, receipted_seq);
  return out;
}

std::string receipt_signing_bytes(const LinkName& link, Epoch epoch, Seq through_seq,
                                  const Digest& head, int64_t received_at_ms) {
  return receipt_bytes("jiexu/v1/receipt", link, epoch, through_seq, head, received_at_ms);
}

std::string audited_receipt_signing_bytes(const LinkName& link, Epoch epoch, Seq through_seq,
                                          const Digest& head, int64_t received_at_ms,
                                          const Digest& audit_head) {
  return receipt_bytes("jiexu/v1/receipt-audit", link, epoch, through_seq, head, received_at_ms)
      .append(view(audit_head));
}

std::string announcement_signing_bytes(const Speech& speech, std::span<const uint32_t> frames,
                                       std::span<const uint32_t> messages) {
  std::string out = speech_bytes("jiexu/v1/announcement", speech);
  for (const auto& numbers : {frames, messages}) {
    append_u32(out, static_cast<uint32_t>(numbers.size()));
    for (const uint32_t number : numbers) append_u32(out, number);
  }
  return out;
}

std::string probe_signing_bytes(const Speech& speech) {
  return speech_bytes("jiexu/v1/probe", speech);
}

std::string alive_signing_bytes(const Speech& speech) {
  return speech_bytes("jiexu/v1/alive", speech);
}

}  // namespace jiexu
