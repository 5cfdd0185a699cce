// Why a payment that waits cannot go to the bank now: one ladder, the first reason that holds.
// Pure.
#pragma once

#include <string_view>

namespace jiexu {

struct Readiness {
  bool contradicted = false;    // a person is asked
  bool out_after_all = false;   // ... because a line debits what the case has back
  bool other_asked = false;     // ... about another payment of its case
  bool awaits_debit = false;    // the bank has it, and has not shown its debit
  bool debit_overdue = false;   // the same for three working days
  bool doubtful = false;        // the store may have forgotten that the bank has it
  bool acknowledged = false;    // the other agency has credited it
  bool own_account = true;      // ours is in the directory
  bool payee_named = true;      // somebody has said where it is to go
  bool given_up = false;        // the case was
  bool held = false;            // the case is, or is being given up
  bool payee_confirmed = true;  // by the directory, or by two people
};

// Empty: it can go.
std::string_view obstacle_to(const Readiness& readiness);

inline constexpr std::string_view kContradictedPayment =
    "what the bank says of it does not fit: look at the case and ask the bank, then release it";
inline constexpr std::string_view kOutAfterAll =
    "a statement shows its debit, and the case has it back: ask the bank; release it if the bank "
    "sends it back, or say that it went out (`remit release --went-out`)";
inline constexpr std::string_view kOtherContradicted =
    "a person is asked about another payment of its case: until that one is released, nothing is "
    "paid in its place";
inline constexpr std::string_view kAwaitsDebit =
    "the bank has it already: its debit is awaited for three working days";
inline constexpr std::string_view kDebitOverdue =
    "the bank has it already, and three working days have shown no debit: ask the bank what became "
    "of it, then release it";
inline constexpr std::string_view kDoubtfulPayment =
    "the store had lost data: ask the bank whether it has this payment, then release it";
inline constexpr std::string_view kAcknowledgedPayment =
    "the other agency has acknowledged it: it went out, and goes out no second time";
inline constexpr std::string_view kUnlistedPayee =
    "the account is not the one in the directory: two people must confirm it with the agency";

}  // namespace jiexu
