// One side of one case: the state that step() turns into the next one.
//
// Both agencies hold the case, each its side: IN, the transfer-in agency (转入地), which started
// it, and OUT, the transfer-out agency (转出地), which holds history and money. Each side has two
// ledgers, the relationship (关系) and the funds (个人账户资金), and is closed only when both have
// reached a terminal state; an overlay tells of what hangs over the case meanwhile.
//
// Plain data: no I/O, no clock, no identity beyond its fields. Enum numbers are stored, never
// reused.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/base/ids.h"
#include "daemon/base/money.h"
#include "daemon/base/time.h"
#include "daemon/rules/policy.h"
#include "jiexu/v1/forms.pb.h"
#include "jiexu/v1/message.pb.h"

namespace jiexu {

enum class Side : uint8_t { kIn = 1, kOut = 2 };

enum class Relationship : uint8_t {
  kNone = 0,  // no case yet
  // IN
  kDraft = 1,            // application keyed
  kAccepted = 2,         // application accepted (受理)
  kLetterSent = 3,       // contact letter signed and queued
  kLetterDelivered = 4,  // OUT's daemon has given its signed receipt
  kLetterAccepted = 5,   // OUT has taken the case on
  kInfoReceived = 6,     // information form arrived
  kInfoDisputed = 7,     // correction of the form asked for
  kInfoConfirmed = 8,    // history written at the destination
  kDone = 9,             // terminal: closed (办结)
  kRefusedByOut = 10,    // terminal
  kWithdrawn = 11,       // terminal
  kFailed = 12,          // terminal
  kPaper = 13,           // terminal: went on by paper
  // OUT
  kLetterReceived = 20,
  kLetterChecking = 21,
  kLetterRejected = 22,   // terminal
  kLetterForwarded = 23,  // terminal
  kOutAccepted = 24,
  kStopped = 25,  // insurance ended at origin
  kFormIssued = 26,
  kFormDisputed = 27,  // IN asked for a correction
  kFormConfirmed = 28,
  kOutDone = 29,       // terminal
  kOutWithdrawn = 30,  // terminal: IN withdrew in time
  kOutFailed = 31,     // terminal
};

enum class Funds : uint8_t {
  // IN
  kUnknown = 0,           // F0: no form yet
  kNoneDue = 1,           // F1, terminal: no account, zero, resident, shared
  kExpected = 2,          // F2: the form says TRANSFER
  kNoticed = 3,           // F3: remittance notice received
  kReceivedDiffers = 4,   // F4: money is here, the amount differs
  kMatched = 5,           // F5: bank line and case agree to the fen
  kCredited = 6,          // F6, terminal: booked to the person
  kReturnedToOut = 7,     // F7, terminal
  kRefundedToPerson = 8,  // F8, terminal: paid out by OUT
  kSuspense = 9,          // F9: money came before its form
  // OUT
  kNotComputed = 20,
  kComputed = 21,     // amount fixed by form or payment order
  kWithFinance = 22,  // notice to finance
  kPaid = 23,
  kBankReturned = 24,
  kAckedByIn = 25,       // terminal
  kRefundToPerson = 26,  // terminal
  kNothingToPay = 27,    // terminal: none, zero, shared, negative
};

enum class Overlay : uint8_t {
  kNone = 0,
  kReminded = 1,
  kClarifying = 2,
  kSuspended = 3,
  kWithdrawalPending = 4,
  kReopenPending = 5,
  kInvalidated = 6,
};

bool is_terminal(Relationship relationship);
bool is_terminal(Funds funds);

// Names for people, logs and JSON, such as "LETTER_SENT".
std::string_view name(Side side);
std::string_view name(Relationship relationship);
std::string_view name(Funds funds);
std::string_view name(Overlay overlay);

// A message's place in a link log: who wrote it, in which epoch, under which number.
struct LogPlace {
  bool outgoing = false;
  Epoch epoch = 0;
  Seq seq = 0;
  bool operator==(const LogPlace&) const = default;
};

// A running or met deadline. The date is judged in China Standard Time.
struct Deadline {
  DeadlineKind kind{};
  Date started;             // counting starts on the next working day
  std::optional<Date> due;  // nullopt: unknown until the calendar of that year is published
  bool passed = false;      // the day is over and the case has been told
};

struct Case {
  CaseId id;
  Side side = Side::kIn;
  AgencyId peer;              // the other agency
  std::string letter_number;  // empty until the letter is made
  Relationship relationship = Relationship::kNone;
  Funds funds = Funds::kUnknown;
  Overlay overlay = Overlay::kNone;

  v1::Person person;
  PersonHash person_hash{};
  v1::Scheme scheme_from = v1::SCHEME_UNSPECIFIED;
  v1::Scheme scheme_to = v1::SCHEME_UNSPECIFIED;
  v1::Payee payee;  // as in the letter
  std::string policy_profile;
  std::string certificate_number;

  uint32_t sent_case_seq = 0;      // messages of this case that we sent
  uint32_t received_case_seq = 0;  // messages of this case that we accepted or refused
  uint32_t timeline_count = 0;
  uint64_t revision = 0;  // rises with every change
  Instant created_at;
  Instant updated_at;
  std::optional<Instant> closed_at;
  std::vector<Deadline> deadlines;  // at most one of a kind

  std::optional<LogPlace> letter_place;
  std::optional<LogPlace> form_place;
  uint32_t form_version = 0;
  v1::Disposition disposition = v1::DISPOSITION_UNSPECIFIED;
  Fen due;               // what the form says is remitted
  Fen noticed;           // IN: announced by remittance notice
  Fen moved;             // OUT: ordered from the bank; IN: received from the bank
  Fen credited;          // IN: booked to the person
  uint32_t attempt = 0;  // number of the payment
  v1::RejectCode reject_code = v1::REJECT_CODE_UNSPECIFIED;
  std::vector<v1::Finding> findings;  // about the newest form version
  int32_t stopped_on = 0;             // yyyymmdd
  v1::FaultCode last_fault =
      v1::FAULT_CODE_UNSPECIFIED;  // the peer could not use a message of ours
  std::string newest_entries;  // of the timeline, as the store keeps them; step() leaves it alone

  bool exists() const { return relationship != Relationship::kNone; }
  bool closed() const { return exists() && is_terminal(relationship) && is_terminal(funds); }
  const Deadline* deadline(DeadlineKind kind) const;
};

}  // namespace jiexu
