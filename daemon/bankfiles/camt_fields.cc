#include "daemon/bankfiles/camt_fields.h"

namespace jiexu::camt {
namespace {

struct Place {
  std::string_view path;
  Field field;
};

#define DETAIL "Ntry/NtryDtls/TxDtls/"
constexpr Place kPlaces[] = {
    {"Id", Field::kStatementId},
    {"CreDtTm", Field::kStatementMade},
    {"FrToDt/ToDtTm", Field::kStatementEnd},
    {"Acct/Id/IBAN", Field::kAccount},
    {"Acct/Id/Othr/Id", Field::kAccount},
    {"Bal/Tp/CdOrPrtry/Cd", Field::kBalanceKind},
    {"Bal/Amt", Field::kBalanceAmount},
    {"Bal/CdtDbtInd", Field::kBalanceSign},
    {"Bal/Dt/Dt", Field::kBalanceDay},
    {"Bal/Dt/DtTm", Field::kBalanceDay},
    {"Acct/Ccy", Field::kAccountCurrency},
    {"Ntry/NtryRef", Field::kEntryReference},
    {"Ntry/Amt", Field::kEntryAmount},
    {"Ntry/CdtDbtInd", Field::kEntrySign},
    {"Ntry/RvslInd", Field::kReversal},
    {"Ntry/Sts", Field::kStatus},        // to .07
    {"Ntry/Sts/Cd", Field::kStatus},     // .08
    {"Ntry/Sts/Prtry", Field::kStatus},  // .08
    {"Ntry/BookgDt/Dt", Field::kBookedOn},
    {"Ntry/BookgDt/DtTm", Field::kBookedOn},
    {"Ntry/ValDt/Dt", Field::kValuedOn},
    {"Ntry/ValDt/DtTm", Field::kValuedOn},
    {"Ntry/AcctSvcrRef", Field::kEntryBankReference},
    {"Ntry/AddtlNtryInf", Field::kEntryText},
    {"Ntry/Chrgs/Amt", Field::kEntryCharge},       // .02
    {"Ntry/Chrgs/Rcrd/Amt", Field::kEntryCharge},  // from .04 on
    {"Ntry/NtryDtls/Btch/MsgId", Field::kBatchFile},
    {"Ntry/NtryDtls/Btch/PmtInfId", Field::kBatch},
    {DETAIL "Refs/AcctSvcrRef", Field::kBankReference},
    {DETAIL "Refs/PmtInfId", Field::kDetailBatch},
    {DETAIL "Refs/EndToEndId", Field::kEndToEndId},
    {DETAIL "Refs/InstrId", Field::kInstructionId},
    {DETAIL "Amt", Field::kAmount},                      // from .04 on
    {DETAIL "AmtDtls/TxAmt/Amt", Field::kAmountWithin},  // .02
    {DETAIL "AmtDtls/InstdAmt/Amt", Field::kAmountInstructed},
    {DETAIL "Chrgs/Amt", Field::kCharge},       // .02
    {DETAIL "Chrgs/Rcrd/Amt", Field::kCharge},  // from .04 on
    {DETAIL "CdtDbtInd", Field::kSign},
    {DETAIL "RltdPties/Dbtr/Nm", Field::kDebtorName},      // to .07
    {DETAIL "RltdPties/Dbtr/Pty/Nm", Field::kDebtorName},  // .08
    {DETAIL "RltdPties/DbtrAcct/Id/IBAN", Field::kDebtorAccount},
    {DETAIL "RltdPties/DbtrAcct/Id/Othr/Id", Field::kDebtorAccount},
    {DETAIL "RltdPties/Cdtr/Nm", Field::kCreditorName},
    {DETAIL "RltdPties/Cdtr/Pty/Nm", Field::kCreditorName},
    {DETAIL "RltdPties/CdtrAcct/Id/IBAN", Field::kCreditorAccount},
    {DETAIL "RltdPties/CdtrAcct/Id/Othr/Id", Field::kCreditorAccount},
    {DETAIL "RltdAgts/DbtrAgt/FinInstnId/ClrSysMmbId/MmbId", Field::kDebtorBank},
    {DETAIL "RltdAgts/DbtrAgt/FinInstnId/BIC", Field::kDebtorBank},
    {DETAIL "RltdAgts/DbtrAgt/FinInstnId/BICFI", Field::kDebtorBank},
    {DETAIL "RltdAgts/CdtrAgt/FinInstnId/ClrSysMmbId/MmbId", Field::kCreditorBank},
    {DETAIL "RltdAgts/CdtrAgt/FinInstnId/BIC", Field::kCreditorBank},
    {DETAIL "RltdAgts/CdtrAgt/FinInstnId/BICFI", Field::kCreditorBank},
    {DETAIL "RmtInf/Ustrd", Field::kRemark},
    {DETAIL "RmtInf/Strd/CdtrRefInf/Ref", Field::kReference},
    {DETAIL "RmtInf/Strd/RfrdDocInf/Nb", Field::kReference},
    {DETAIL "RmtInf/Strd/AddtlRmtInf", Field::kReference},
    {DETAIL "RtrInf/Rsn/Cd", Field::kReturnReason},
    {DETAIL "RtrInf/Rsn/Prtry", Field::kReturnReason},
    {DETAIL "AddtlTxInf", Field::kDetailText},
};
#undef DETAIL

}  // namespace

const std::unordered_map<std::string_view, Field>& fields() {
  static const auto* map = [] {
    auto* made = new std::unordered_map<std::string_view, Field>();
    for (const Place& place : kPlaces) made->emplace(place.path, place.field);
    return made;
  }();
  return *map;
}

}  // namespace jiexu::camt
