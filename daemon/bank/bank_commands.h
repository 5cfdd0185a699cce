// What people and local systems do with bank lines.
#pragma once

#include <memory>
#include <string>
#include <vector>

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

// A person says where the money of a waiting bank line belongs, or that it goes to every case of
// its batch whose notice is here, or, without either, that it is no money of a case.
struct SettleLineCommand {
  using Reply = Answered<v1::BankLineResults>;
  Digest line{};
  std::vector<Allocation> to;
  std::string note;
  bool noticed = false;
};

// Once, at start. All must outlive the kernel.
void register_bank_commands(Kernel& kernel, BankService& service, BankFiles& files);

}  // namespace jiexu
