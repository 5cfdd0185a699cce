// What holds of every record of a payment, of a batch of payments and of a bank line, whatever has
// happened to it; one rule a line in record_invariants.cc. The service that owns the record checks
// it where it reads and where it writes it.
//
// A rule holds also of what earlier versions have written: amounts that they let in, and sums that
// they did not keep, have none. Pure.
#pragma once

#include "daemon/base/invariant.h"
#include "jiexu/v1/record.pb.h"

namespace jiexu {

Broken check_invariants(const v1::PaymentRecord& record);
Broken check_invariants(const v1::RemittanceBatchRecord& record);
Broken check_invariants(const v1::BankLineRecord& record);

}  // namespace jiexu
