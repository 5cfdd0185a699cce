#include "daemon/peers/link_store.h"

#include "daemon/trust/chain.h"

namespace jiexu {
namespace {

Result<std::optional<v1::LinkRecord>> read_record(const Records& records, AgencyId peer,
                                                  layout::Direction direction) {
  return records.get_message<v1::LinkRecord>(Family::kLink, layout::link_key(peer, direction));
}

Result<Receipt> decode_receipt(const std::string& bytes) {
  TRY(auto frame, decode_frame(std::make_shared<const std::string>(bytes)));
  auto* receipt = std::get_if<Receipt>(&frame);
  if (receipt == nullptr) return fail(Errc::kCorrupt, "a link record holds no receipt");
  return std::move(*receipt);
}

// The stored frame, if it reaches as far as `seq`.
Result<std::optional<LoggedFrame>> holding(Seq seq, std::string_view key, std::string_view value) {
  TRY(const auto batch, decode_batch(std::make_shared<const std::string>(value)));
  TRY(const auto place, layout::parse_link_log_key(key));
  if (batch.first_seq != place.first_seq) {
    return fail(Errc::kCorrupt, "a frame of the link log lies under another number");
  }
  if (batch.last_seq() < seq) return std::nullopt;
  return to_logged(batch);
}

}  // namespace

LoggedFrame to_logged(const BatchFrame& batch) {
  return {batch.epoch, batch.first_seq, batch.last_seq(), batch.prev_head, batch.head, batch.bytes};
}

Result<std::vector<BatchFrame>> read_aside(const Records& records, AgencyId peer) {
  const Key all = layout::link_key(peer, layout::Direction::kAside);
  Result<std::vector<BatchFrame>> out = std::vector<BatchFrame>();
  const auto done = records.scan(Family::kLinkLog, all, layout::prefix_end(all),
                                 [&](std::string_view, std::string_view value) {
                                   auto batch =
                                       decode_batch(std::make_shared<const std::string>(value));
                                   if (batch) {
                                     out->push_back(std::move(*batch));
                                   } else {
                                     out = tl::unexpected(batch.error());
                                   }
                                   return out.has_value();
                                 });
  if (!done) return tl::unexpected(done.error());
  return out;
}

Result<std::optional<LoggedFrame>> StoredLog::frame_with(Seq seq) const {
  if (seq == 0) return std::nullopt;
  const Key lower = layout::link_log_key(peer_, direction_, 0, 0);
  Result<std::optional<LoggedFrame>> out = std::nullopt;
  // From the last epoch back to the one that has the number; each is entered at the number.
  for (std::optional<Epoch> epoch = epoch_; epoch;) {
    const Key upper = layout::link_log_key(peer_, direction_, *epoch, seq + 1);
    epoch.reset();
    const auto done = records_.scan_back(Family::kLinkLog, lower, upper,
                                         [&](std::string_view key, std::string_view value) {
                                           const auto place = layout::parse_link_log_key(key);
                                           if (place && place->first_seq > seq) {
                                             epoch = place->epoch;
                                           } else {
                                             out = holding(seq, key, value);
                                           }
                                           return false;
                                         });
    if (!done) return tl::unexpected(done.error());
  }
  return out;
}

Result<OutgoingState> read_outgoing(const Records& records, const LinkName& link, Epoch epoch) {
  const auto record = read_record(records, link.receiver, layout::Direction::kOut);
  if (!record) return tl::unexpected(record.error());
  OutgoingState out;
  out.mark.epoch = epoch;
  out.mark.head = chain_start(link);
  if (!*record) return out;
  const auto head = to_array<32>((*record)->head());
  if (!head) return fail(Errc::kCorrupt, "link record of " + link.receiver.str() + " has no head");
  out.mark.head = *head;
  out.mark.last_seq = (*record)->last_seq();
  out.mark.receipted_seq = (*record)->receipted_seq();
  out.mark.receipted_at = {static_cast<int64_t>((*record)->receipted_at_ms())};
  out.mark.receipt = (*record)->receipt();
  if ((*record)->paused()) out.pause = (*record)->pause();
  out.recover_from = (*record)->recover_from();
  const bool counted = (*record)->has_said();
  out.said = counted ? Said((*record)->said()) : Said(out.mark.last_seq + 1);
  if ((*record)->has_known()) out.known = (*record)->known();
  return out;
}

v1::LinkRecord to_record(const SenderMark& mark, bool paused, Seq recover_from) {
  v1::LinkRecord record;
  record.set_epoch(mark.epoch);
  record.set_last_seq(mark.last_seq);
  record.set_head(std::string(view(mark.head)));
  record.set_receipted_seq(mark.receipted_seq);
  record.set_receipted_at_ms(static_cast<uint64_t>(mark.receipted_at.ms));
  record.set_receipt(mark.receipt);
  record.set_paused(paused);
  record.set_recover_from(recover_from);
  return record;
}

Result<IncomingState> read_incoming(const Records& records, const LinkName& link) {
  const auto record = read_record(records, link.sender, layout::Direction::kIn);
  if (!record) return tl::unexpected(record.error());
  IncomingState out;
  out.mark.head = chain_start(link);
  if (!*record) return out;
  const auto head = to_array<32>((*record)->head());
  if (!head) return fail(Errc::kCorrupt, "link record of " + link.sender.str() + " has no head");
  out.mark = {(*record)->epoch(), (*record)->last_seq(), *head, (*record)->epoch_from()};
  TRY(auto receipt, decode_receipt((*record)->receipt()));
  out.receipt = std::move(receipt);
  const bool counted = (*record)->has_heard();
  out.heard = counted ? Heard((*record)->heard()) : Heard(out.mark.through + 1);
  return out;
}

v1::LinkRecord to_record(const ReceiverMark& mark, const Receipt& receipt) {
  v1::LinkRecord record;
  record.set_epoch(mark.epoch);
  record.set_last_seq(mark.through);
  record.set_epoch_from(mark.epoch_from);
  record.set_head(std::string(view(mark.head)));
  record.set_receipt(encode(receipt));
  return record;
}

Result<std::optional<Instant>> receipted_at(const Records& records, AgencyId peer, Seq seq) {
  const Key lower = layout::receipt_key(peer, seq);
  const Key upper = layout::receipt_key(peer, UINT64_MAX);
  Result<std::optional<Instant>> out = std::nullopt;
  const auto done =
      records.scan(Family::kAudit, lower, upper, [&](std::string_view, std::string_view value) {
        const auto receipt = decode_receipt(std::string(value));
        if (!receipt) {
          out = tl::unexpected(receipt.error());
        } else {
          out = receipt->received_at;
        }
        return false;
      });
  if (!done) return tl::unexpected(done.error());
  return out;
}

}  // namespace jiexu
