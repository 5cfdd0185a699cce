// The payment file with columns that the configuration names.
#include <algorithm>
#include <iterator>
#include <utility>

#include "daemon/bankfiles/payment_file.h"
#include "daemon/base/gbk.h"

namespace jiexu {
namespace {

constexpr std::pair<PaymentColumn, std::string_view> kNames[] = {
    {PaymentColumn::kSeq, "seq"},
    {PaymentColumn::kBatch, "batch"},
    {PaymentColumn::kEndToEndId, "end_to_end_id"},
    {PaymentColumn::kAmount, "amount"},
    {PaymentColumn::kAmountFen, "amount_fen"},
    {PaymentColumn::kPayOn, "pay_on"},
    {PaymentColumn::kPayeeAccount, "payee_account"},
    {PaymentColumn::kPayeeHolder, "payee_holder"},
    {PaymentColumn::kPayeeBank, "payee_bank"},
    {PaymentColumn::kPayeeCnaps, "payee_cnaps"},
    {PaymentColumn::kPayerAccount, "payer_account"},
    {PaymentColumn::kPayerHolder, "payer_holder"},
    {PaymentColumn::kCurrency, "currency"},
    {PaymentColumn::kRemark, "remark"},
};

std::string value_of(PaymentColumn column, const PaymentBatch& batch, size_t at) {
  const Payment& payment = batch.payments[at];
  switch (column) {
    case PaymentColumn::kSeq: return std::to_string(at + 1);
    case PaymentColumn::kBatch: return batch.number;
    case PaymentColumn::kEndToEndId: return payment.end_to_end_id;
    case PaymentColumn::kAmount: return payment.amount.yuan();
    case PaymentColumn::kAmountFen: return std::to_string(payment.amount.value);
    case PaymentColumn::kPayOn: return std::to_string(batch.pay_on.yyyymmdd());
    case PaymentColumn::kPayeeAccount: return payment.payee.account_number();
    case PaymentColumn::kPayeeHolder: return payment.payee.account_holder();
    case PaymentColumn::kPayeeBank: return payment.payee.bank_name();
    case PaymentColumn::kPayeeCnaps: return payment.payee.cnaps();
    case PaymentColumn::kPayerAccount: return batch.payer.account_number();
    case PaymentColumn::kPayerHolder: return batch.payer.account_holder();
    case PaymentColumn::kCurrency: return "CNY";
    case PaymentColumn::kRemark: return payment.remark;
  }
  return "";
}

Result<void> append_field(const std::string& value, const DelimitedLayout& layout,
                          std::string& out) {
  if (value.find(layout.separator) != value.npos || value.find_first_of("\r\n") != value.npos) {
    return fail(Errc::kInvalid, "holds the separator or a line end; choose another separator");
  }
  if (!layout.gbk) {
    out += value;
    return {};
  }
  const auto gbk = to_gbk(value);
  if (!gbk) return fail(Errc::kInvalid, "has a character that GBK lacks; export as UTF-8");
  out += *gbk;
  return {};
}

}  // namespace

std::optional<PaymentColumn> payment_column(std::string_view text) {
  for (const auto& [column, known] : kNames) {
    if (known == text) return column;
  }
  return std::nullopt;
}

std::string_view name(PaymentColumn column) {
  const auto* found = std::find_if(std::begin(kNames), std::end(kNames),
                                   [&](const auto& pair) { return pair.first == column; });
  return found == std::end(kNames) ? std::string_view() : found->second;
}

Result<std::string> write_delimited(const PaymentBatch& batch, const DelimitedLayout& layout) {
  const std::string_view end = layout.crlf ? "\r\n" : "\n";
  std::string out;
  for (size_t i = 0; layout.header && i < layout.columns.size(); ++i) {
    if (i > 0) out += layout.separator;
    out += name(layout.columns[i]);
  }
  if (layout.header) out += end;
  for (size_t at = 0; at < batch.payments.size(); ++at) {
    for (size_t i = 0; i < layout.columns.size(); ++i) {
      if (i > 0) out += layout.separator;
      const PaymentColumn column = layout.columns[i];
      auto done = append_field(value_of(column, batch, at), layout, out);
      if (done) continue;
      return fail(done.error().code, "payment " + batch.payments[at].end_to_end_id + ": " +
                                         std::string(name(column)) + " " + done.error().text);
    }
    out += end;
  }
  return out;
}

}  // namespace jiexu
