#include "daemon/cases/table.h"

namespace jiexu {
namespace {

using E = EventKind;
using R = Relationship;
using F = Funds;
using O = Overlay;
using G = Guard;
using X = Effect;

constexpr auto kAnyFunds = StateSet<F>::any();
constexpr R kStay = kSameRelationship;
constexpr F kKeep = kSameFunds;
constexpr O kHold = kSameOverlay;

// IN: from the letter on its way to the history written.
constexpr StateSet<R> kLetterOut = {R::kLetterSent, R::kLetterDelivered};
constexpr StateSet<R> kAwaitsForm = {R::kLetterSent, R::kLetterDelivered, R::kLetterAccepted};
constexpr StateSet<R> kFormWanted = {R::kLetterAccepted, R::kInfoDisputed};
constexpr StateSet<R> kInOpen = {R::kLetterSent,   R::kLetterDelivered, R::kLetterAccepted,
                                 R::kInfoReceived, R::kInfoDisputed,    R::kInfoConfirmed};
constexpr StateSet<R> kInAny = {
    R::kDraft,          R::kAccepted,     R::kLetterSent,   R::kLetterDelivered,
    R::kLetterAccepted, R::kInfoReceived, R::kInfoDisputed, R::kInfoConfirmed,
    R::kDone,           R::kRefusedByOut, R::kWithdrawn,    R::kFailed,
    R::kPaper};
// IN: no money has come, so that a new form version decides anew what is due.
constexpr StateSet<F> kNothingMoved = {F::kUnknown, F::kNoneDue, F::kExpected,
                                       F::kRefundedToPerson};
constexpr StateSet<F> kHeld = {F::kSuspense, F::kReceivedDiffers, F::kMatched};

// OUT.
constexpr StateSet<R> kOutOpen = {R::kOutAccepted, R::kStopped, R::kFormIssued, R::kFormDisputed,
                                  R::kFormConfirmed};
constexpr StateSet<R> kOutAny = {R::kLetterReceived,  R::kLetterChecking, R::kLetterRejected,
                                 R::kLetterForwarded, R::kOutAccepted,    R::kStopped,
                                 R::kFormIssued,      R::kFormDisputed,   R::kFormConfirmed,
                                 R::kOutDone,         R::kOutWithdrawn,   R::kOutFailed};
constexpr StateSet<R> kFormWritable = {R::kStopped, R::kFormDisputed};
constexpr StateSet<F> kNotPaid = {F::kNotComputed, F::kComputed, F::kRefundToPerson,
                                  F::kNothingToPay};
constexpr StateSet<F> kPaidOrAcked = {F::kPaid, F::kAckedByIn};

// clang-format off
constexpr Row kInRows[] = {
    // event               from                        funds          guard                    to                     funds to              overlay                effects
    {E::kApply,            R::kNone,                   kAnyFunds,     G::kAlways,              R::kDraft,             F::kUnknown,          O::kNone,              {}},
    {E::kAccept,           R::kDraft,                  kAnyFunds,     G::kAlways,              R::kAccepted,          kKeep,                kHold,                 {}},
    {E::kSendLetter,       R::kAccepted,               kAnyFunds,     G::kAlways,              R::kLetterSent,        kKeep,                kHold,                 {X::kSendLetter}},
    {E::kDelivered,        R::kLetterSent,             kAnyFunds,     G::kAlways,              R::kLetterDelivered,   kKeep,                kHold,                 {}},
    {E::kLetterAcceptIn,   kLetterOut,                 kAnyFunds,     G::kAlways,              R::kLetterAccepted,    kKeep,                kHold,                 {}},
    {E::kLetterRejectIn,   kLetterOut,                 F::kUnknown,   G::kAlways,              R::kRefusedByOut,      F::kNoneDue,          O::kNone,              {}},
    {E::kLetterRejectIn,   kLetterOut,                 kHeld,         G::kAlways,              R::kRefusedByOut,      F::kReceivedDiffers,  O::kNone,              {}},

    {E::kWithdraw,         {R::kDraft, R::kAccepted},  kAnyFunds,     G::kAlways,              R::kWithdrawn,         F::kNoneDue,          kHold,                 {}},
    {E::kWithdraw,         kLetterOut,                 F::kUnknown,   G::kNoWithdrawalPending, kStay,                 kKeep,                O::kWithdrawalPending, {X::kSendWithdraw}},
    {E::kWithdrawReplyIn,  kLetterOut,                 F::kUnknown,   G::kWithdrawalAccepted,  R::kWithdrawn,         F::kNoneDue,          O::kNone,              {}},
    {E::kWithdrawReplyIn,  kLetterOut,                 kHeld,         G::kWithdrawalAccepted,  R::kWithdrawn,         F::kReceivedDiffers,  O::kNone,              {}},
    {E::kWithdrawReplyIn,  kInOpen,                    kAnyFunds,     G::kWithdrawalTooLate,   kStay,                 kKeep,                O::kNone,              {}},
    {E::kWithdrawReplyIn,  R::kDone,                   kAnyFunds,     G::kWithdrawalTooLate,   kStay,                 kKeep,                O::kNone,              {}},
    {E::kWithdrawReplyIn,  R::kRefusedByOut,           kAnyFunds,     G::kWithdrawalMoot,      kStay,                 kKeep,                O::kNone,              {}},

    {E::kInfoFormIn,       kFormWanted,                kNothingMoved, G::kFormTransfers,       R::kInfoReceived,      F::kExpected,         kHold,                 {X::kPostReceivable}},
    {E::kInfoFormIn,       kFormWanted,                kNothingMoved, G::kFormRefunds,         R::kInfoReceived,      F::kRefundedToPerson, kHold,                 {X::kPostReceivable}},
    {E::kInfoFormIn,       kFormWanted,                kNothingMoved, G::kFormPaysNothing,     R::kInfoReceived,      F::kNoneDue,          kHold,                 {X::kPostReceivable}},
    {E::kInfoFormIn,       kFormWanted,                F::kNoticed,   G::kFormTransfers,       R::kInfoReceived,      F::kNoticed,          kHold,                 {X::kPostReceivable}},
    {E::kInfoFormIn,       kFormWanted,                F::kSuspense,  G::kFormTransfersMoved,  R::kInfoReceived,      F::kMatched,          kHold,                 {X::kPostReceivable, X::kPostFromSuspense}},
    {E::kInfoFormIn,       kFormWanted,                F::kReceivedDiffers, G::kFormTransfersMoved, R::kInfoReceived, F::kMatched,          kHold,                 {X::kPostReceivable, X::kPostFromSuspense}},
    {E::kInfoFormIn,       kFormWanted,                {F::kSuspense, F::kReceivedDiffers}, G::kAlways, R::kInfoReceived, F::kReceivedDiffers, kHold,              {X::kPostReceivable}},
    {E::kInfoFormIn,       kFormWanted,                F::kMatched,   G::kFormTransfersMoved,  R::kInfoReceived,      F::kMatched,          kHold,                 {}},
    {E::kConfirmForm,      R::kInfoReceived,           kAnyFunds,     G::kNoFindings,          R::kInfoConfirmed,     kKeep,                kHold,                 {X::kSendInfoConfirm}},
    {E::kQueryForm,        R::kInfoReceived,           kAnyFunds,     G::kAlways,              R::kInfoDisputed,      kKeep,                kHold,                 {X::kSendInfoQuery}},

    {E::kRemitNoticeIn,    kInOpen,                    {F::kUnknown, F::kExpected}, G::kAlways, kStay,                F::kNoticed,          kHold,                 {}},
    {E::kRemitNoticeIn,    kInOpen,                    {F::kNoticed, F::kSuspense, F::kReceivedDiffers, F::kMatched, F::kCredited}, G::kAlways, kStay, kKeep, kHold, {}},
    {E::kRemitNoticeIn,    R::kDone,                   F::kCredited,  G::kAlways,              kStay,                 kKeep,                kHold,                 {}},
    {E::kBankCredit,       kAwaitsForm,                {F::kUnknown, F::kNoticed, F::kSuspense}, G::kFormMissing, kStay, F::kSuspense,      kHold,                 {X::kPostSuspense}},
    {E::kBankCredit,       R::kInfoDisputed,           {F::kNoneDue, F::kRefundedToPerson}, G::kAlways, kStay,        F::kReceivedDiffers,  kHold,                 {X::kPostSuspense}},
    {E::kBankCredit,       kInOpen,                    {F::kExpected, F::kNoticed}, G::kAmountCompletes, kStay,       F::kMatched,          kHold,                 {X::kPostReceived}},
    {E::kBankCredit,       kInOpen,                    {F::kExpected, F::kNoticed}, G::kAlways, kStay,                F::kReceivedDiffers,  kHold,                 {X::kPostSuspense}},
    {E::kBankCredit,       kInOpen,                    F::kReceivedDiffers, G::kAmountCompletes, kStay,               F::kMatched,          kHold,                 {X::kPostSuspense, X::kPostFromSuspense}},
    {E::kBankCredit,       kInOpen,                    F::kReceivedDiffers, G::kAlways,        kStay,                 kKeep,                kHold,                 {X::kPostSuspense}},
    {E::kCredit,           R::kInfoConfirmed,          F::kMatched,   G::kAlways,              kStay,                 F::kCredited,         kHold,                 {X::kPostCredited, X::kSendFundsAck}},
    {E::kClose,            R::kInfoConfirmed,          kAnyFunds,     G::kFundsTerminal,       R::kDone,              kKeep,                O::kNone,              {X::kSendClose}},
    {E::kFaultIn,          kInAny,                     kAnyFunds,     G::kAlways,              kStay,                 kKeep,                kHold,                 {}},
};

constexpr Row kOutRows[] = {
    // event               from                        funds          guard                    to                     funds to              overlay                effects
    {E::kLetterIn,         R::kNone,                   kAnyFunds,     G::kAlways,              R::kLetterReceived,    F::kNotComputed,      O::kNone,              {}},
    {E::kAcceptLetter,     R::kLetterReceived,         kAnyFunds,     G::kAlways,              R::kOutAccepted,       kKeep,                kHold,                 {X::kSendLetterAccept}},
    {E::kRejectLetter,     R::kLetterReceived,         kAnyFunds,     G::kAlways,              R::kLetterRejected,    F::kNothingToPay,     kHold,                 {X::kSendLetterReject}},
    {E::kWithdrawIn,       R::kLetterReceived,         kAnyFunds,     G::kAlways,              R::kOutWithdrawn,      F::kNothingToPay,     kHold,                 {X::kReplyWithdrawAccepted}},
    {E::kWithdrawIn,       R::kLetterRejected,         kAnyFunds,     G::kAlways,              kStay,                 kKeep,                kHold,                 {X::kReplyWithdrawMoot}},
    {E::kWithdrawIn,       kOutOpen,                   kAnyFunds,     G::kAlways,              kStay,                 kKeep,                kHold,                 {X::kReplyWithdrawTooLate}},

    {E::kStopInsurance,    R::kOutAccepted,            kAnyFunds,     G::kAlways,              R::kStopped,           kKeep,                kHold,                 {}},
    {E::kIssueForm,        kFormWritable,              kNotPaid,      G::kFormTransfers,       R::kFormIssued,        F::kComputed,         kHold,                 {X::kPostPayable, X::kSendForm}},
    {E::kIssueForm,        kFormWritable,              kNotPaid,      G::kFormRefunds,         R::kFormIssued,        F::kRefundToPerson,   kHold,                 {X::kPostPayable, X::kSendForm}},
    {E::kIssueForm,        kFormWritable,              kNotPaid,      G::kFormPaysNothing,     R::kFormIssued,        F::kNothingToPay,     kHold,                 {X::kPostPayable, X::kSendForm}},
    {E::kIssueForm,        kFormWritable,              kPaidOrAcked,  G::kFormTransfersMoved,  R::kFormIssued,        kKeep,                kHold,                 {X::kSendForm}},
    {E::kInfoConfirmIn,    R::kFormIssued,             kAnyFunds,     G::kVersionCurrent,      R::kFormConfirmed,     kKeep,                kHold,                 {}},
    {E::kInfoQueryIn,      R::kFormIssued,             kAnyFunds,     G::kVersionCurrent,      R::kFormDisputed,      kKeep,                kHold,                 {}},

    {E::kRemit,            R::kStopped,                F::kNotComputed, G::kHasAccount,        kStay,                 F::kPaid,             kHold,                 {X::kPostPayable, X::kPostPaid, X::kSendRemitNotice}},
    {E::kRemit,            {R::kFormIssued, R::kFormConfirmed}, F::kComputed, G::kAlways,      kStay,                 F::kPaid,             kHold,                 {X::kPostPaid, X::kSendRemitNotice}},
    {E::kFundsAckIn,       {R::kFormIssued, R::kFormDisputed, R::kFormConfirmed}, F::kPaid, G::kAmountAcknowledges, kStay, F::kAckedByIn,   kHold,                 {X::kPostSettled}},
    {E::kCloseIn,          R::kFormConfirmed,          kAnyFunds,     G::kFundsTerminal,       R::kOutDone,           kKeep,                O::kNone,              {}},
    {E::kFaultIn,          kOutAny,                    kAnyFunds,     G::kAlways,              kStay,                 kKeep,                kHold,                 {}},
};
// clang-format on

template <class State>
std::string print_set(StateSet<State> set) {
  if (set.bits == StateSet<State>::any().bits) return "any";
  std::string out;
  for (int i = 0; i < 32; ++i) {
    const auto state = static_cast<State>(i);
    if (!set.has(state)) continue;
    if (!out.empty()) out += '|';
    out += i == 0 && name(state).empty() ? "-" : name(state);
  }
  return out;
}

std::string print_row(const Row& row) {
  std::string out(name(row.event));
  out += "  " + print_set(row.from) + " / " + print_set(row.funds_from);
  if (row.guard != Guard::kAlways) out += "  if " + std::string(name(row.guard));
  out += "  -> ";
  out += row.to == kSameRelationship ? "same" : name(row.to);
  out += " / ";
  out += row.funds_to == kSameFunds ? "same" : name(row.funds_to);
  if (row.overlay_to != kSameOverlay) out += " / overlay " + std::string(name(row.overlay_to));
  for (const Effect effect : row.effects) {
    if (effect != Effect::kNone) out += " + " + std::string(name(effect));
  }
  return out + '\n';
}

}  // namespace

std::span<const Row> rows(Side side) {
  return side == Side::kIn ? std::span<const Row>(kInRows) : std::span<const Row>(kOutRows);
}

std::string print_tables() {
  std::string out = "IN, transfer-in agency (relationship / funds)\n";
  for (const Row& row : kInRows) out += print_row(row);
  out += "\nOUT, transfer-out agency (relationship / funds)\n";
  for (const Row& row : kOutRows) out += print_row(row);
  return out;
}

}  // namespace jiexu
