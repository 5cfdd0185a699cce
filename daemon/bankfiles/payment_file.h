// A batch of payments as a bank takes it: ISO 20022 pain.001.001.09, or columns that the
// configuration names. The same batch always gives the same bytes, so that exporting it again does
// no harm. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/base/money.h"
#include "daemon/base/result.h"
#include "daemon/base/time.h"
#include "jiexu/v1/forms.pb.h"

namespace jiexu {

// One transfer.
struct Payment {
  std::string end_to_end_id;  // up to 35 characters; see references.h
  Fen amount;                 // above 0
  v1::Payee payee;
  std::string remark;  // fits limits::kRemarkBytesMax in GBK
};

struct PaymentBatch {
  std::string number;
  v1::Payee payer;  // our own account
  Instant made_at;
  Date pay_on;
  std::vector<Payment> payments;
};

// The sum. REQUIRES: it fits 64 bits, which 1,000,000 of the largest amounts do.
Fen total_of(const PaymentBatch& batch);

// UTF-8.
std::string write_pain001(const PaymentBatch& batch);

// What a column of the delimited file holds. Names in the configuration: "seq", "batch",
// "end_to_end_id", "amount", "amount_fen", "pay_on", "payee_account", "payee_holder", "payee_bank",
// "payee_cnaps", "payer_account", "payer_holder", "currency", "remark".
enum class PaymentColumn : uint8_t {
  kSeq,
  kBatch,
  kEndToEndId,
  kAmount,
  kAmountFen,
  kPayOn,
  kPayeeAccount,
  kPayeeHolder,
  kPayeeBank,
  kPayeeCnaps,
  kPayerAccount,
  kPayerHolder,
  kCurrency,
  kRemark,
};
std::optional<PaymentColumn> payment_column(std::string_view name);
std::string_view name(PaymentColumn column);

struct DelimitedLayout {
  std::vector<PaymentColumn> columns;
  std::string separator = "|";
  bool header = false;  // the columns' names in the first line
  bool gbk = true;      // else UTF-8
  bool crlf = true;
  bool operator==(const DelimitedLayout&) const = default;
};

// Error kInvalid: a field holds the separator or a line end, or what GBK lacks; names the payment.
Result<std::string> write_delimited(const PaymentBatch& batch, const DelimitedLayout& layout);

}  // namespace jiexu
