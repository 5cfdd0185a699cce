// Numbers of remittance batches, made by the transfer-out agency: 21 digits, so that in a bank's
// remark they are told from letter numbers (20) and document numbers (18).
//
//   411328 07 261120 000042 c
//   area   office yymmdd sequence check (ISO 7064 MOD 11,10)
//
// Digits only, because a bank may drop anything else. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "daemon/base/ids.h"
#include "daemon/base/time.h"

namespace jiexu {

class BatchNumber {
 public:
  static constexpr size_t kSize = 21;
  static constexpr uint32_t kSequenceMax = 999'999;

  // nullopt if the sequence is not in 1..kSequenceMax or the year not in 2000..2099.
  static std::optional<BatchNumber> make(const AgencyId& agency, Date made, uint32_t sequence);
  // Folds full-width digits and trims; nullopt if it is no batch number.
  static std::optional<BatchNumber> parse(std::string_view text);

  // 21 digits.
  const std::string& text() const { return text_; }
  // True if area and office are those of `agency`.
  bool is_of(const AgencyId& agency) const;

  auto operator<=>(const BatchNumber&) const = default;

 private:
  explicit BatchNumber(std::string text) : text_(std::move(text)) {}

  std::string text_;
};

}  // namespace jiexu
