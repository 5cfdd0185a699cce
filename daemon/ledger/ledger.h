// The ledger: double entry in fen, one set of accounts for each counterpart agency. Every posting
// moves an amount from one account to another, so that the balances of all accounts always add up
// to zero. A posting is written in the same commit as the step that caused it.
#pragma once

#include <cstdint>
#include <string_view>

#include "daemon/base/money.h"

namespace jiexu {

// Account numbers are in keys of the store and are never reused. A balance is debits minus credits.
enum class LedgerAccount : uint8_t {
  // At OUT, money owed to and paid to the counterpart.
  kFund = 1,       // personal accounts at origin, the source
  kPayable = 2,    // owed by an issued form
  kInTransit = 3,  // ordered from our bank, not yet acknowledged by the counterpart
  kSettled = 4,    // acknowledged as credited
  kRefunded = 5,   // paid to persons at origin
  // At IN, money expected and received from the counterpart.
  kReceivable = 10,   // stated by a form, not yet here
  kBank = 11,         // received on our account
  kSuspense = 12,     // received before its form, or with another amount
  kOwedPersons = 13,  // to be credited to persons
  kCredited = 14,     // booked to persons
};

// Empty if there is no account of this number.
std::string_view name(LedgerAccount account);

// Moves `amount` from the account that is credited to the one that is debited.
struct Posting {
  LedgerAccount debit{};
  LedgerAccount credit{};
  Fen amount;
};

}  // namespace jiexu
