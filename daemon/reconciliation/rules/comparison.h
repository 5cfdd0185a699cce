// A peer's daily statement (DailyStatement in funds.proto) against our own books, case by case and
// sum by sum. Pure: the caller brings what our books say.
//
// What both sides hold of a case follows from the messages between them: what the form says is due,
// what notices say is ordered, what acknowledgements say is credited. So a case can be compared as
// soon as both have taken the same messages of it, whatever the banks have on their way. The
// peer's messages were all taken when its statement is (it is a message behind them); ours may be
// on their way, and such a case is left for the next day.
//
// Each sum compares an account of one side with its mirror at the other:
//
//   due        what transfer-out owes by its forms: payable, in transit and settled; at transfer-in
//              what is owed to persons or credited to them
//   credited   settled, as acknowledged; at transfer-in what is credited
//
// What is ordered is compared payment by payment, so that a difference names the instruction; only
// if a side does not name all of its payments (a peer with an older program), in their sum.
//
// A case that one side has paid before its form, or has in part from paper, stands in one side's
// books only, and is left out of both. Sums are compared only if nothing was on its way.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "jiexu/v1/record.pb.h"

namespace jiexu {

// Numbers are stored and never reused.
enum class Difference : uint8_t {
  kSentHead = 1,        // their log up to the statement has another head than they say
  kReceivedHead = 2,    // what they have received of us has another head than what we sent
  kReceivedBeyond = 3,  // they have received more than we have sent
  kCount = 4,           // messages of a kind: sent there, taken here
  kSetAside = 5,        // a message of theirs that could not be used here
  kTheirMessages = 6,   // of a case: sent there, taken here
  kOurMessages = 7,     // of a case: sent here, taken there
  kCaseNotHere = 8,     // stated there, and not with them here
  kCaseNotListed = 9,   // money open here, and not stated there
  kFormVersion = 10,
  kDue = 11,
  kOrdered = 12,
  kCredited = 13,
  kRefunded = 14,
  kSumDueFromThem = 15,  // of cases that they transfer out
  kSumCreditedFromThem = 16,
  kSumDueToThem = 17,  // of cases that we transfer out
  kSumCreditedToThem = 18,
  kPayment = 19,  // of a case: what is ordered of one payment
};
inline constexpr Difference kDifferenceLast = Difference::kPayment;

// Such as "credited"; empty if there is none of this number.
std::string_view name(Difference difference);
// One sentence: what it means and where to look.
std::string_view explain(Difference difference);

// How a comparison ended, or stands. Numbers are stored and never reused.
enum class ComparisonOutcome : uint8_t {
  kNone = 0,
  kAgrees = 1,
  kDiffers = 2,
  kIncomplete = 3,  // parts of the statement are still to come
  kNotJudged = 4,   // our link with the peer was being recovered
};
std::string_view name(ComparisonOutcome outcome);

// What a peer may not say: nullopt if the statement can be compared. `through`: the last case of
// the part before, empty in the first. The answer names the field.
struct StatementFault {
  bool order = false;  // a part or case out of place; else a figure that cannot be
  std::string detail;
};
std::optional<StatementFault> check_statement(const v1::DailyStatement& statement,
                                              std::string_view through);

// Adds a difference to the record; names no more than kComparisonDifferencesMax, and counts all.
void add_difference(Difference kind, int64_t ours, int64_t theirs, v1::ComparisonRecord& record);
v1::DifferenceRecord* add_difference(Difference kind, v1::ComparisonRecord& record);

// A case that the peer states. `ours`: the same of our books; nullptr: no such case is with the
// peer. `quiet`: the peer has taken all that we have sent.
void compare_case(const v1::StatementRow& theirs, const v1::StatementRow* ours, bool quiet,
                  v1::ComparisonRecord& record);
// A case of ours in the statement's range that it does not list. `must_be`: by what both have
// said, the peer should.
void note_unlisted(const v1::StatementRow& ours, bool must_be, bool quiet,
                   v1::ComparisonRecord& record);

// Messages of the peer since its last statement, as counted here. Not judged if the two did not
// begin to count at the same message.
void compare_counts(uint64_t our_from, const std::vector<v1::KindCount>& ours,
                    const v1::DailyStatement& theirs, v1::ComparisonRecord& record);

// After all cases.
void compare_sums(const std::vector<v1::AccountBalance>& ours, const v1::DailyStatement& theirs,
                  bool quiet, v1::ComparisonRecord& record);

// After everything: how it ended.
void conclude(v1::ComparisonRecord& record);

}  // namespace jiexu
