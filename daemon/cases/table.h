// The case machine on one page: every transition of both sides as a row of data. Docs, console,
// `jiexu case states` and tests print these rows; step.cc applies them; nothing else moves a case.
//
// The first row whose event and states fit and whose guard holds is taken. An event for which no
// row fits is refused by name and changes nothing.
#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>

#include "daemon/cases/case.h"
#include "daemon/cases/event.h"

namespace jiexu {

// Sets of states, as bits by enum number.
template <class State>
struct StateSet {
  uint32_t bits = 0;

  constexpr StateSet() = default;
  constexpr StateSet(State one) : bits(1u << static_cast<int>(one)) {}
  constexpr StateSet(std::initializer_list<State> states) {
    for (const State state : states) bits |= 1u << static_cast<int>(state);
  }
  constexpr bool has(State state) const { return bits >> static_cast<int>(state) & 1; }
  static constexpr StateSet any() {
    StateSet all;
    all.bits = ~0u;
    return all;
  }
};

// Conditions on case and event together.
enum class Guard : uint8_t {
  kAlways,
  kNoWithdrawalPending,
  kWithdrawalAccepted,  // the reply says so
  kWithdrawalTooLate,
  kWithdrawalMoot,
  kFormTransfers,       // disposition TRANSFER
  kFormTransfersMoved,  // TRANSFER of exactly what has been paid or received
  kFormRefunds,         // disposition REFUND_PERSON
  kFormPaysNothing,     // any other disposition
  kVersionCurrent,      // the message names the newest form version
  kNoFindings,          // the newest form version breaks no rule
  kFormMissing,         // no form has come yet
  kHasAccount,          // the person's scheme at origin has a personal account
  kAmountCompletes,     // with this amount, received = due
  kAmountAcknowledges,  // the acknowledged amount is what was paid
  kFundsTerminal,
};

// What else the transition does. Amounts are those of case and event.
enum class Effect : uint8_t {
  kNone,
  kSendLetter,
  kSendLetterAccept,
  kSendLetterReject,
  kSendWithdraw,
  kReplyWithdrawAccepted,
  kReplyWithdrawTooLate,
  kReplyWithdrawMoot,
  kSendForm,
  kSendInfoConfirm,
  kSendInfoQuery,
  kSendRemitNotice,
  kSendFundsAck,
  kSendClose,
  kPostPayable,       // OUT: the change of what the form says is owed
  kPostPaid,          // OUT: ordered from the bank
  kPostSettled,       // OUT: acknowledged
  kPostReceivable,    // IN: the change of what the form says will come
  kPostReceived,      // IN: expected money arrived
  kPostSuspense,      // IN: money arrived that is not expected, or not so
  kPostFromSuspense,  // IN: parked money turns out to be what was due
  kPostCredited,      // IN: booked to the person
};

inline constexpr size_t kEffectsMax = 4;

// kSame: the state stays.
inline constexpr auto kSameRelationship = static_cast<Relationship>(255);
inline constexpr auto kSameFunds = static_cast<Funds>(255);
inline constexpr auto kSameOverlay = static_cast<Overlay>(255);

struct Row {
  EventKind event;
  StateSet<Relationship> from;
  StateSet<Funds> funds_from;
  Guard guard;
  Relationship to;
  Funds funds_to;
  Overlay overlay_to;
  std::array<Effect, kEffectsMax> effects{};
};

std::span<const Row> rows(Side side);

std::string_view name(Guard guard);
std::string_view name(Effect effect);

// Both tables as text, one row a line: what the golden test holds and `jiexu case states` prints.
std::string print_tables();

}  // namespace jiexu
