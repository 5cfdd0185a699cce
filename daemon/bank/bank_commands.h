// What people and local systems do with bank lines.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "daemon/bank/rules/line_step.h"
#include "daemon/bank/rules/matcher.h"
#include "daemon/base/ids.h"
#include "daemon/engine/command.h"
#include "daemon/engine/kernel.h"
#include "jiexu/v1/api.pb.h"

namespace jiexu {

class BankService;
class BankFiles;

// Credits from the bank, together durable or not at all.
struct BankCommand {
  using Reply = Answered<v1::BankLineResults>;
  std::vector<v1::BankLine> lines;
};

// A part of a bank's file.
struct BankFileCommand {
  using Reply = Answered<v1::BankFileView>;
  Digest file{};
  std::shared_ptr<const v1::BankFileInput> part;
};

// One person proposes what is to be done with a bank line (daemon/bank/rules/line_step.h).
struct SettleLineCommand {
  using Reply = Answered<v1::BankLineResults>;
  Digest line{};
  LineAct act{};
  std::vector<Allocation> to;  // kMatch alone
  std::string note;
  std::optional<Digest> same_as;  // kSame; nullopt: the line that it may be
  Fen fee{};                      // kMatch of a debit alone: what of it is the bank's fee
};

// Another one approves it as it was shown, or anybody takes it back.
struct DecideLineCommand {
  using Reply = Answered<v1::BankLineResults>;
  Digest line{};
  std::optional<std::string> content;  // in hex; nullopt: taken back
};

// A file that is held is taken as it is, or put aside.
struct TakeFileCommand {
  using Reply = Answered<v1::BankFileView>;
  enum class Act : uint8_t { kPropose, kApprove, kRetract };
  Digest file{};
  Act act{};
  std::string said;  // kPropose: how it is known; kApprove: the digest of what was shown, in hex
  // Of kPropose. `replaced_by`: the file that stands for one that is put aside, if there is one.
  bool set_aside = false;
  std::optional<Digest> replaced_by{};
};

// Once, at start. All must outlive the kernel.
void register_bank_commands(Kernel& kernel, BankService& service, BankFiles& files);

}  // namespace jiexu
