// Credits from the bank: each line is imported once, finds its case by the letter number in the
// remark, and has a named outcome for ever.
#pragma once

#include <cstdint>
#include <string_view>

#include "daemon/engine/case_desk.h"
#include "jiexu/v1/api.pb.h"

namespace jiexu {

// Numbers are stored and never reused.
enum class BankOutcome : uint32_t {
  kMatched = 1,           // the case's money is complete to the fen
  kEarly = 2,             // parked with its case until the form comes (X24)
  kAmountDiffers = 3,     // parked with its case; not what the form says (X23)
  kUnknownReference = 4,  // no case: suspense (X29)
  kNotExpected = 5,       // the case is known but is due no money: suspense
  kInvalid = 6,           // not imported: an amount or a field is wrong
};

std::string_view name(BankOutcome outcome);

class BankDesk {
 public:
  BankDesk(AgencyId self, PendingReader& pending, const Vault& vault, CaseDesk& cases)
      : self_(self), pending_(pending), records_(pending, vault), cases_(cases) {}

  // Imports one line into the open commit. A line that was imported before changes nothing and gets
  // its old outcome with `duplicate` in front.
  Result<v1::BankLineResult> import(const v1::BankLine& line, Instant now);

 private:
  struct Placed {
    BankOutcome outcome;
    CaseId case_id;
  };
  Result<Placed> place(const v1::BankLine& line, Instant now);
  Result<std::optional<Placed>> place_with(const CaseId& id, const v1::BankLine& line, Instant now);
  Result<void> store(const std::string& key, const v1::BankLine& line, const Placed& placed,
                     Instant now);

  AgencyId self_;
  PendingReader& pending_;
  Records records_;
  CaseDesk& cases_;
};

}  // namespace jiexu
