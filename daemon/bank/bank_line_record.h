// How the service reads and changes the record of a bank line. Records hold plain numbers and
// bytes; these are what they mean.
#pragma once

#include <string>

#include "daemon/bank/rules/matcher.h"
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

}  // namespace jiexu
