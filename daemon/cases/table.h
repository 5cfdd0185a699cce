// The case machine on one page: every transition of both sides as a row of data, and how the funds
// follow from the amounts. step.cc applies these rows, and nothing else moves a case.
// `jiexu case states` and the golden test print them; table_drawing.h draws them.
//
// The first row whose event, states and overlays fit and whose guard holds is taken; it moves the
// relationship and the overlays. Then the first funds rule whose condition holds names the funds.
// An event for which no row fits is refused by name and changes nothing.
#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>

#include "daemon/cases/case.h"
#include "daemon/cases/event.h"
#include "daemon/cases/state_set.h"

namespace jiexu {

// A set of kinds of event. REQUIRES: numbers below 128.
struct EventSet {
  uint64_t low = 0;
  uint64_t high = 0;

  constexpr EventSet(EventKind one) { add(one); }
  constexpr EventSet(std::initializer_list<EventKind> kinds) {
    for (const EventKind kind : kinds) add(kind);
  }
  constexpr bool has(EventKind kind) const {
    const int bit = static_cast<int>(kind);
    return bit < 64 ? low >> bit & 1 : bit < 128 && (high >> (bit - 64) & 1);
  }

 private:
  constexpr void add(EventKind kind) {
    const int bit = static_cast<int>(kind);
    (bit < 64 ? low : high) |= uint64_t{1} << (bit % 64);
  }
};

// Conditions on case and event together.
enum class Guard : uint8_t {
  kAlways,
  kWithdrawalAccepted,  // the reply says so
  kWithdrawalFailed,    // too late, or moot
  kAgreed,              // the reply says so
  kVersionCurrent,      // the message names the newest form version
  kNoFindings,          // the newest form version breaks no rule
  kHasAccount,          // the person's scheme at origin has a personal account
  kFundsTerminal,
  kAllOnPaper,          // and the funds are terminal: nothing ever came from the peer's daemon
  kSuccessorKnown,      // the agency that is to get the letter can be written to
  kAmountAcknowledged,  // no more than what was paid
  kAmountStillOut,      // no more than what was paid and not acknowledged
  kAmountMoved,         // no more than what has come, or was paid
  kAmountNoticed,       // no more than what was announced
  kMoreHereThanDue,
  kLessCredited,      // no more than what was acknowledged
  kPaidAgain,         // nobody has ordered it: the bank has paid a payment twice
  kCrossed,           // the peer wrote it without knowing our last turn
  kOvertaken,         // the same, and thereby it has lost its object
  kLeavesWhatIsDue,   // exactly what is due is at IN then
  kAttachmentWaits,   // a file is attached that no message names yet
  kAttachmentAbsent,  // a file's bytes are not here
  kLetterUnusable,    // the fault is about our letter, whose content the other agency cannot take
  kOnPaper,           // it is keyed in: an agency without Jiexu answers a letter by its form alone
  kLast = kOnPaper,
};

// What a transition sends. Amounts are those of case and event.
enum class Effect : uint8_t {
  kNone,
  kSendLetter,
  kSendLetterOn,  // to the agency that the forwarding names, which is the peer from now on
  kSendLetterAccept,
  kSendLetterReject,
  kSendLetterForwarded,
  kSendWithdraw,
  kReplyWithdrawAccepted,
  kReplyWithdrawTooLate,
  kReplyWithdrawMoot,
  kSendForm,
  kSendInvalidate,
  kSendInfoConfirm,
  kSendInfoQuery,
  kSendRemitNotice,
  kSendFundsAck,
  kSendFundsDiff,
  kSendFundsReturned,
  kSendBankReturned,
  kSendRefundToPerson,
  kSendPayeeChange,
  kSendClose,
  kSendHold,
  kSendResume,
  kSendClarify,
  kSendClarifyReply,
  kSendReminderReply,
  kSendCancelRequest,
  kSendCancelAgreed,
  kSendCancelDeclined,
  kSendReopenRequest,
  kSendReopenAgreed,
  kSendReopenDeclined,
  kSendStatusQuery,
  kSendStatusReply,
  kLast = kSendStatusReply,
};

// kSame: the state stays.
inline constexpr auto kSameRelationship = static_cast<Relationship>(255);

struct Row {
  EventSet events;
  StateSet<Relationship> from;
  StateSet<Funds> funds;
  Overlays needs;  // all of them are there
  Overlays bars;   // none of them is
  Guard guard;
  Relationship to;
  Overlays set;
  Overlays clear;
  Effect effect;
};

// What the amounts of a case say.
enum class Money : uint8_t {
  kEarly,        // money is here, and no form has come
  kEarlyNotice,  // a payment is announced, and no form has come
  kNoForm,
  kAllCredited,    // all that is due is here and credited
  kAllHere,        // all that is due is here, and not all credited
  kParked,         // money is here that is neither credited nor all that is due
  kComing,         // a payment is announced that is not here
  kMissing,        // not all that is due is here
  kSentBack,       // nothing is due, and what had come was sent back
  kPersonPaid,     // the form pays the person at origin
  kPaidEarly,      // paid, and no form is issued
  kBounced,        // the bank sent a payment back, and it is still owed
  kAboveDue,       // more is paid than is due
  kBelowDue,       // less is paid than is due
  kAcknowledged,   // all that is due is acknowledged
  kAllPaid,        // all that is due is paid
  kPersonNotPaid,  // the form pays the person at origin, who has not got it
  kNothing,        // otherwise
};

struct FundsRule {
  Money money;
  Funds funds;
};

std::span<const Row> rows(Side side);
std::span<const FundsRule> funds_rules(Side side);
// Overlays that a terminal relationship leaves.
inline constexpr Overlays kOutliveTheEnd = {Overlay::kReopenPending, Overlay::kReopenAsked,
                                            Overlay::kUnclear};

// Whether the amounts of the case are so.
bool holds(Money money, const Case& subject);
// What the amounts say, by the rules.
Funds judge_funds(const Case& subject);
// The states and overlays fit; the guard is not asked.
// Overlays that are `overlooked` bar nothing.
bool fits(const Row& row, const Case& subject, EventKind kind, Overlays overlooked = {});

std::string_view name(Guard guard);
std::string_view name(Effect effect);
std::string_view name(Money money);

// A row as one line of text.
std::string print_row(const Row& row);
// Both tables as text, one row a line: what the golden test holds and `jiexu case states` prints.
std::string print_tables();

}  // namespace jiexu
