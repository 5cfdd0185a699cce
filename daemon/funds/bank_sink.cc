#include "daemon/funds/bank_sink.h"

namespace jiexu {

Result<void> hand_on(v1::BankLine& line, const BankLineSink& sink, BankFileSummary& summary) {
  const Fen amount{line.amount_fen()};
  Fen& total = amount.value < 0 ? summary.debited : summary.credited;
  const auto sum = add(total, amount.value < 0 ? -amount : amount);
  if (!sum) return fail(Errc::kInvalid, "the amounts add up to more than 64 bits hold");
  total = *sum;
  ++summary.lines;
  return sink(line);
}

}  // namespace jiexu
