// How the record of a payment is read: what it says of the money.
#pragma once

#include "daemon/base/time.h"
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

// Of it, what a line may still bring back: of what stands for another payment, under that one.
inline int64_t still_out(const v1::PaymentRecord& record) {
  return record.went_out_as() != 0 ? 0 : sent(record) - record.seen_back_fen();
}

// The case has all of it back.
inline bool is_back(const v1::PaymentRecord& record) {
  const PaymentState state = state_of(record);
  return state == PaymentState::kReturned || state == PaymentState::kTakenBack;
}

// A line says that it was paid, none has brought it back, and the case has it back.
inline bool is_out_after_all(const v1::PaymentRecord& record) {
  return is_back(record) && !record.debit_line().empty() && still_out(record) > 0;
}

// The bank has refused it as known, and has not shown its debit; nobody has asked the bank since.
inline bool awaits_debit(const v1::PaymentRecord& record) {
  const PaymentState state = state_of(record);
  const bool at_bank = state == PaymentState::kExported || state == PaymentState::kPaid;
  return at_bank && record.known_at_ms() > record.released_at_ms() && record.debit_line().empty();
}

// A time that lies ahead was written by a clock that was wrong: nobody can wait for it.
inline bool is_debit_overdue(const v1::PaymentRecord& record, Instant now) {
  const auto due = Date::from_yyyymmdd(record.debit_due_on());
  const bool over = !due || end_of(*due) < now || record.known_at_ms() > now.ms;
  return awaits_debit(record) && over;
}

}  // namespace jiexu
