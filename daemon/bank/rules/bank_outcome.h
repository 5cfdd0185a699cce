// What became of a bank line: a closed list. Each outcome says whether the line waits in an
// exception queue, who has to do what about it, and by which message the other agency learns of it.
// Pure.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace jiexu {

// Numbers are stored and never reused.
enum class BankOutcome : uint32_t {
  kMatched = 1,           // the case's money, or the batch's, is complete to the fen
  kEarly = 2,             // before its form, or before all notices of its batch (X24)
  kAmountDiffers = 3,     // with its case, and not what the form says (X23, X28)
  kUnknownReference = 4,  // names a letter or batch that is not known here (X27)
  kNotExpected = 5,       // its case is due no money
  kInvalid = 6,           // not imported: an amount or a field is wrong
  kMatchedByHand = 7,     // a person said where it belongs
  kBatchDiffers = 8,      // the batch's notices add up to something else (X27)
  kDuplicate = 9,         // the bank told of it before (X30); only ever an answer
  kReturned = 10,         // a payment of ours that came back (X22)
  kReversed = 11,         // the bank took an earlier credit back
  kForeignPayer = 12,     // names a case, but another agency of the directory paid it
  kNoCase = 13,           // names nothing (X29, 三无)
  kPaidOut = 14,          // the debit of a payment that we ordered
  kSetAside = 15,         // a person said that it is no money of a case, and why
  kCameBack = 16,         // the other agency sent back what we had paid above what is due
  kPaidAgain = 17,        // the debit of a payment that the bank has paid twice
  kMayRepeat = 18,        // a known line reported again, or another booking (line_identity.h)
  kReportedAgain = 19,    // it is a known line: no money of its own stands for it
  kMayBeSentBack = 20,    // names a case of ours that pays; neither a mark nor a word says why
  kUnreadable = 21,       // an entry of a bank's file that cannot be read
};

struct OutcomeRule {
  BankOutcome outcome;
  std::string_view name;        // in answers and on the command line
  bool waits;                   // in an exception queue, until a person or a later event settles it
  std::string_view what_to_do;  // for the person
  std::string_view message;     // that tells the other agency
};

std::span<const OutcomeRule> outcome_rules();
// REQUIRES: the outcome is on the list.
const OutcomeRule& rule_of(BankOutcome outcome);
std::string_view name(BankOutcome outcome);
// Whether a line of this outcome waits in an exception queue. Of no outcome: no.
bool is_queue(BankOutcome outcome);
// For the person, of a line that waits.
std::string_view what_to_do(BankOutcome outcome, bool debit);
// nullptr: no outcome of this name.
const OutcomeRule* find_outcome(std::string_view name);

}  // namespace jiexu
