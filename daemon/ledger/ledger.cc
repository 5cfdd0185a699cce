#include "daemon/ledger/ledger.h"

namespace jiexu {

std::string_view name(LedgerAccount account) {
  switch (account) {
    case LedgerAccount::kFund: return "fund";
    case LedgerAccount::kPayable: return "payable";
    case LedgerAccount::kInTransit: return "in_transit";
    case LedgerAccount::kSettled: return "settled";
    case LedgerAccount::kRefunded: return "refunded";
    case LedgerAccount::kReceivable: return "receivable";
    case LedgerAccount::kBank: return "bank";
    case LedgerAccount::kSuspense: return "suspense";
    case LedgerAccount::kOwedPersons: return "owed_persons";
    case LedgerAccount::kCredited: return "credited";
  }
  return "";
}

}  // namespace jiexu
