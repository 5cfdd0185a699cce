#include "daemon/bankfiles/payment_file.h"

#include "daemon/base/check.h"

namespace jiexu {

Fen total_of(const PaymentBatch& batch) {
  Fen total;
  for (const Payment& payment : batch.payments) {
    const auto sum = add(total, payment.amount);
    CHECK(sum.has_value());
    total = *sum;
  }
  return total;
}

}  // namespace jiexu
