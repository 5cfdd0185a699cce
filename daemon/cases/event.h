// Everything that can happen to a case. An event carries all that varies: time, who, what was
// entered or received, the number a letter is to get. Event numbers are stored, never reused.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "daemon/base/ids.h"
#include "daemon/base/money.h"
#include "daemon/base/time.h"
#include "daemon/cases/actor.h"
#include "daemon/cases/case.h"
#include "jiexu/v1/api.pb.h"
#include "jiexu/v1/message.pb.h"

namespace jiexu {

enum class EventKind : uint8_t {
  kNone = 0,
  // Actions of people at IN.
  kApply = 1,
  kAccept = 2,
  kSendLetter = 3,
  kWithdraw = 4,
  kConfirmForm = 5,
  kQueryForm = 6,
  kCredit = 7,
  kClose = 8,
  kChangePayee = 9,
  kReturnFunds = 10,
  kReportDifference = 11,
  // Actions of people at OUT.
  kAcceptLetter = 20,
  kRejectLetter = 21,
  kStopInsurance = 22,
  kIssueForm = 23,
  kRemit = 24,
  kForwardLetter = 25,
  kHold = 26,
  kResume = 27,
  kInvalidateForm = 28,
  kBankReturned = 29,
  kRefund = 30,
  // Actions of people at either.
  kKeyPaper = 31,  // what came on paper; treated as the message that it stands for
  kAsk = 32,
  kAnswer = 33,
  kReplyReminder = 34,
  kCancel = 35,
  kReopen = 36,
  kAgree = 37,    // to give up, or to reopen
  kDecline = 38,  // the same
  kMarkSeen = 39,
  // Messages from the peer; more of them from 70 on.
  kLetterIn = 40,
  kLetterAcceptIn = 41,
  kLetterRejectIn = 42,
  kWithdrawIn = 43,
  kWithdrawReplyIn = 44,
  kInfoFormIn = 45,
  kInfoConfirmIn = 46,
  kInfoQueryIn = 47,
  kRemitNoticeIn = 48,
  kFundsAckIn = 49,
  kCloseIn = 50,
  kFaultIn = 51,
  // The bank, the link, the calendar.
  kBankCredit = 60,
  kDelivered = 61,
  kDeadlinePassed = 62,  // a step of a deadline's ladder is due
  kBankReversal = 63,    // OUT: a payment bounced; IN: a credit was taken back
  // Actions again: the numbers below 40 are used up.
  kAskStatus = 64,
  kSupplementForm = 65,  // OUT: the next version, nobody having asked for it (X41, X45)
  // They move no state and have no rows. Four eyes (daemon/casework/four_eyes.h):
  kPropose = 66,
  kApprove = 67,
  kRetract = 68,
  kRejudge = 69,  // a new calendar, profile or successor has changed it (daemon/casework/rejudge.h)
  // Messages from the peer.
  kLetterForwardedIn = 70,
  kHoldIn = 71,
  kResumeIn = 72,
  kClarifyIn = 73,
  kClarifyReplyIn = 74,
  kInvalidateIn = 75,
  kPayeeChangeIn = 76,
  kFundsDiffIn = 77,
  kFundsReturnedIn = 78,
  kBankReturnedIn = 79,
  kRefundToPersonIn = 80,
  kReminderIn = 81,
  kReminderReplyIn = 82,
  kCancelRequestIn = 83,
  kCancelReplyIn = 84,
  kReopenRequestIn = 85,
  kReopenReplyIn = 86,
  kStatusQueryIn = 87,
  kStatusReplyIn = 88,
  // A recovery found what our record of the case cannot be led to (link_recovery.h).
  kContradiction = 89,
  // Actions of people on either side, about files that go with the next letter or form.
  kAttach = 90,
  kDetach = 91,
  // Of a file's bytes: they are here, the peer lacks them too, what came is not what was named.
  kAttachmentHere = 92,
  kAttachmentGone = 93,
  kAttachmentDamaged = 94,
  kBatchExported = 95,  // OUT: a payment went to the bank in a batch, which the peer is told of
  kBankPaidAgain = 96,  // OUT: the bank has paid a payment a second time
  kAssign = 97,         // somebody sees to the case from now on, or nobody; moves no state
  kMatchUndone = 98,  // IN: money that people had matched is not the case's; nobody was told of it
};

// The name of an action in API paths and on the command line, such as "send-letter"; of other
// events, a name for timelines and logs, such as "letter-received".
std::string_view name(EventKind kind);
// nullopt if no action has this name.
std::optional<EventKind> action_from_name(std::string_view name);
bool is_action(EventKind kind);
// The event that a message body means; kNone for a body that this version does not know.
EventKind event_of(v1::Message::BodyCase body);

// The batch that a payment has gone to the bank in.
struct BatchPlace {
  std::string_view number;
  uint32_t lines = 0;  // cases that it pays
  Fen total;
};

struct Event {
  EventKind kind = EventKind::kNone;
  Instant at;
  Actor actor;
  const v1::Message* message = nullptr;    // messages from the peer
  const v1::ActionInput* input = nullptr;  // actions of people
  LogPlace place;                          // of `message`; kDelivered: of what was delivered
  // kBankCredit, kBankReversal, kBatchExported, kBankPaidAgain, kMatchUndone
  Fen amount;
  // Which payment: kBankReturned, kBankReversal (0: not known), kBatchExported, kBankPaidAgain.
  uint32_t attempt = 0;
  BatchPlace batch;                // kBatchExported
  DeadlineKind deadline{};         // kDeadlinePassed
  std::string_view letter_number;  // kSendLetter: that it had before the store was lost
  std::string_view note;           // for the timeline; no personal data
  bool on_paper = false;           // `message` was keyed in; it has no number
  // A recovery does again what was done before. The person's other cases may not stand where they
  // stood then, and so they are not asked; files that it names may have been lost with the store.
  bool replayed = false;
  // Two people have let a message pass that was set aside: its number was used up then.
  bool released = false;
  Digest attachment{};  // kAttachmentHere, ...Gone, ...Damaged: which file
};

// Whether the event counts in the case's numbering: messages do, but not faults, which may be about
// no case at all, not what came on paper, and not what was set aside when its turn was.
bool is_numbered(const Event& event);

}  // namespace jiexu
