#include "daemon/bankfiles/bank_sink.h"

#include "daemon/base/limits.h"

namespace jiexu {

std::optional<std::string> why_impossible(Fen amount) {
  if (within(amount.value, limits::kBankLineFenMax)) return std::nullopt;
  return "an amount of " + amount.yuan() + " yuan; a line has at most " +
         Fen{limits::kBankLineFenMax}.yuan();
}

Result<void> check_amounts(const google::protobuf::RepeatedPtrField<v1::BankLine>& lines) {
  for (int i = 0; i < lines.size(); ++i) {
    const auto why = why_impossible(Fen{lines[i].amount_fen()});
    if (why) return fail(Errc::kInvalid, "lines." + std::to_string(i) + ".amount_fen: " + *why);
  }
  return {};
}

Result<void> hand_on(v1::BankLine& line, const BankLineSink& sink, BankFileSummary& summary) {
  const Fen amount{line.amount_fen()};
  Fen& total = amount.value < 0 ? summary.debited : summary.credited;
  const auto sum = add(total, amount.value < 0 ? -amount : amount);
  if (!sum) return fail(Errc::kInvalid, "the amounts add up to more than 64 bits hold");
  total = *sum;
  if (!line.unreadable().empty() && ++summary.unreadable == 1) {
    summary.first_reason = "line " + std::to_string(line.file_line()) + ": " + line.unreadable();
  }
  ++summary.lines;
  if (!summary.parts.empty()) {
    v1::Statement& statement = summary.parts.back();
    statement.set_lines(statement.lines() + 1);
    statement.set_fen(add(Fen{statement.fen()}, amount).value_or(Fen{}).value);
  }
  return sink(line);
}

}  // namespace jiexu
