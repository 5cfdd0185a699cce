#include "daemon/link/receiver.h"

#include <algorithm>

#include "daemon/base/check.h"
#include "daemon/base/limits.h"

namespace jiexu {

Receiver::Receiver(LinkName link, ReceiverMark durable, uint64_t window_bytes)
    : link_(link), durable_(durable), ahead_(durable), window_bytes_(window_bytes) {}

BatchVerdict Receiver::refuse(v1::RefuseReason reason, std::string text, v1::BusyCause busy) {
  refusal_ = {reason, durable_.epoch, durable_.through, durable_.head, std::move(text), busy};
  return BatchVerdict::kRefused;
}

BatchVerdict Receiver::judge(const BatchFrame& batch, const LinkLog& log) {
  if (batch.link != link_) {
    return refuse(v1::REFUSE_REASON_WRONG_AGENCY, "the batch names another sender or receiver");
  }
  if (batch.epoch < ahead_.epoch && batch.last_seq() > ahead_.epoch_from) {
    return refuse(v1::REFUSE_REASON_EPOCH, "the batch is of an earlier epoch");
  }
  if (batch.first_seq > ahead_.through + 1) return BatchVerdict::kGap;
  if (batch.first_seq <= ahead_.through) return judge_known(batch, log);
  if (batch.prev_head != ahead_.head) {
    return refuse(v1::REFUSE_REASON_DIVERGED, "the batch follows on another history");
  }
  // Who heeds the window never gets here; else a slow disk would fill the memory.
  if (not_durable_.size() >= limits::kWindowFrames) {
    return refuse(v1::REFUSE_REASON_BUSY, "more than a window waits for the disk",
                  v1::BUSY_CAUSE_WINDOW);
  }
  return BatchVerdict::kNext;
}

// A number that we have already: the same frame again is a duplicate, another one is divergence.
BatchVerdict Receiver::judge_known(const BatchFrame& batch, const LinkLog& log) {
  for (const Accepted& accepted : not_durable_) {
    if (accepted.last_seq == batch.last_seq() && accepted.head == batch.head) {
      return BatchVerdict::kDuplicate;
    }
  }
  const auto known = log.frame_with(batch.first_seq);
  if (!known) return refuse(v1::REFUSE_REASON_BUSY, "the log cannot be read");
  const bool same =
      *known && (*known)->last_seq == batch.last_seq() && (*known)->head == batch.head;
  if (same) return BatchVerdict::kDuplicate;
  return refuse(v1::REFUSE_REASON_DIVERGED, "a number that was used comes with other content");
}

void Receiver::accept(const BatchFrame& batch) {
  CHECK(batch.first_seq == ahead_.through + 1 && batch.prev_head == ahead_.head);
  ahead_.epoch = std::max(ahead_.epoch, batch.epoch);
  ahead_.through = batch.last_seq();
  ahead_.head = batch.head;
  not_durable_.push_back({batch.last_seq(), batch.head});
}

void Receiver::durable(const ReceiverMark& mark, Receipt receipt) {
  CHECK(mark.through <= ahead_.through);
  if (receipt_ && mark.through < durable_.through) return;
  durable_ = mark;
  receipt_ = std::move(receipt);
  while (!not_durable_.empty() && not_durable_.front().last_seq <= mark.through) {
    not_durable_.pop_front();
  }
}

Receipt Receiver::word() const {
  CHECK(receipt_.has_value());
  Receipt out = *receipt_;
  out.session = session_;
  return out;
}

bool Receiver::begins_epoch(const OpenFrame& frame) {
  if (frame.protocol != kProtocolVersion || frame.link != link_) return false;
  if (frame.epoch <= ahead_.epoch) return false;
  ahead_.epoch = frame.epoch;
  ahead_.epoch_from = frame.last_seq;
  return true;
}

// Read once for each place at which the log stands, however often the sender asks.
const std::optional<BatchProof>& Receiver::proof(const LinkLog& log) {
  if (proven_ == durable_.through) return proof_;
  proof_.reset();
  const auto last = log.frame_with(durable_.through);
  if (!last || !*last) return proof_;
  const auto batch = decode_batch((*last)->bytes);
  if (!batch) return proof_;
  proof_ = {batch->epoch, batch->first_seq, batch->prev_head, batch->key,
            std::string(batch->signature)};
  proven_ = durable_.through;
  return proof_;
}

std::optional<std::string> Receiver::receive(const OpenFrame& frame, const LinkLog& log,
                                             const Signer& signer, Instant now) {
  if (frame.protocol != kProtocolVersion) {
    refuse(v1::REFUSE_REASON_PROTOCOL, "protocol version 1 is spoken here");
    return encode(refusal_);
  }
  if (frame.link != link_) {
    refuse(v1::REFUSE_REASON_WRONG_AGENCY, "Open names another sender or receiver");
    return encode(refusal_);
  }
  if (frame.epoch < ahead_.epoch) {
    refuse(v1::REFUSE_REASON_EPOCH, "Open is of an earlier epoch");
    return encode(refusal_);
  }
  if (!receipt_) return std::nullopt;
  // A sender that is behind opens again before it sends. Until then it may be an older copy beside
  // the sender whose frames we take, and receipts are for that one.
  if (frame.last_seq >= ahead_.through) session_ = frame.session;
  if (!frame.announcement && receipt_->audit_head) {
    // An earlier version of the sender is back: what it cannot verify is said again as it can.
    receipt_ = make_receipt(link_, receipt_->epoch, receipt_->through, receipt_->head,
                            receipt_->received_at, signer);
  }
  const bool agrees = frame.last_seq == receipt_->through && frame.last_head == receipt_->head;
  OpenedFrame answer{frame.session, *receipt_, window_bytes_, {}, {}};
  if (!agrees) answer.proof = proof(log);
  if (frame.announcement) {
    answer.announcement = announce({link_.receiver, link_.sender}, frame.session, now, signer);
  }
  return encode(answer);
}

}  // namespace jiexu
