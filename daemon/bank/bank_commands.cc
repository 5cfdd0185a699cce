#include "daemon/bank/bank_commands.h"

#include "daemon/bank/bank_desk.h"
#include "daemon/bank/bank_files.h"

namespace jiexu {
namespace {

using Results = Result<Answered<v1::BankLineResults>>;

// Each line is a step of its own.
Results import(Kernel& kernel, BankDesk& desk, const BankCommand& bank, Instant now) {
  v1::BankLineResults results;
  LineSource together;
  for (const v1::BankLine& line : bank.lines) {
    TRY(auto result, desk.import(line, together, now));
    TRY_DO(kernel.end_step());
    *results.add_results() = std::move(result);
  }
  // Also if all were known: that no answer leaves before a sync can then be judged from outside.
  kernel.request_commit(Urgency::kUrgent);
  return results;
}

Results settle(BankDesk& desk, const SettleLineCommand& settle, const std::string& user,
               Instant now) {
  TRY(auto settled, settle.noticed ? desk.match_noticed(settle.line, user, settle.note, now)
                    : settle.to.empty()
                        ? desk.set_aside(settle.line, user, settle.note, now)
                        : desk.match_by_hand(settle.line, settle.to, user, settle.note, now));
  if (!settled) return Answered<v1::BankLineResults>(tl::unexpected(settled.error()));
  v1::BankLineResults results;
  *results.add_results() = std::move(*settled);
  return results;
}

}  // namespace

void register_bank_commands(Kernel& kernel, BankDesk& desk, BankFiles& files) {
  kernel.answer<BankCommand>(
      CommandKind::kAct, [&kernel, &desk](const BankCommand& bank, const std::string&, Moment now) {
        return import(kernel, desk, bank, now.wall);
      });
  kernel.answer<SettleLineCommand>(
      CommandKind::kAct, [&desk](const SettleLineCommand& asked, const std::string& user,
                                 Moment now) { return settle(desk, asked, user, now.wall); });
  kernel.answer<BankFileCommand>(CommandKind::kAct,
                                 [&files](const BankFileCommand& file, const std::string& user,
                                          Moment now) -> Result<Answered<v1::BankFileView>> {
                                   TRY(auto view,
                                       files.stage(file.file, *file.part, user, now.wall));
                                   return Answered<v1::BankFileView>(std::move(view));
                                 });
}

}  // namespace jiexu
