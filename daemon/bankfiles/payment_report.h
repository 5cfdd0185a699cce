// What a bank says became of the payments that it was ordered: ISO 20022 pain.002, or a list with a
// line a payment, "EndToEndId|paid" or "EndToEndId|rejected|reason". A refusal whose reasons say
// that the bank has the payment already is told from one of the payment. In a pain.002, what has no
// status of its own has that of its batch, or of the whole file, and what is refused without a
// reason is refused for theirs. A status that is not known leaves its payment pending, with the
// code as the reason; a payment without EndToEndId is known by its InstrId. Pure.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "daemon/base/money.h"
#include "daemon/base/result.h"

namespace jiexu {

enum class PaymentStatus : uint8_t {
  kPending = 1,    // the bank has it and has not decided
  kPaid = 2,       // settled
  kRejected = 3,   // will not be paid
  kDuplicate = 4,  // not taken a second time: the bank has it already (duplicate.h)
};

struct PaymentFate {
  std::string batch_number;   // empty in a list
  std::string end_to_end_id;  // empty: every payment of the batch
  PaymentStatus status = PaymentStatus::kPending;
  std::string reason;  // the bank's codes and words, at most 140 bytes in GBK
  // The amount that it says it was ordered, of all of the batch or of one payment, as it stands in
  // the report; empty: it says none. nullopt: that is no amount in yuan.
  std::string amount_said;
  std::optional<Fen> amount;
  uint64_t line = 0;
};

using PaymentFateSink = std::function<Result<void>(const PaymentFate& fate)>;

// Reads a whole report. Errors kInvalid, naming the line: unreadable, a payment that has no id, or
// in a list a status that is not known; lines before it have been handed on and must not be used
// then.
Result<void> read_payment_report(std::string_view bytes, const PaymentFateSink& sink);

}  // namespace jiexu
