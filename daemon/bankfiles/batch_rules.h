// How payments are collected into batches, and batches written for the bank. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "daemon/bankfiles/payment_file.h"
#include "daemon/base/money.h"

namespace jiexu {

// From the configuration.
struct BatchRules {
  size_t payments_max = 200;
  Fen total_max{100'000'000'00};          // a single payment above it goes alone
  std::optional<int32_t> collect_minute;  // of the day in China; nullopt: by hand only
  DelimitedLayout layout{
      {PaymentColumn::kSeq, PaymentColumn::kEndToEndId, PaymentColumn::kAmount,
       PaymentColumn::kPayeeAccount, PaymentColumn::kPayeeHolder, PaymentColumn::kPayeeBank,
       PaymentColumn::kPayeeCnaps, PaymentColumn::kRemark},
      "|",
      false,
      true,
      true};
  bool operator==(const BatchRules&) const = default;
};

}  // namespace jiexu
