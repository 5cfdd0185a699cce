// The elements of a statement that say something, by their path below it, in all versions. Pure.
#pragma once

#include <string_view>
#include <unordered_map>

namespace jiexu::camt {

// In the order of what they belong to: statement, entry, detail.
enum class Field {
  kStatementId,
  kStatementMade,
  kStatementEnd,
  kAccount,
  kBalanceKind,
  kBalanceAmount,
  kBalanceSign,
  kBalanceDay,
  kAccountCurrency,
  kEntryReference,
  kEntryAmount,
  kEntrySign,
  kReversal,
  kStatus,
  kBookedOn,
  kValuedOn,
  kEntryBankReference,
  kEntryText,
  kEntryCharge,
  kBatch,
  kBatchFile,
  kBankReference,
  kDetailBatch,
  kEndToEndId,
  kInstructionId,
  kAmount,
  kAmountWithin,
  kAmountInstructed,
  kCharge,
  kSign,
  kDebtorName,
  kDebtorAccount,
  kDebtorBank,
  kCreditorName,
  kCreditorAccount,
  kCreditorBank,
  kRemark,
  kReference,
  kReturnReason,
  kDetailText,
};

// By path, such as "Ntry/Amt". What differs between the versions stands twice.
const std::unordered_map<std::string_view, Field>& fields();

}  // namespace jiexu::camt
