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

Results one_result(BankService::Settled settled) {
  if (!settled) return Answered<v1::BankLineResults>(tl::unexpected(settled.error()));
  v1::BankLineResults results;
  *results.add_results() = std::move(*settled);
  return results;
}

Results propose(BankService& service, const SettleLineCommand& asked, const std::string& user,
                Instant now) {
  v1::LineActRecord act;
  act.set_act(static_cast<uint32_t>(asked.act));
  act.set_note(asked.note);
  act.set_fee_fen(asked.fee.value);
  if (asked.same_as) act.set_same_as(std::string(view(*asked.same_as)));
  for (const Allocation& part : asked.to) {
    v1::AllocationRecord* to = act.add_to();
    to->set_case_id(std::string(part.id.bytes()));
    to->set_amount_fen(part.amount.value);
    to->set_attempt(part.attempt);
  }
  TRY(auto settled, service.propose(asked.line, std::move(act), user, now));
  return one_result(std::move(settled));
}

Results decide(BankService& service, const DecideLineCommand& asked, const std::string& user,
               Instant now) {
  TRY(auto settled, asked.content ? service.approve(asked.line, *asked.content, user, now)
                                  : service.retract(asked.line));
  return one_result(std::move(settled));
}

Result<Answered<v1::BankFileView>> take_file(BankFiles& files, const TakeFileCommand& asked,
                                             const std::string& user, Instant now) {
  using Act = TakeFileCommand::Act;
  switch (asked.act) {
    case Act::kPropose: return files.propose(asked, user, now);
    case Act::kApprove: return files.approve(asked.file, asked.said, user, now);
    case Act::kRetract: break;
  }
  return files.retract(asked.file);
}

}  // namespace

void register_bank_commands(Kernel& kernel, BankService& service, BankFiles& files) {
  kernel.answer<BankCommand>(
      CommandKind::kAct,
      [&kernel, &service](const BankCommand& bank, const std::string&, Moment now) {
        return import(kernel, service, bank, now.wall);
      });
  kernel.answer<SettleLineCommand>(
      CommandKind::kAct,
      [&service](const SettleLineCommand& asked, const std::string& user, Moment now) {
        return propose(service, asked, user, now.wall);
      });
  kernel.answer<DecideLineCommand>(
      CommandKind::kAct, [&service](const DecideLineCommand& asked, const std::string& user,
                                    Moment now) { return decide(service, asked, user, now.wall); });
  kernel.answer<TakeFileCommand>(
      CommandKind::kAct, [&files](const TakeFileCommand& asked, const std::string& user,
                                  Moment now) { return take_file(files, asked, user, now.wall); });
  kernel.answer<BankFileCommand>(CommandKind::kAct,
                                 [&files](const BankFileCommand& file, const std::string& user,
                                          Moment now) -> Result<Answered<v1::BankFileView>> {
                                   TRY(auto view,
                                       files.stage(file.file, *file.part, user, now.wall));
                                   return Answered<v1::BankFileView>(std::move(view));
                                 });
}

}  // namespace jiexu
