#include "daemon/rules/field_checks.h"

#include <algorithm>

#include "daemon/base/ids.h"
#include "daemon/base/text.h"
#include "daemon/rules/iso7064.h"

namespace jiexu {
namespace {

constexpr int32_t kMonthMin = 195001;
constexpr int32_t kMonthMax = 205012;

}  // namespace

bool is_month(int32_t yyyymm) {
  return yyyymm >= kMonthMin && yyyymm <= kMonthMax && yyyymm % 100 >= 1 && yyyymm % 100 <= 12;
}

void FieldChecks::add(FormRule rule, Field field, std::string text) {
  std::string path(field.parent);
  if (!path.empty() && !field.name.empty()) path += '.';
  path += field.name;
  findings_.push_back({rule, std::move(path), std::move(text)});
}

bool FieldChecks::given_text(const Field& field, std::string_view value, Need need,
                             size_t chars_max) {
  if (is_blank(value)) {
    if (need == Need::kRequired) add(FormRule::kMissing, field, "this field is required");
    return false;
  }
  if (value.size() > chars_max && utf8_length(value) > chars_max) {
    add(FormRule::kTooLong, field, "at most " + std::to_string(chars_max) + " characters");
    return false;
  }
  if (has_hidden(value)) {
    add(FormRule::kHidden, field,
        "holds a line end or another character that is not seen; type it anew");
    return false;
  }
  return true;
}

void FieldChecks::six_digits(const Field& field, std::string_view value, Need need) {
  if (!text(field, value, need, 6)) return;
  if (value.size() != 6 || !is_digits(value)) add(FormRule::kSixDigits, field, "must be 6 digits");
}

void FieldChecks::agency(const Field& field, std::string_view value) {
  if (value.empty() || AgencyId::parse(value)) return;
  add(FormRule::kAgencyCode, field, "must be 'S' and 11 digits");
}

bool FieldChecks::code(const Field& field, int value, bool known) {
  if (value == 0) add(FormRule::kMissing, field, "this field is required");
  if (value != 0 && !known) add(FormRule::kUnknownCode, field, "the code is not in the list");
  return value != 0 && known;
}

bool FieldChecks::date(const Field& field, int32_t value, Need need) {
  if (value == 0) {
    if (need == Need::kRequired) add(FormRule::kMissing, field, "this field is required");
    return false;
  }
  const auto date = Date::from_yyyymmdd(value);
  if (!date) add(FormRule::kDate, field, "this date does not exist");
  if (date && *date > today_) add(FormRule::kFutureDate, field, "this date is in the future");
  return date && *date <= today_;
}

void FieldChecks::month(const Field& field, int32_t yyyymm, Need need) {
  if (is_month(yyyymm) || (yyyymm == 0 && need == Need::kOptional)) return;
  add(FormRule::kMonth, field, "must be a month yyyymm from 195001 to 205012");
}

void FieldChecks::amount(const Field& field, int64_t fen, int64_t min_fen) {
  if (fen >= min_fen && fen <= kFormAmountMaxFen) return;
  add(FormRule::kAmountRange, field,
      min_fen < 0 ? "must be within 9999999999.99 yuan" : "must be from 0 to 9999999999.99 yuan");
}

std::vector<Finding> FieldChecks::take() {
  std::stable_sort(findings_.begin(), findings_.end(),
                   [](const Finding& a, const Finding& b) { return a.rule < b.rule; });
  return std::move(findings_);
}

}  // namespace jiexu
