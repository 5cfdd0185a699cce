// The states of a payment that a case has ordered, and of the batch that takes it to the bank. What
// leads from one to another: payment_machine.h, batch_machine.h, drawn in
// daemon/payments/README.md. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace jiexu {

// Numbers of all three are stored and never reused.
enum class PaymentState : uint32_t {
  kOrdered = 1,
  kBatched = 2,
  kExported = 3,  // the bank has it
  kPaid = 4,      // says the bank
  kReturned = 5,
  kTakenBack = 6,
};

enum class BatchState : uint32_t {
  kMade = 1,
  kApproved = 2,
  kExported = 3,
  kVoid = 4,
};

enum class PaymentFormat : uint32_t {
  kPain001 = 1,
  kDelimited = 2,
};

std::string_view name(PaymentState state);
std::string_view name(BatchState state);
std::string_view name(PaymentFormat format);
// nullopt: no format of this name.
std::optional<PaymentFormat> payment_format(std::string_view name);

// The bank does not have it yet, and is to get it.
constexpr bool is_waiting(PaymentState state) {
  return state == PaymentState::kOrdered || state == PaymentState::kBatched;
}

}  // namespace jiexu
