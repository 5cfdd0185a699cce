// The rules that any field can break, and where findings are gathered. Internal to form_check.cc
// and history.cc.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/base/limits.h"
#include "daemon/base/time.h"
#include "daemon/rules/form_check.h"

namespace jiexu {

// What an amount field of the live screens can hold: 9,999,999,999.99 yuan.
inline constexpr int64_t kFormAmountMaxFen = limits::kAmountFenMax;

// Months of the live screens: yyyymm from 195001 to 205012.
bool is_month(int32_t yyyymm);

enum class Need : uint8_t { kRequired, kOptional };

class FieldChecks {
 public:
  explicit FieldChecks(Date today) : today_(today) {}

  // Path of `name` inside the message at `parent` ("" for the form itself). Handed on by reference:
  // a copy for each of a row's checks took a third of step().
  struct Field {
    std::string_view parent;
    std::string_view name;
  };

  void add(FormRule rule, Field field, std::string text);

  // Rules kMissing, kTooLong, kHidden. True if there is a value and it breaks none of them. That it
  // is UTF-8 was checked when the message was parsed, on the wire and in the API.
  bool text(const Field& field, std::string_view value, Need need, size_t chars_max) {
    // Most fields that may be left out are.
    if (value.empty() && need == Need::kOptional) return false;
    return given_text(field, value, need, chars_max);
  }
  // As text(), and exactly six ASCII digits.
  void six_digits(const Field& field, std::string_view value, Need need = Need::kRequired);
  // Rule kAgencyCode, of a code that may be left out.
  void agency(const Field& field, std::string_view value);
  // Rules kMissing, kUnknownCode. 0 means that the code is not given.
  bool code(const Field& field, int value, bool known);
  // Rules kMissing, kDate, kFutureDate. 0 means that the date is not given.
  bool date(const Field& field, int32_t value, Need need);
  // Rule kMonth; an optional month may be 0.
  void month(const Field& field, int32_t yyyymm, Need need);
  // Rule kAmountRange: from `min_fen`, 0 or the lowest below it, to kFormAmountMaxFen.
  void amount(const Field& field, int64_t fen, int64_t min_fen = 0);

  Date today() const { return today_; }
  size_t count() const { return findings_.size(); }
  // Findings in the order of their rules; ends the checks.
  std::vector<Finding> take();

 private:
  bool given_text(const Field& field, std::string_view value, Need need, size_t chars_max);

  Date today_;
  std::vector<Finding> findings_;
};

}  // namespace jiexu
