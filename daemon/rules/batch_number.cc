#include "daemon/rules/batch_number.h"

#include <cstdio>

#include "daemon/base/check.h"
#include "daemon/base/text.h"
#include "daemon/rules/iso7064.h"

namespace jiexu {

std::optional<BatchNumber> BatchNumber::make(const AgencyId& agency, Date made, uint32_t sequence) {
  if (sequence < 1 || sequence > kSequenceMax) return std::nullopt;
  if (made.year < 2000 || made.year > 2099) return std::nullopt;
  char tail[32];
  std::snprintf(tail, sizeof tail, "%06d%06u", static_cast<int>(made.yyyymmdd() % 1'000'000),
                sequence);
  std::string text = std::string(agency.area()) + std::string(agency.office()) + tail;
  text.push_back(mod_11_10_check(text));
  CHECK(text.size() == kSize);
  return BatchNumber(std::move(text));
}

std::optional<BatchNumber> BatchNumber::parse(std::string_view text) {
  std::string number = fold_and_trim(text);
  if (number.size() != kSize || !is_digits(number)) return std::nullopt;
  if (!Date::from_yyyymmdd(static_cast<int32_t>(20'000'000 + digits_at(number, 8, 6)))) {
    return std::nullopt;
  }
  if (digits_at(number, 14, 6) == 0 || !mod_11_10_valid(number)) return std::nullopt;
  return BatchNumber(std::move(number));
}

bool BatchNumber::is_of(const AgencyId& agency) const {
  return std::string_view(text_).substr(0, 6) == agency.area() &&
         std::string_view(text_).substr(6, 2) == agency.office();
}

}  // namespace jiexu
