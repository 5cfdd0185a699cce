// step() of a bank line: what an event makes of it, by the rows of line_table.h, or why not. Also
// what people may do with it now, so that no client guesses. Pure; knows no stored record.
#pragma once

#include <optional>
#include <tl/expected.hpp>
#include <vector>

#include "daemon/bank/rules/line_table.h"
#include "daemon/base/money.h"

namespace jiexu {

// What two people do with a line: one proposes it, another approves it. Stored, never reused.
enum class LineAct : uint32_t {
  kMatch = 1,
  kMatchNoticed = 2,
  kSetAside = 3,
  kSame = 4,
  kAnother = 5,
  kUndo = 6,
};

// As far as it decides.
struct LineNow {
  BankOutcome outcome = kNoLine;
  bool waits = false;        // in an exception queue
  Fen amount;                // below 0: debited
  Fen open;                  // of it, in suspense
  Fen with_cases;            // of it, booked with cases
  bool is_void = false;      // it is no money of its own: nothing of it stands anywhere
  bool taken_back = false;   // by another line
  bool by_people = false;    // two people have decided on it, and nobody has undone that
  bool of_payments = false;  // a share of it is of a payment of ours, debited or come back
  bool of_batch = false;     // it names a batch of the other agency
};

// What the cases of a line say of money that is to leave them again.
enum class CasesGive : uint8_t {
  kAll,
  kRecovering,  // what a case's peer has to give back of our messages comes first
  kGone,        // a case has less than that: it has been sent back, or taken back
  kClosed,      // a person has been credited, and the case is closed
};

// An event with what it brings.
struct LineAsked {
  LineEvent event = LineEvent::kCome;
  BankOutcome found = kNoLine;  // kAsFound leads there; for kUndo what it was before
  Fen left;                     // of its money, what stays in suspense; without a sign
  size_t shares = 0;
  bool case_has_all = false;
  bool case_apart = false;
  // Of acts of people.
  std::optional<Fen> asked;  // what the shares add up to, without a sign; nullopt: too much
  Fen fee;                   // of a debit that is matched: of no case, and stays in suspense
  bool usable = true;        // an amount that can be booked
  bool explained = true;     // a note says how it is known
  bool names_other = true;   // of kSame: another line of the same account and amount
  CasesGive cases_give = CasesGive::kAll;
};

// In the order in which step() asks.
enum class LineRefusal : uint8_t {
  kUnknown,      // no such line
  kHere,         // it has come before
  kTakenBack,    // the bank has taken it back
  kUnexplained,  // a note is missing
  kNotUnsure,    // nobody asks whether it is another booking
  kNotByPeople,  // no two people have decided on it
  kNamesNoOther,
  kOfPayment,  // the payment's own acts undo it
  kSettled,    // it waits for nobody, or its money stands with a case, or with a batch
  kNotOfBatch,
  kUnusable,
  kSum,  // the shares do not add up to it
  kRecovering,
  kMoneyGone,
  kCaseClosed,
  kNoRow,  // the table has none
  kLast = kNoRow,
};

// The row that fits. Changes `now` only if it succeeds.
tl::expected<const LineRow*, LineRefusal> step(const LineAsked& asked, LineNow& now);

LineEvent event_of(LineAct act);
// Acts that are open by the state alone, in their order.
std::vector<LineAct> open_acts(const LineNow& now);
// Name in paths and on the command line, such as "set-aside".
std::string_view name(LineAct act);
std::optional<LineAct> find_line_act(std::string_view name);
std::string_view name(LineRefusal refusal);
// What the other agencies learn of the act, if anything.
std::string_view message_of(LineAct act, const LineNow& now);

}  // namespace jiexu
