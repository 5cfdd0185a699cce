// How the record of a payment is read: what it says of the money.
#pragma once

#include "daemon/payments/rules/payment_state.h"
#include "jiexu/v1/record.pb.h"

namespace jiexu {

inline PaymentState state_of(const v1::PaymentRecord& record) {
  return static_cast<PaymentState>(record.state());
}

inline BatchState state_of(const v1::RemittanceBatchRecord& batch) {
  return static_cast<BatchState>(batch.state());
}

// What the bank was ordered to pay. Of payments that are known only from the peer's copy of our
// notice the file is lost; it had what was ordered.
inline int64_t sent(const v1::PaymentRecord& record) {
  return record.exported_fen() != 0 ? record.exported_fen() : record.amount_fen();
}

// Of it, what a line may still bring back.
inline int64_t still_out(const v1::PaymentRecord& record) {
  return sent(record) - record.seen_back_fen();
}

}  // namespace jiexu
