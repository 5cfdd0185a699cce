// Fields of bank files as banks write them: amounts, days, numbers in full width, the word "null"
// where nothing is known. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/base/money.h"

namespace jiexu {

// Without white space (also U+3000) at the ends; empty for the word "null" and for two
// quotation marks, which banks write where they know nothing.
std::string clean_field(std::string_view text);

// Yuan as xs:decimal has them, with any number of decimals of which at most two say something, such
// as ".5" and "007."; full width is folded, a sign is allowed. nullopt: not an amount, a fraction
// of a fen, or 10^13 yuan and more.
std::optional<Fen> parse_amount(std::string_view text);

// yyyymmdd from "20260918", "2026-09-18" or a date with time; of a time with a zone the date in
// China Standard Time. nullopt: no such day.
std::optional<int32_t> parse_day(std::string_view text);

// An account or serial number: width folded, without white space.
std::string clean_number(std::string_view text);

// The parts of one text, as a bank has cut it into lines or columns, with spaces between them; but
// a letter number or a batch number that was cut is whole again.
std::string join_text(const std::vector<std::string>& parts);

// The column in UTF-8, without half a character that a bank has cut at its end. nullopt: more of it
// is not GBK than that.
std::optional<std::string> decode_cut_gbk(std::string_view column);

}  // namespace jiexu
