#include "daemon/bank/rules/line_table.h"

#include <algorithm>

namespace jiexu {
namespace {

using E = LineEvent;
using O = BankOutcome;
using W = Waits;
using G = LineGuard;
using M = LineMoney;

// Names a case or nothing, and waits for a person, a form, a notice or a link.
constexpr OutcomeSet kOpen = {O::kEarly,       O::kAmountDiffers, O::kUnknownReference,
                              O::kNotExpected, O::kBatchDiffers,  O::kForeignPayer,
                              O::kNoCase,      O::kMayBeSentBack};
constexpr OutcomeSet kQueued = kOpen | OutcomeSet{O::kMayRepeat, O::kUnreadable};
// Nobody waits for anything.
constexpr OutcomeSet kByEvidence = {O::kMatched, O::kReturned, O::kReversed,
                                    O::kPaidOut, O::kCameBack, O::kPaidAgain};
constexpr OutcomeSet kByPeople = {O::kMatchedByHand, O::kSetAside, O::kReportedAgain};
constexpr OutcomeSet kKnown = kQueued | kByEvidence | kByPeople;
// Its money may stand with cases of ours that receive, or in suspense.
constexpr OutcomeSet kHere =
    kOpen | OutcomeSet{O::kMatched, O::kMatchedByHand, O::kSetAside, O::kUnreadable};
// Its money may have gone to cases by what the line says, and that may be wrong.
constexpr OutcomeSet kPlaced = kOpen | OutcomeSet{O::kMatched};
// Money that is here, which the bank can take back.
constexpr OutcomeSet kCredited =
    kOpen | OutcomeSet{O::kMatched, O::kMatchedByHand, O::kSetAside, O::kReturned, O::kCameBack};

// clang-format off
constexpr LineRow kRows[] = {
    // event            from                  waits        guard            to                 money
    {E::kCome,          kNoLine,              W::kNo,      G::kAlways,      kAsFound,          M::kPlaced},
    {E::kComeUnsure,    kNoLine,              W::kNo,      G::kAlways,      O::kMayRepeat,     M::kPark},
    {E::kComeDamaged,   kNoLine,              W::kNo,      G::kAlways,      O::kUnreadable,    M::kPark},
    {E::kReport,        kKnown,               W::kEither,  G::kAlways,      kSameOutcome,      M::kStays},
    {E::kReportParts,   kQueued,              W::kYes,     G::kAlways,      O::kReportedAgain, M::kGoVoid},
    {E::kReportParts,   kKnown,               W::kNo,      G::kAlways,      kSameOutcome,      M::kStays},

    {E::kTryAgain,      kOpen,                W::kYes,     G::kAlways,      kAsFound,          M::kPlaced},
    {E::kCaseSettles,   kOpen,                W::kYes,     G::kHasAll,      O::kMatched,       M::kStays},
    {E::kCaseSettles,   kOpen,                W::kYes,     G::kApart,       kAsFound,          M::kStays},
    {E::kCaseSettles,   kOpen,                W::kYes,     G::kAlways,      kSameOutcome,      M::kStays},
    {E::kBatchSettles,  O::kEarly,            W::kYes,     G::kAlways,      O::kMatched,       M::kShared},
    {E::kBatchBreaks,   O::kEarly,            W::kYes,     G::kAlways,      O::kBatchDiffers,  M::kStays},
    {E::kReverse,       kCredited,            W::kEither,  G::kAlways,      O::kReversed,      M::kTakenBy},

    {E::kMatch,         kQueued,              W::kYes,     G::kAllTaken,    O::kMatchedByHand, M::kPlaced},
    {E::kMatch,         kQueued,              W::kYes,     G::kTakenInPart, O::kBatchDiffers,  M::kPlaced},
    {E::kMatch,         kQueued,              W::kYes,     G::kAlways,      O::kNotExpected,   M::kPlaced},
    {E::kMatchNoticed,  kOpen,                W::kYes,     G::kAllTaken,    O::kMatchedByHand, M::kPlaced},
    {E::kMatchNoticed,  kOpen,                W::kYes,     G::kAlways,      O::kBatchDiffers,  M::kPlaced},
    {E::kSetAside,      kQueued,              W::kYes,     G::kAlways,      O::kSetAside,      M::kStays},
    {E::kSame,          O::kMayRepeat,        W::kYes,     G::kAlways,      O::kReportedAgain, M::kVoid},
    {E::kSame,          kHere,                W::kEither,  G::kAlways,      O::kReportedAgain, M::kGoVoid},
    {E::kAnother,       O::kMayRepeat,        W::kYes,     G::kAlways,      kAsFound,          M::kPlaced},
    {E::kUndo,          kByPeople,            W::kNo,      G::kAlways,      kAsFound,          M::kGoBack},
    {E::kUndo,          kPlaced,              W::kEither,  G::kAlways,      O::kNotExpected,   M::kGoBack},
};
// clang-format on

}  // namespace

std::span<const LineRow> line_rows() {
  return kRows;
}

OutcomeSet found_outcomes() {
  return kOpen | kByEvidence;
}

OutcomeSet line_outcomes() {
  return kKnown;
}

bool may_become(BankOutcome from, BankOutcome to) {
  if (from == to) return true;
  return std::ranges::any_of(kRows, [&](const LineRow& row) {
    if (!row.from.has(from)) return false;
    if (row.to != kAsFound) return row.to == to;
    return found_outcomes().has(to) || (row.event == E::kUndo && kQueued.has(to));
  });
}

}  // namespace jiexu
