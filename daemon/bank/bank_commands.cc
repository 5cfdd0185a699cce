#include "daemon/bank/bank_commands.h"

#include "daemon/bank/bank_files.h"
#include "daemon/bank/bank_service.h"

namespace jiexu {
namespace {

using Results = Result<Answered<v1::BankLineResults>>;

// Each line is a step of its own.
Results import(Kernel& kernel, BankService& service, const BankCommand& bank, Instant now) {
  v1::BankLineResults results;
  LineSource together;
  for (const v1::BankLine& line : bank.lines) {
    TRY(auto result, service.import(line, together, now));
    TRY_DO(kernel.end_step());
    *results.add_results() = std::move(result);
  }
  // Also if all were known: that no answer leaves before a sync can then be judged from outside.
  kernel.request_commit(Urgency::kUrgent);
  return results;
}

Results settle(BankService& service, const SettleLineCommand& settle, const std::string& user,
               Instant now) {
  TRY(auto settled, settle.noticed ? service.match_noticed(settle.line, user, settle.note, now)
                    : settle.to.empty()
                        ? service.set_aside(settle.line, user, settle.note, now)
                        : service.match_by_hand(settle.line, settle.to, user, settle.note, now));
  if (!settled) return Answered<v1::BankLineResults>(tl::unexpected(settled.error()));
  v1::BankLineResults results;
  *results.add_results() = std::move(*settled);
  return results;
}

}  // namespace

void register_bank_commands(Kernel& kernel, BankService& service, BankFiles& files) {
  kernel.answer<BankCommand>(
      CommandKind::kAct,
      [&kernel, &service](const BankCommand& bank, const std::string&, Moment now) {
        return import(kernel, service, bank, now.wall);
      });
  kernel.answer<SettleLineCommand>(
      CommandKind::kAct, [&service](const SettleLineCommand& asked, const std::string& user,
                                    Moment now) { return settle(service, asked, user, now.wall); });
  kernel.answer<BankFileCommand>(CommandKind::kAct,
                                 [&files](const BankFileCommand& file, const std::string& user,
                                          Moment now) -> Result<Answered<v1::BankFileView>> {
                                   TRY(auto view,
                                       files.stage(file.file, *file.part, user, now.wall));
                                   return Answered<v1::BankFileView>(std::move(view));
                                 });
}

}  // namespace jiexu
