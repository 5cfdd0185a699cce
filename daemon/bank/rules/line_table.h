// The life of a bank line on one page: a state is its outcome, and whether it waits for a person.
// The first row whose event, outcomes and guard fit is taken; what no row fits is refused by name
// (line_step.h). `jiexu bank states` and the golden test print the rows and every cell; the
// README beside this folder draws them. Pure; knows no stored record.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>

#include "daemon/bank/rules/bank_outcome.h"

namespace jiexu {

// A line that is not here yet. No record has it.
inline constexpr auto kNoLine = static_cast<BankOutcome>(0);
// A row leads where the evidence of the line says, which comes with the event.
inline constexpr auto kAsFound = static_cast<BankOutcome>(254);
// A row leaves the outcome as it is.
inline constexpr auto kSameOutcome = static_cast<BankOutcome>(255);

enum class LineEvent : uint8_t {
  kCome,          // the bank tells of it for the first time
  kComeUnsure,    // it comes, and may be a known line
  kComeDamaged,   // it comes, and cannot be read
  kReport,        // the bank tells of it again
  kReportParts,   // the bank tells of the parts of this sum, each as a line of its own
  kTryAgain,      // a case, a link or the bank has said something: its evidence is looked at again
  kCaseSettles,   // its case holds its money apart no longer
  kBatchSettles,  // the last line of its batch is here
  kBatchBreaks,   // a person has taken another line out of its batch
  kReverse,       // the bank takes it back
  kMatch,         // two people say where its money belongs
  kMatchNoticed,  // ... to every case of its batch whose notice is here
  kSetAside,      // ... that it is no money of a case
  kSame,          // ... that it is a known line, reported again
  kAnother,       // ... that it is another booking than the one that it may be
  kUndo,          // ... that what two people have said of it was wrong
  kLast = kUndo,
};

enum class LineGuard : uint8_t {
  kAlways,
  kAllTaken,     // the cases take all of its money but for a fee
  kTakenInPart,  // several cases, and not all of it
  kHasAll,       // its case has all that is due
  kApart,        // its case still holds it apart
  kLast = kApart,
};

// Where the money of the line stands afterwards.
enum class LineMoney : uint8_t {
  kStays,
  kPlaced,   // with the cases that it is found to be of; what they do not take, in suspense
  kPark,     // in suspense
  kShared,   // with the cases of its batch, by the batch's last line
  kVoid,     // nowhere: it is no money of its own
  kGoBack,   // taken from its cases, into suspense
  kGoVoid,   // taken from its cases and from suspense, nowhere
  kTakenBy,  // with the line that takes it back: it is gone
  kLast = kTakenBy,
};

// A set of outcomes, also of kNoLine.
struct OutcomeSet {
  uint32_t bits = 0;

  constexpr OutcomeSet() = default;
  constexpr OutcomeSet(BankOutcome one) : bits(1u << static_cast<uint32_t>(one)) {}
  constexpr OutcomeSet(std::initializer_list<BankOutcome> all) {
    for (const BankOutcome one : all) bits |= 1u << static_cast<uint32_t>(one);
  }
  // What only stands in a row's `to`, such as kAsFound, is in no set.
  constexpr bool has(BankOutcome one) const {
    const auto bit = static_cast<uint32_t>(one);
    return bit < 32 && (bits >> bit & 1) != 0;
  }
  constexpr OutcomeSet operator|(OutcomeSet other) const {
    OutcomeSet all;
    all.bits = bits | other.bits;
    return all;
  }
};

// Of a line that waits, of one that does not, or of either.
enum class Waits : uint8_t { kYes, kNo, kEither };

struct LineRow {
  LineEvent event;
  OutcomeSet from;
  Waits waits;
  LineGuard guard;
  BankOutcome to;
  LineMoney money;
};

std::span<const LineRow> line_rows();
// What the evidence of a new line, or of one that is tried again, may say.
OutcomeSet found_outcomes();
// Outcomes that a stored line can have.
OutcomeSet line_outcomes();
// Whether some row leads from one to the other, or the line stays as it is.
bool may_become(BankOutcome from, BankOutcome to);

std::string_view name(LineEvent event);
std::string_view name(LineGuard guard);
std::string_view name(LineMoney money);

// The rows, and for each state and event what comes of it: rows or the refusal. What the golden
// test holds and `jiexu bank states` prints.
std::string print_line_table();
// The rows as a state diagram in Mermaid.
std::string draw_line_table();

}  // namespace jiexu
