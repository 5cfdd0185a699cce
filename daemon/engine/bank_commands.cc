// What people and local systems do with bank lines.
#include "daemon/engine/engine.h"

namespace jiexu {

Result<void> Engine::run(const Command& command, const BankCommand& bank, Instant now) {
  Answer answer;
  LineSource together;
  for (const v1::BankLine& line : bank.lines) {
    auto result = bank_.import(line, together, now);
    if (!result) return tl::unexpected(result.error());
    if (auto done = tx_.end_step(); !done) return done;
    *answer.bank.add_results() = std::move(*result);
  }
  gather(true);
  answer_after_commit(command, std::move(answer));
  return {};
}

Result<void> Engine::run(const Command& command, const BankFileCommand& file, Instant now) {
  auto view = bank_files_.stage(file.file, *file.part, command.user, now);
  if (!view) return tl::unexpected(view.error());
  Answer answer;
  answer.bank_file = std::move(*view);
  answer_after_commit(command, std::move(answer));
  return {};
}

Result<void> Engine::run(const Command& command, const SettleLineCommand& settle, Instant now) {
  const auto settled =
      settle.noticed ? bank_.match_noticed(settle.line, command.user, settle.note, now)
      : settle.to.empty()
          ? bank_.set_aside(settle.line, command.user, settle.note, now)
          : bank_.match_by_hand(settle.line, settle.to, command.user, settle.note, now);
  if (!settled) return tl::unexpected(settled.error());
  Answer answer;
  if (*settled) {
    *answer.bank.add_results() = **settled;
  } else {
    answer.rejection = settled->error();
  }
  answer_after_commit(command, std::move(answer));
  return {};
}

}  // namespace jiexu
