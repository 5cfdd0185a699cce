#include "daemon/cases/table.h"

namespace jiexu {
namespace {

using E = EventKind;
using R = Relationship;
using F = Funds;
using O = Overlay;
using G = Guard;
using X = Effect;
using M = Money;

constexpr auto kAnyFunds = StateSet<F>::any();
constexpr R kStay = kSameRelationship;
constexpr Overlays kNo;
// A request to give up stops everything that moves money or ends the case, until it is answered.
constexpr Overlays kGivingUp = {O::kCancelPending, O::kCancelAsked};
constexpr Overlays kHeldOrGivingUp = {O::kSuspended, O::kCancelPending, O::kCancelAsked};

// IN.
constexpr StateSet<R> kLetterOut = {R::kLetterSent, R::kLetterDelivered};
constexpr StateSet<R> kHasForm = {R::kInfoReceived, R::kInfoDisputed, R::kInfoConfirmed};
constexpr StateSet<R> kWorking = kHasForm | R::kLetterAccepted;
constexpr StateSet<R> kInOpen = kLetterOut | kWorking;
constexpr StateSet<R> kInDone = {R::kDone, R::kPaper};
// What a done case has when the bank took back what was credited, until it is here again, which may
// be before it is announced.
constexpr StateSet<F> kHere = {F::kMatched, F::kCredited};
constexpr StateSet<F> kTakenBack = {F::kExpected, F::kNoticed, F::kReceivedDiffers};
constexpr StateSet<R> kInEnd = kInDone | StateSet<R>{R::kRefusedByOut, R::kWithdrawn, R::kFailed};
constexpr StateSet<R> kInSent = kInOpen | kInEnd;
constexpr StateSet<R> kInAny = kInSent | StateSet<R>{R::kDraft, R::kAccepted};

// OUT.
constexpr StateSet<R> kFormOut = {R::kFormIssued, R::kFormConfirmed};
constexpr StateSet<R> kFormWritable = kFormOut | StateSet<R>{R::kStopped, R::kFormDisputed};
constexpr StateSet<R> kOutWorking = kFormWritable | R::kOutAccepted;
constexpr StateSet<R> kOutOpen = kOutWorking | R::kLetterReceived;
constexpr StateSet<R> kOutEnd = {R::kLetterRejected, R::kLetterForwarded, R::kOutDone,
                                 R::kOutWithdrawn, R::kOutFailed};
constexpr StateSet<R> kOutAny = kOutOpen | kOutEnd;
constexpr StateSet<R> kRejectable = {R::kLetterReceived, R::kOutAccepted, R::kStopped};

constexpr EventSet kFromPeer = {
    E::kLetterAcceptIn,   E::kLetterRejectIn,  E::kWithdrawIn,        E::kWithdrawReplyIn,
    E::kInfoFormIn,       E::kInfoConfirmIn,   E::kInfoQueryIn,       E::kRemitNoticeIn,
    E::kFundsAckIn,       E::kCloseIn,         E::kLetterForwardedIn, E::kHoldIn,
    E::kResumeIn,         E::kClarifyIn,       E::kClarifyReplyIn,    E::kInvalidateIn,
    E::kPayeeChangeIn,    E::kFundsDiffIn,     E::kFundsReturnedIn,   E::kBankReturnedIn,
    E::kRefundToPersonIn, E::kReminderIn,      E::kReminderReplyIn,   E::kCancelRequestIn,
    E::kCancelReplyIn,    E::kReopenRequestIn, E::kReopenReplyIn,     E::kStatusQueryIn,
    E::kStatusReplyIn};
constexpr EventSet kBankTookBack = {E::kBankReversal, E::kBankReturned};
constexpr EventSet kOfBytes = {E::kAttachmentHere, E::kAttachmentGone, E::kAttachmentDamaged};

// clang-format off
constexpr Row kInRows[] = {
    // events               from              funds            needs                bars                 guard                   to                    set                  clear                effect
    {E::kApply,             R::kNone,         kAnyFunds,       kNo,                 kNo,                 G::kAlways,             R::kDraft,            kNo,                 kNo,                 X::kNone},
    {E::kAccept,            R::kDraft,        kAnyFunds,       kNo,                 kNo,                 G::kAlways,             R::kAccepted,         kNo,                 kNo,                 X::kNone},
    {E::kSendLetter,        R::kAccepted,     kAnyFunds,       kNo,                 kNo,                 G::kAlways,             R::kLetterSent,       kNo,                 kNo,                 X::kSendLetter},
    {E::kDelivered,         R::kLetterSent,   kAnyFunds,       kNo,                 kNo,                 G::kAlways,             R::kLetterDelivered,  kNo,                 kNo,                 X::kNone},
    {E::kLetterAcceptIn,    kLetterOut,       kAnyFunds,       kNo,                 kNo,                 G::kAlways,             R::kLetterAccepted,   kNo,                 kNo,                 X::kNone},
    {E::kLetterRejectIn,    kLetterOut | R::kLetterAccepted, kAnyFunds, kNo,        kNo,                 G::kAlways,             R::kRefusedByOut,     kNo,                 kNo,                 X::kNone},
    {E::kLetterForwardedIn, kLetterOut,       F::kUnknown,     kNo,                 O::kWithdrawalPending, G::kSuccessorKnown,   R::kLetterSent,       kNo,                 Overlays::any(),     X::kSendLetterOn},
    {E::kLetterForwardedIn, kLetterOut,       kAnyFunds,       O::kWithdrawalPending, kNo,               G::kAlways,             R::kWithdrawn,        kNo,                 kNo,                 X::kNone},
    {E::kLetterForwardedIn, kLetterOut,       kAnyFunds,       kNo,                 O::kWithdrawalPending, G::kAlways,           R::kRefusedByOut,     kNo,                 kNo,                 X::kNone},

    {E::kWithdraw,          {R::kDraft, R::kAccepted}, kAnyFunds, kNo,              kNo,                 G::kAlways,             R::kWithdrawn,        kNo,                 kNo,                 X::kNone},
    {E::kWithdraw,          kLetterOut,       kAnyFunds,       kNo,                 O::kWithdrawalPending, G::kAlways,           kStay,                O::kWithdrawalPending, kNo,               X::kSendWithdraw},
    {E::kWithdrawReplyIn,   kLetterOut,       kAnyFunds,       O::kWithdrawalPending, kNo,               G::kWithdrawalAccepted, R::kWithdrawn,        kNo,                 kNo,                 X::kNone},
    {E::kWithdrawReplyIn,   kInSent,          kAnyFunds,       kNo,                 kNo,                 G::kWithdrawalFailed,   kStay,                kNo,                 O::kWithdrawalPending, X::kNone},

    {E::kInfoFormIn,        kWorking,         kAnyFunds,       kNo,                 kNo,                 G::kAlways,             R::kInfoReceived,     kNo,                 {O::kInvalidated, O::kFundsDiffer}, X::kNone},
    {E::kInfoFormIn,        kLetterOut,       kAnyFunds,       kNo,                 kNo,                 G::kOnPaper,            R::kInfoReceived,     kNo,                 kNo,                 X::kNone},
    {E::kInfoFormIn,        kInDone,          kAnyFunds,       kNo,                 kNo,                 G::kCrossed,            R::kInfoReceived,     kNo,                 O::kReopenPending,   X::kNone},
    {E::kInvalidateIn,      kHasForm,         kAnyFunds,       kNo,                 kNo,                 G::kAlways,             R::kInfoDisputed,     O::kInvalidated,     kNo,                 X::kNone},
    {E::kInvalidateIn,      kInDone,          kAnyFunds,       kNo,                 kNo,                 G::kCrossed,            R::kInfoDisputed,     O::kInvalidated,     O::kReopenPending,   X::kNone},
    {E::kConfirmForm,       R::kInfoReceived, kAnyFunds,       kNo,                 O::kIncomplete,      G::kNoFindings,         R::kInfoConfirmed,    kNo,                 kNo,                 X::kSendInfoConfirm},
    {E::kQueryForm,         {R::kInfoReceived, R::kInfoConfirmed}, kAnyFunds, kNo,  kNo,                 G::kAlways,             R::kInfoDisputed,     kNo,                 kNo,                 X::kSendInfoQuery},
    {E::kClose,             R::kInfoConfirmed, kAnyFunds,      kNo,                 kGivingUp,           G::kAllOnPaper,         R::kPaper,            kNo,                 kNo,                 X::kSendClose},
    {E::kClose,             R::kInfoConfirmed, kAnyFunds,      kNo,                 kGivingUp,           G::kFundsTerminal,      R::kDone,             kNo,                 kNo,                 X::kSendClose},

    {E::kRemitNoticeIn,     kInOpen,          kAnyFunds,       kNo,                 kNo,                 G::kAlways,             kStay,                kNo,                 {O::kPayeeWanted, O::kFundsDiffer}, X::kNone},
    {E::kRemitNoticeIn,     kInEnd,           kAnyFunds,       kNo,                 kNo,                 G::kCrossed,            kStay,                kNo,                 kNo,                 X::kNone},
    {E::kBankReturnedIn,    kInOpen,          kAnyFunds,       kNo,                 kNo,                 G::kAmountNoticed,      kStay,                O::kPayeeWanted,     O::kFundsDiffer,     X::kNone},
    {E::kRemitNoticeIn,     kInDone,          kTakenBack | kHere,      kNo,                 kNo,                 G::kAlways,             kStay,                kNo,                 kNo, X::kNone},
    {E::kRemitNoticeIn,     kInEnd,           kAnyFunds,       kNo,                 kNo,                 G::kPaidAgain,          kStay,                kNo,                 kNo,                 X::kNone},
    {E::kBankReturnedIn,    kInEnd,           kAnyFunds,       kNo,                 kNo,                 G::kAmountNoticed,      kStay,                kNo,                 kNo,                 X::kNone},
    {E::kBankCredit,        kInSent,          kAnyFunds,       kNo,                 kNo,                 G::kAlways,             kStay,                kNo,                 O::kFundsDiffer,     X::kNone},
    {E::kMatchUndone,       kInSent,          kAnyFunds,       kNo,                 O::kFundsDiffer,     G::kAmountStillOut,     kStay,                kNo,                 kNo,                 X::kNone},
    {E::kBankReversal,      kHasForm,         kAnyFunds,       kNo,                 kNo,                 G::kLeavesWhatIsDue,    kStay,                kNo,                 O::kFundsDiffer,     X::kSendFundsDiff},
    {E::kBankReversal,      kHasForm,         kAnyFunds,       kNo,                 kNo,                 G::kAmountMoved,        kStay,                O::kFundsDiffer,     kNo,                 X::kSendFundsDiff},
    {E::kBankReversal,      kInSent,          kAnyFunds,       kNo,                 kNo,                 G::kAmountMoved,        kStay,                kNo,                 kNo,                 X::kSendFundsDiff},
    {E::kCredit,            kInDone | R::kInfoConfirmed, F::kMatched, kNo,          kGivingUp,           G::kAlways,             kStay,                kNo,                 kNo,                 X::kSendFundsAck},
    {E::kReportDifference,  kHasForm | kInDone, F::kReceivedDiffers, kNo,             O::kFundsDiffer,     G::kAlways,             kStay,                O::kFundsDiffer,     kNo,                 X::kSendFundsDiff},
    {E::kReturnFunds,       kHasForm | kInEnd, F::kReceivedDiffers, kNo,            kNo,                 G::kMoreHereThanDue,    kStay,                kNo,                 O::kFundsDiffer,     X::kSendFundsReturned},
    {E::kChangePayee,       kInOpen,          kAnyFunds,       kNo,                 kNo,                 G::kAlways,             kStay,                kNo,                 O::kPayeeWanted,     X::kSendPayeeChange},
    {E::kChangePayee,       kInDone,          kTakenBack,      kNo,                 kNo,                 G::kAlways,             kStay,                kNo,                 kNo,                 X::kSendPayeeChange},
    {E::kRefundToPersonIn,  kInSent,          kAnyFunds,       kNo,                 kNo,                 G::kAlways,             kStay,                kNo,                 kNo,                 X::kNone},

    {E::kCancel,            kWorking,         kAnyFunds,       kNo,                 kGivingUp,           G::kAlways,             kStay,                O::kCancelPending,   kNo,                 X::kSendCancelRequest},
    {E::kCancelRequestIn,   kWorking,         kAnyFunds,       O::kCancelPending,   kNo,                 G::kAlways,             R::kFailed,           kNo,                 kNo,                 X::kNone},
    {E::kCancelRequestIn,   kWorking,         kAnyFunds,       kNo,                 kNo,                 G::kAlways,             kStay,                O::kCancelAsked,     kNo,                 X::kNone},
    {E::kCancelReplyIn,     kWorking,         kAnyFunds,       O::kCancelPending,   kNo,                 G::kAgreed,             R::kFailed,           kNo,                 kNo,                 X::kNone},
    {E::kCancelReplyIn,     kWorking,         kAnyFunds,       O::kCancelPending,   kNo,                 G::kAlways,             kStay,                kNo,                 O::kCancelPending,   X::kNone},
    {E::kAgree,             kWorking,         kAnyFunds,       O::kCancelAsked,     kNo,                 G::kAlways,             R::kFailed,           kNo,                 kNo,                 X::kSendCancelAgreed},
    {E::kDecline,           kWorking,         kAnyFunds,       O::kCancelAsked,     kNo,                 G::kAlways,             kStay,                kNo,                 O::kCancelAsked,     X::kSendCancelDeclined},

    {E::kReopen,            kInDone,          kAnyFunds,       kNo,                 {O::kReopenPending, O::kReopenAsked}, G::kAlways, kStay,           O::kReopenPending,   kNo,                 X::kSendReopenRequest},
    {E::kReopenRequestIn,   kInDone,          kAnyFunds,       O::kReopenPending,   kNo,                 G::kAlways,             R::kInfoDisputed,     kNo,                 O::kReopenPending,   X::kNone},
    {E::kReopenRequestIn,   kInDone,          kAnyFunds,       kNo,                 kNo,                 G::kAlways,             kStay,                O::kReopenAsked,     kNo,                 X::kNone},
    {E::kReopenReplyIn,     kInDone,          kAnyFunds,       O::kReopenPending,   kNo,                 G::kAgreed,             R::kInfoDisputed,     kNo,                 O::kReopenPending,   X::kNone},
    {E::kReopenReplyIn,     kInDone,          kAnyFunds,       O::kReopenPending,   kNo,                 G::kAlways,             kStay,                kNo,                 O::kReopenPending,   X::kNone},
    {E::kAgree,             kInDone,          kAnyFunds,       O::kReopenAsked,     kNo,                 G::kAlways,             R::kInfoDisputed,     kNo,                 O::kReopenAsked,     X::kSendReopenAgreed},
    {E::kDecline,           kInDone,          kAnyFunds,       O::kReopenAsked,     kNo,                 G::kAlways,             kStay,                kNo,                 O::kReopenAsked,     X::kSendReopenDeclined},

    {E::kHoldIn,            kInOpen,          kAnyFunds,       kNo,                 kNo,                 G::kAlways,             kStay,                O::kSuspended,       kNo,                 X::kNone},
    {E::kResumeIn,          kInOpen,          kAnyFunds,       kNo,                 kNo,                 G::kAlways,             kStay,                kNo,                 O::kSuspended,       X::kNone},
    {E::kAsk,               kInOpen,          kAnyFunds,       kNo,                 O::kAsking,          G::kAlways,             kStay,                O::kAsking,          kNo,                 X::kSendClarify},
    {E::kClarifyIn,         kInOpen,          kAnyFunds,       kNo,                 kNo,                 G::kAlways,             kStay,                O::kClarifying,      kNo,                 X::kNone},
    {E::kAnswer,            kInOpen,          kAnyFunds,       O::kClarifying,      kNo,                 G::kAlways,             kStay,                kNo,                 O::kClarifying,      X::kSendClarifyReply},
    {E::kClarifyReplyIn,    kInSent,          kAnyFunds,       kNo,                 kNo,                 G::kAlways,             kStay,                kNo,                 O::kAsking,          X::kNone},
    {{E::kReminderIn, E::kReminderReplyIn, E::kStatusReplyIn}, kInSent, kAnyFunds, kNo, kNo,             G::kAlways,             kStay,                kNo,                 kNo,                 X::kNone},
    {E::kReplyReminder,     kInOpen,          kAnyFunds,       O::kReminded,        kNo,                 G::kAlways,             kStay,                kNo,                 kNo,                 X::kSendReminderReply},
    {E::kAskStatus,         kInOpen,          kAnyFunds,       kNo,                 kNo,                 G::kAlways,             kStay,                kNo,                 kNo,                 X::kSendStatusQuery},
    {E::kStatusQueryIn,     kInSent,          kAnyFunds,       kNo,                 kNo,                 G::kAlways,             kStay,                kNo,                 kNo,                 X::kSendStatusReply},
    {E::kContradiction,     kInAny,           kAnyFunds,       kNo,                 kNo,                 G::kAlways,             kStay,                O::kUnclear,         kNo,                 X::kNone},
    {E::kAttach,            {R::kDraft, R::kAccepted}, kAnyFunds, kNo,              kNo,                 G::kAlways,             kStay,                kNo,                 kNo,                 X::kNone},
    {E::kDetach,            {R::kDraft, R::kAccepted}, kAnyFunds, kNo,              kNo,                 G::kAttachmentWaits,    kStay,                kNo,                 kNo,                 X::kNone},
    {kOfBytes,              kInAny,           kAnyFunds,       kNo,                 kNo,                 G::kAttachmentAbsent,   kStay,                kNo,                 kNo,                 X::kNone},
    {E::kMarkSeen,          kInAny,           kAnyFunds,       O::kUnclear,         kNo,                 G::kAlways,             kStay,                kNo,                 O::kUnclear,         X::kNone},
    {E::kFaultIn,           kLetterOut,       kAnyFunds,       kNo,                 kNo,                 G::kLetterUnusable,     R::kRefusedByOut,     kNo,                 kNo,                 X::kNone},
    {E::kFaultIn,           kInAny,           kAnyFunds,       kNo,                 kNo,                 G::kAlways,             kStay,                kNo,                 kNo,                 X::kNone},
    {kFromPeer,             kInSent,          kAnyFunds,       kNo,                 kNo,                 G::kOvertaken,          kStay,                kNo,                 kNo,                 X::kNone},
};

constexpr Row kOutRows[] = {
    // events               from              funds            needs                bars                 guard                   to                    set                  clear                effect
    {E::kLetterIn,          R::kNone,         kAnyFunds,       kNo,                 kNo,                 G::kAlways,             R::kLetterReceived,   kNo,                 kNo,                 X::kNone},
    {E::kAcceptLetter,      R::kLetterReceived, kAnyFunds,     kNo,                 {O::kSuspended, O::kIncomplete}, G::kAlways,             R::kOutAccepted,      kNo,                 kNo,                 X::kSendLetterAccept},
    {E::kRejectLetter,      kRejectable,      F::kNotComputed, kNo,                 O::kCancelPending,   G::kAlways,             R::kLetterRejected,   kNo,                 kNo,                 X::kSendLetterReject},
    {E::kForwardLetter,     R::kLetterReceived, kAnyFunds,     kNo,                 kNo,                 G::kAlways,             R::kLetterForwarded,  kNo,                 kNo,                 X::kSendLetterForwarded},
    {E::kWithdrawIn,        R::kLetterReceived, kAnyFunds,     kNo,                 kNo,                 G::kAlways,             R::kOutWithdrawn,     kNo,                 kNo,                 X::kReplyWithdrawAccepted},
    {E::kWithdrawIn,        R::kLetterRejected, kAnyFunds,     kNo,                 kNo,                 G::kAlways,             kStay,                kNo,                 kNo,                 X::kReplyWithdrawMoot},
    {E::kWithdrawIn,        kOutWorking,      kAnyFunds,       kNo,                 kNo,                 G::kAlways,             kStay,                kNo,                 kNo,                 X::kReplyWithdrawTooLate},

    {E::kStopInsurance,     R::kOutAccepted,  kAnyFunds,       kNo,                 kNo,                 G::kAlways,             R::kStopped,          kNo,                 kNo,                 X::kNone},
    {E::kIssueForm,         {R::kStopped, R::kFormDisputed}, kAnyFunds,       kNo,                 kHeldOrGivingUp,     G::kAlways,             R::kFormIssued,       kNo,                 {O::kInvalidated, O::kFundsDiffer}, X::kSendForm},
    {E::kSupplementForm,    kFormOut,         kAnyFunds,       kNo,                 kHeldOrGivingUp,     G::kAlways,             R::kFormIssued,       kNo,                 O::kFundsDiffer,     X::kSendForm},
    {E::kInvalidateForm,    kFormOut,         kAnyFunds,       kNo,                 kGivingUp,           G::kAlways,             R::kFormDisputed,     O::kInvalidated,     kNo,                 X::kSendInvalidate},
    {E::kInfoConfirmIn,     R::kFormIssued,   kAnyFunds,       kNo,                 kNo,                 G::kVersionCurrent,     R::kFormConfirmed,    kNo,                 kNo,                 X::kNone},
    {E::kInfoQueryIn,       kFormOut,         kAnyFunds,       kNo,                 kNo,                 G::kVersionCurrent,     R::kFormDisputed,     kNo,                 kNo,                 X::kNone},
    {E::kCloseIn,           R::kFormConfirmed, kAnyFunds,      kNo,                 kNo,                 G::kAlways,             R::kOutDone,          kNo,                 kNo,                 X::kNone},

    {E::kRemit,             R::kStopped,      {F::kNotComputed, F::kBankReturned}, kNo, kHeldOrGivingUp, G::kHasAccount,         kStay,                kNo,                 O::kFundsDiffer,     X::kSendRemitNotice},
    {E::kRemit,             kFormOut,         {F::kComputed, F::kBankReturned}, kNo, kHeldOrGivingUp,    G::kAlways,             kStay,                kNo,                 O::kFundsDiffer,     X::kSendRemitNotice},
    {E::kRemit,             R::kOutDone,      {F::kComputed, F::kBankReturned}, kNo, kHeldOrGivingUp,    G::kAlways,             kStay,                kNo,                 O::kFundsDiffer,     X::kSendRemitNotice},
    {kBankTookBack,         kOutAny,          {F::kPaid, F::kComputed, F::kOverpaid, F::kBankReturned}, kNo, kNo, G::kAmountStillOut, kStay,             kNo,                 O::kFundsDiffer,     X::kSendBankReturned},
    {E::kBatchExported,     kOutAny,          kAnyFunds,       kNo,                 kNo,                 G::kAlways,             kStay,                kNo,                 kNo,                 X::kSendRemitNotice},
    {E::kBankPaidAgain,     kOutAny,          kAnyFunds,       kNo,                 kNo,                 G::kAlways,             kStay,                kNo,                 kNo,                 X::kSendRemitNotice},
    {E::kBankCredit,        kOutAny,          kAnyFunds,       kNo,                 kNo,                 G::kAmountMoved,        kStay,                kNo,                 kNo,                 X::kNone},
    {E::kFundsAckIn,        kOutAny,          kAnyFunds,       kNo,                 kNo,                 G::kAmountAcknowledged, kStay,                kNo,                 O::kFundsDiffer,     X::kNone},
    {E::kFundsDiffIn,       kOutWorking | R::kOutDone, kAnyFunds,       kNo,                 kNo,                 G::kLeavesWhatIsDue,    kStay,                kNo,                 O::kFundsDiffer,     X::kNone},
    {E::kFundsDiffIn,       kOutWorking | R::kOutDone, kAnyFunds,       kNo,                 kNo,                 G::kAlways,             kStay,                O::kFundsDiffer,     kNo,                 X::kNone},
    {E::kFundsDiffIn,       kOutAny,          kAnyFunds,       kNo,                 kNo,                 G::kAlways,             kStay,                kNo,                 kNo,                 X::kNone},
    {E::kFundsReturnedIn,   kOutAny,          kAnyFunds,       kNo,                 kNo,                 G::kLessCredited,       kStay,                kNo,                 O::kFundsDiffer,     X::kNone},
    {E::kRefund,            kOutAny,          F::kRefundDue,   kNo,                 kHeldOrGivingUp,     G::kAlways,             kStay,                kNo,                 kNo,                 X::kSendRefundToPerson},
    {E::kPayeeChangeIn,     kOutAny,          kAnyFunds,       kNo,                 kNo,                 G::kAlways,             kStay,                kNo,                 kNo,                 X::kNone},

    {E::kCancel,            kOutWorking,      kAnyFunds,       kNo,                 kGivingUp,           G::kAlways,             kStay,                O::kCancelPending,   kNo,                 X::kSendCancelRequest},
    {E::kCancelRequestIn,   kOutWorking,      kAnyFunds,       O::kCancelPending,   kNo,                 G::kAlways,             R::kOutFailed,        kNo,                 kNo,                 X::kNone},
    {E::kCancelRequestIn,   kOutWorking,      kAnyFunds,       kNo,                 kNo,                 G::kAlways,             kStay,                O::kCancelAsked,     kNo,                 X::kNone},
    {E::kCancelReplyIn,     kOutWorking,      kAnyFunds,       O::kCancelPending,   kNo,                 G::kAgreed,             R::kOutFailed,        kNo,                 kNo,                 X::kNone},
    {E::kCancelReplyIn,     kOutWorking,      kAnyFunds,       O::kCancelPending,   kNo,                 G::kAlways,             kStay,                kNo,                 O::kCancelPending,   X::kNone},
    {E::kAgree,             kOutWorking,      kAnyFunds,       O::kCancelAsked,     kNo,                 G::kAlways,             R::kOutFailed,        kNo,                 kNo,                 X::kSendCancelAgreed},
    {E::kDecline,           kOutWorking,      kAnyFunds,       O::kCancelAsked,     kNo,                 G::kAlways,             kStay,                kNo,                 O::kCancelAsked,     X::kSendCancelDeclined},

    {E::kReopen,            R::kOutDone,      kAnyFunds,       kNo,                 {O::kReopenPending, O::kReopenAsked}, G::kAlways, kStay,           O::kReopenPending,   kNo,                 X::kSendReopenRequest},
    {E::kReopenRequestIn,   R::kOutDone,      kAnyFunds,       O::kReopenPending,   kNo,                 G::kAlways,             R::kFormDisputed,     kNo,                 O::kReopenPending,   X::kNone},
    {E::kReopenRequestIn,   R::kOutDone,      kAnyFunds,       kNo,                 kNo,                 G::kAlways,             kStay,                O::kReopenAsked,     kNo,                 X::kNone},
    {E::kReopenReplyIn,     R::kOutDone,      kAnyFunds,       O::kReopenPending,   kNo,                 G::kAgreed,             R::kFormDisputed,     kNo,                 O::kReopenPending,   X::kNone},
    {E::kReopenReplyIn,     R::kOutDone,      kAnyFunds,       O::kReopenPending,   kNo,                 G::kAlways,             kStay,                kNo,                 O::kReopenPending,   X::kNone},
    {E::kAgree,             R::kOutDone,      kAnyFunds,       O::kReopenAsked,     kNo,                 G::kAlways,             R::kFormDisputed,     kNo,                 O::kReopenAsked,     X::kSendReopenAgreed},
    {E::kDecline,           R::kOutDone,      kAnyFunds,       O::kReopenAsked,     kNo,                 G::kAlways,             kStay,                kNo,                 O::kReopenAsked,     X::kSendReopenDeclined},

    {E::kHold,              kOutOpen,         kAnyFunds,       kNo,                 O::kSuspended,       G::kAlways,             kStay,                O::kSuspended,       kNo,                 X::kSendHold},
    {E::kResume,            kOutOpen,         kAnyFunds,       O::kSuspended,       kNo,                 G::kAlways,             kStay,                kNo,                 {O::kSuspended, O::kUpstreamOpen}, X::kSendResume},
    {E::kAsk,               kOutOpen,         kAnyFunds,       kNo,                 O::kAsking,          G::kAlways,             kStay,                O::kAsking,          kNo,                 X::kSendClarify},
    {E::kClarifyIn,         kOutOpen,         kAnyFunds,       kNo,                 kNo,                 G::kAlways,             kStay,                O::kClarifying,      kNo,                 X::kNone},
    {E::kAnswer,            kOutOpen,         kAnyFunds,       O::kClarifying,      kNo,                 G::kAlways,             kStay,                kNo,                 O::kClarifying,      X::kSendClarifyReply},
    {E::kClarifyReplyIn,    kOutAny,          kAnyFunds,       kNo,                 kNo,                 G::kAlways,             kStay,                kNo,                 O::kAsking,          X::kNone},
    {{E::kReminderIn, E::kReminderReplyIn, E::kStatusReplyIn}, kOutAny, kAnyFunds, kNo, kNo,             G::kAlways,             kStay,                kNo,                 kNo,                 X::kNone},
    {E::kReplyReminder,     kOutOpen,         kAnyFunds,       O::kReminded,        kNo,                 G::kAlways,             kStay,                kNo,                 kNo,                 X::kSendReminderReply},
    {E::kAskStatus,         kOutOpen,         kAnyFunds,       kNo,                 kNo,                 G::kAlways,             kStay,                kNo,                 kNo,                 X::kSendStatusQuery},
    {E::kStatusQueryIn,     kOutOpen | R::kOutDone, kAnyFunds, kNo,                 kNo,                 G::kAlways,             kStay,                kNo,                 kNo,                 X::kSendStatusReply},
    {E::kContradiction,     kOutAny,          kAnyFunds,       kNo,                 kNo,                 G::kAlways,             kStay,                O::kUnclear,         kNo,                 X::kNone},
    {E::kAttach,            kOutWorking,      kAnyFunds,       kNo,                 kNo,                 G::kAlways,             kStay,                kNo,                 kNo,                 X::kNone},
    {E::kDetach,            kOutWorking,      kAnyFunds,       kNo,                 kNo,                 G::kAttachmentWaits,    kStay,                kNo,                 kNo,                 X::kNone},
    {kOfBytes,              kOutAny,          kAnyFunds,       kNo,                 kNo,                 G::kAttachmentAbsent,   kStay,                kNo,                 kNo,                 X::kNone},
    {E::kMarkSeen,          kOutAny,          kAnyFunds,       O::kUnclear,         kNo,                 G::kAlways,             kStay,                kNo,                 O::kUnclear,         X::kNone},
    {E::kFaultIn,           kOutAny,          kAnyFunds,       kNo,                 kNo,                 G::kAlways,             kStay,                kNo,                 kNo,                 X::kNone},
    {kFromPeer,             kOutAny,          kAnyFunds,       kNo,                 kNo,                 G::kOvertaken,          kStay,                kNo,                 kNo,                 X::kNone},
};

constexpr FundsRule kInFunds[] = {
    {M::kEarly,       F::kSuspense},
    {M::kEarlyNotice, F::kNoticed},
    {M::kNoForm,      F::kUnknown},
    {M::kAllHere,     F::kMatched},
    {M::kParked,      F::kReceivedDiffers},
    {M::kComing,      F::kNoticed},
    {M::kAllCredited, F::kCredited},
    {M::kMissing,     F::kExpected},
    {M::kPersonPaid,  F::kRefundedToPerson},
    {M::kSentBack,    F::kReturnedToOut},
    {M::kNothing,     F::kNoneDue},
};

constexpr FundsRule kOutFunds[] = {
    {M::kBounced,       F::kBankReturned},
    {M::kPaidEarly,     F::kPaid},
    {M::kNoForm,        F::kNotComputed},
    {M::kAboveDue,      F::kOverpaid},
    {M::kBelowDue,      F::kComputed},
    {M::kAcknowledged,  F::kAckedByIn},
    {M::kAllPaid,       F::kPaid},
    {M::kPersonNotPaid, F::kRefundDue},
    {M::kPersonPaid,    F::kRefundToPerson},
    {M::kNothing,       F::kNothingToPay},
};
// clang-format on

bool is_early(const Case& subject) {
  return subject.form_version == 0 && !is_dead(subject.relationship);
}

// Announced, and neither here nor sent back.
bool is_coming(const Case& subject) {
  return subject.noticed.value > subject.moved.value + subject.returned.value;
}

}  // namespace

std::span<const Row> rows(Side side) {
  return side == Side::kIn ? std::span<const Row>(kInRows) : std::span<const Row>(kOutRows);
}

std::span<const FundsRule> funds_rules(Side side) {
  return side == Side::kIn ? std::span<const FundsRule>(kInFunds)
                           : std::span<const FundsRule>(kOutFunds);
}

bool holds(Money money, const Case& subject) {
  const Fen due = subject.due;
  const Fen moved = subject.moved;
  switch (money) {
    case Money::kEarly:
    case Money::kPaidEarly: return is_early(subject) && moved.value > 0;
    case Money::kEarlyNotice: return is_early(subject) && is_coming(subject);
    case Money::kNoForm: return is_early(subject);
    case Money::kAllCredited:
    case Money::kAcknowledged: return due.value > 0 && moved == due && subject.credited == due;
    case Money::kAllHere: return moved == due && subject.credited < due;
    case Money::kAllPaid: return due.value > 0 && moved == due;
    case Money::kParked: return moved != subject.credited || moved > due;
    case Money::kComing: return is_coming(subject);
    case Money::kMissing:
    case Money::kBelowDue: return moved < due;
    case Money::kAboveDue: return moved > due;
    case Money::kSentBack: return subject.returned.value > 0;
    case Money::kPersonPaid:
      return subject.disposition == v1::DISPOSITION_REFUND_PERSON && !is_dead(subject.relationship);
    case Money::kBounced: return subject.bounced && moved < due;
    case Money::kPersonNotPaid: return subject.refunded < subject.refund;
    case Money::kNothing: return true;
  }
  return false;
}

Funds judge_funds(const Case& subject) {
  for (const FundsRule& rule : funds_rules(subject.side)) {
    if (holds(rule.money, subject)) return rule.funds;
  }
  return subject.funds;
}

bool fits(const Row& row, const Case& subject, EventKind kind, Overlays overlooked) {
  Overlays bars = row.bars;
  bars.remove(overlooked);
  return row.events.has(kind) && row.from.has(subject.relationship) &&
         row.funds.has(subject.funds) && subject.overlays.has_all(row.needs) &&
         !subject.overlays.has_any(bars);
}

}  // namespace jiexu
