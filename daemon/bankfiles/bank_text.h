// Fields of bank files as banks write them: amounts, days, numbers in full width, the word "null"
// where nothing is known. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "daemon/base/money.h"

namespace jiexu {

// Without white space (also U+3000) at the ends; empty for the word "null" and for two
// quotation marks, which banks write where they know nothing.
std::string clean_field(std::string_view text);

// Yuan with any number of decimals of which at most two say something; full width is folded, a sign
// is allowed. nullopt: not an amount, a fraction of a fen, or 10^13 yuan and more.
std::optional<Fen> parse_amount(std::string_view text);

// yyyymmdd from "20260918", "2026-09-18" or a date with time; of a time with a zone the date in
// China Standard Time. nullopt: no such day.
std::optional<int32_t> parse_day(std::string_view text);

// An account or serial number: width folded, without white space.
std::string clean_number(std::string_view text);

}  // namespace jiexu
