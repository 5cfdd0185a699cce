#include "daemon/bankfiles/camt_entry.h"

#include <algorithm>

#include "daemon/bankfiles/bank_text.h"
#include "daemon/base/limits.h"

namespace jiexu::camt {

bool in_yuan(std::string_view currency) {
  return currency == "CNY" || currency == "RMB";
}

bool may_be_ours(std::string_view text) {
  constexpr auto kOurDigitsMin = 20;
  const auto is_decimal = [](char c) { return c >= '0' && c <= '9'; };
  return std::ranges::count_if(text, is_decimal) >= kOurDigitsMin;
}

Result<void> take_amount(std::string_view text, std::optional<Fen>& to) {
  to = parse_amount(text);
  if (to && to->value >= 0) return {};
  return fail(Errc::kInvalid, "Amt of a detail is not an amount in yuan");
}

// Opening and closing balance, booked. Of a statement in pages the inner ones are interim balances:
// the first of a page opens it, the last closes it.
void Balance::add_to(v1::Statement& statement) const {
  if (!amount || (sign != "CRDT" && sign != "DBIT")) return;
  const int64_t fen = (sign == "CRDT" ? *amount : -*amount).value;
  const bool interim = kind == "ITBD";
  const bool opens = kind == "OPBD" || kind == "PRCD" || (interim && !statement.has_opening());
  if (opens && (!statement.has_opening() || kind == "OPBD")) {
    statement.set_has_opening(true);
    statement.set_opening_fen(fen);
    statement.set_opened_on(day);
  } else if (kind == "CLBD" || (interim && !statement.has_closing())) {
    statement.set_has_closing(true);
    statement.set_closing_fen(fen);
    statement.set_closed_on(day);
  }
}

std::string reference(std::string_view text) {
  std::string clean = clean_field(text);
  return clean == "NONREF" || clean == "NOTPROVIDED" ? std::string() : clean;
}

void add_text(std::string_view text, std::vector<std::string>& to) {
  size_t bytes = 0;
  for (const std::string& part : to) bytes += part.size() + 1;
  while (!text.empty()) {
    const size_t end = std::min(text.find_first_of("\r\n"), text.size());
    std::string clean = clean_field(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    bytes += clean.size() + 1;
    if (bytes > limits::kXmlTextBytesMax) return;
    if (!clean.empty()) to.push_back(std::move(clean));
  }
}

void take_charge(std::string_view text, Fen& to) {
  const auto amount = parse_amount(text);
  const auto sum = amount ? add(to, *amount) : std::nullopt;
  if (sum && amount->value > 0) to = *sum;
}

}  // namespace jiexu::camt
