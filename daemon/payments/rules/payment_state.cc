#include "daemon/payments/rules/payment_state.h"

namespace jiexu {

std::string_view name(PaymentState state) {
  switch (state) {
    case PaymentState::kOrdered: return "ordered";
    case PaymentState::kBatched: return "batched";
    case PaymentState::kExported: return "exported";
    case PaymentState::kPaid: return "paid";
    case PaymentState::kReturned: return "returned";
    case PaymentState::kTakenBack: return "taken_back";
  }
  return "";
}

std::string_view name(BatchState state) {
  switch (state) {
    case BatchState::kMade: return "made";
    case BatchState::kApproved: return "approved";
    case BatchState::kExported: return "exported";
    case BatchState::kVoid: return "void";
  }
  return "";
}

std::string_view name(PaymentFormat format) {
  switch (format) {
    case PaymentFormat::kPain001: return "pain.001";
    case PaymentFormat::kDelimited: return "delimited";
  }
  return "";
}

std::optional<PaymentFormat> payment_format(std::string_view text) {
  for (const auto format : {PaymentFormat::kPain001, PaymentFormat::kDelimited}) {
    if (name(format) == text) return format;
  }
  return std::nullopt;
}

}  // namespace jiexu
