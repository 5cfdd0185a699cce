// How the service reads and changes the record of a bank line. Records hold plain numbers and
// bytes; these are what they mean.
#pragma once

#include <string>
#include <string_view>

#include "daemon/bank/rules/line_step.h"
#include "daemon/bank/rules/matcher.h"
#include "daemon/bank/rules/statement.h"
#include "daemon/base/ids.h"
#include "daemon/base/limits.h"
#include "daemon/base/money.h"
#include "jiexu/v1/record.pb.h"

namespace jiexu {

// What can be booked at all. An older version booked what this one does not.
inline bool is_usable(const v1::BankLine& line) {
  return line.amount_fen() != 0 && within(line.amount_fen(), limits::kBankLineFenMax) &&
         !line.host_sequence().empty() && !line.account_number().empty();
}

inline BankOutcome outcome_of(const v1::BankLineRecord& record) {
  return static_cast<BankOutcome>(record.outcome());
}

inline void set_outcome(BankOutcome outcome, v1::BankLineRecord& record) {
  record.set_outcome(static_cast<uint32_t>(outcome));
}

// That much of the line is booked with the case.
inline void add_part(const Allocation& booked, v1::BankLineRecord& record) {
  v1::AllocationRecord* part = record.add_to();
  part->set_case_id(std::string(booked.id.bytes()));
  part->set_amount_fen(booked.amount.value);
  part->set_attempt(booked.attempt);
}

// But for its end, as people are shown accounts.
std::string masked_account(const std::string& account);

// As the rules see a statement.
StatementFacts statement_facts(const v1::Statement& statement);

int64_t sum_of_parts(const v1::BankLineRecord& record);

// As the rules see the line. Whether its cases pay or receive is the caller's to add.
LineNow line_now(const v1::BankLineRecord& record);

// The act that waits for its second person; nullptr: none.
const v1::LineActRecord* open_act(const v1::BankLineRecord& record);
// What an approval names: the line as it stands, and all of the act.
Digest act_content(const Digest& line, const v1::BankLineRecord& record,
                   const v1::LineActRecord& act);
// The same of a file that is to be taken as it is.
Digest act_content(const Digest& file, const v1::BankFileRecord& record,
                   const v1::LineActRecord& act);

}  // namespace jiexu
