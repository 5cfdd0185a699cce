// One side of one case: the state that step() turns into the next one.
//
// Both agencies hold the case, each its side: IN, the transfer-in agency (转入地), which started
// it, and OUT, the transfer-out agency (转出地), which holds history and money. Each side has two
// ledgers, the relationship (关系) and the funds (个人账户资金), and is closed only when both have
// reached a terminal state; overlays tell of what hangs over the case meanwhile.
//
// The relationship moves by rows of a table (table.h). The funds follow from the amounts in the
// case, so that payments in parts, top-ups, corrections and returns are no states of their own.
//
// Plain data: no I/O, no clock, no identity beyond its fields. Enum numbers are stored, never
// reused.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/base/ids.h"
#include "daemon/base/money.h"
#include "daemon/base/time.h"
#include "daemon/cases/state_set.h"
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
  kFailed = 12,          // terminal: given up after acceptance (X13)
  kPaper = 13,           // terminal: done, and everything from the other side came on paper (X38)
  // OUT
  kLetterReceived = 20,
  // 21 stood for a state that nothing led to
  kLetterRejected = 22,   // terminal
  kLetterForwarded = 23,  // terminal: another agency has the case
  kOutAccepted = 24,
  kStopped = 25,  // insurance ended at origin
  kFormIssued = 26,
  kFormDisputed = 27,  // IN asked for a correction
  kFormConfirmed = 28,
  kOutDone = 29,       // terminal
  kOutWithdrawn = 30,  // terminal: IN withdrew in time
  kOutFailed = 31,     // terminal: given up after acceptance
};

// What the amounts of the case say; table.h has the rules.
enum class Funds : uint8_t {
  // IN
  kUnknown = 0,           // F0: no form yet
  kNoneDue = 1,           // F1, terminal: no account, zero, resident, shared
  kExpected = 2,          // F2: the form says TRANSFER, and not all of it is here
  kNoticed = 3,           // F3: a payment is announced that is not here
  kReceivedDiffers = 4,   // F4: money is here, the amount differs
  kMatched = 5,           // F5: money and form agree to the fen
  kCredited = 6,          // F6, terminal: booked to the person
  kReturnedToOut = 7,     // F7, terminal
  kRefundedToPerson = 8,  // F8, terminal: paid out by OUT
  kSuspense = 9,          // F9: money came before its form
  // OUT
  kNotComputed = 20,
  kComputed = 21,  // the form fixes an amount that is not all paid
  // 22 stood for a state that nothing led to
  kPaid = 23,            // all that is due is ordered from the bank
  kBankReturned = 24,    // the bank sent a payment back (X22)
  kAckedByIn = 25,       // terminal
  kRefundToPerson = 26,  // terminal: paid to the person at origin
  kNothingToPay = 27,    // terminal: none, zero, shared, negative
  kOverpaid = 28,        // more is paid than is due: IN sends it back
  kRefundDue = 29,       // the form says that the person is paid at origin; not done yet
};

// What hangs over a case besides its states; any number of them at once.
enum class Overlay : uint8_t {
  kNone = 0,
  kReminded = 1,           // the peer's reminder waits for our answer
  kClarifying = 2,         // the peer's question waits for our answer
  kSuspended = 3,          // OUT holds the case
  kWithdrawalPending = 4,  // our withdrawal waits for OUT's answer
  kReopenPending = 5,      // our request to reopen waits for the peer's answer
  kInvalidated = 6,        // OUT took its form back; the next version comes
  kReminding = 7,          // our reminder waits for the peer's answer
  kAsking = 8,             // our question waits for the peer's answer
  kReopenAsked = 9,        // the peer's request to reopen waits for our answer
  kCancelPending = 10,     // our request to give up waits for the peer's answer
  kCancelAsked = 11,       // the peer's request to give up waits for our answer
  kPayeeWanted = 12,       // IN: a payment bounced; is the account right?
  kFundsDiffer = 13,       // IN has said that what came is not what the form says
  kEscalated = 14,         // a deadline is over for long and nobody has answered: the operator's
  kUnclear = 15,           // something contradicts our record of the case: a person must look
  kUpstreamOpen = 16,      // OUT: the person's own transfer to us is not finished (X34)
  kIncomplete = 17,        // a file that the peer's form or letter names is not here
};
using Overlays = StateSet<Overlay>;

bool is_terminal(Relationship relationship);
bool is_terminal(Funds funds);
// Ended without a transfer: nothing is due any more.
bool is_dead(Relationship relationship);

// Names for people, logs and JSON, such as "LETTER_SENT".
std::string_view name(Side side);
std::string_view name(Relationship relationship);
std::string_view name(Funds funds);
std::string_view name(Overlay overlay);
std::string_view deadline_name(DeadlineKind kind);  // such as "form-due"
// "SUSPENDED,ASKING", or "NONE".
std::string text(Overlays overlays);

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
  Date started;                    // counting starts on the next working day
  std::optional<Date> due;         // nullopt: unknown until the calendar of that year is published
  bool passed = false;             // the day is over and the case has been told
  uint32_t steps = 0;              // of the ladder of reminders that are done (deadlines.cc)
  bool reminded = false;           // a reminder was sent, and its answer is missing
  std::optional<Date> expected{};  // the day that the side in duty has named
  std::optional<Date> held_since{};  // it stands still, because transfer-out holds the case
  uint32_t held_days = 0;            // working days that it has stood still before
};

// An agency that the case was with before: it forwarded the letter, or was merged. With the number
// of the timeline entry in which the case left it; 0 if it went to the successor from the
// beginning.
struct FormerPeer {
  AgencyId agency;
  uint32_t until = 0;
};

// What was keyed in from paper, until its electronic twin comes (X38).
struct PaperTwin {
  v1::Message::BodyCase body{};
  uint32_t number = 0;  // version or attempt
  uint64_t digest = 0;  // of the body
};

// An action that waits for a second person.
struct Proposal {
  uint32_t number = 0;  // of the timeline entry that made it
  uint8_t action = 0;   // EventKind
  std::string user;     // who proposes
  Instant at;
  std::string input;  // v1::ActionInput as it was entered, serialised once
  std::string shown;  // v1::ShownRecord: what it would send and move, as people are shown it
};

// A payment of which something is not known to have come back from the bank (payments.h).
struct OpenPayment {
  uint32_t attempt = 0;
  Fen open;  // ordered (OUT) or noticed (IN), less what bounced
};

// A file that goes with a letter or form (attachments.h).
struct Attachment {
  // Stored, never reused.
  enum class Content : uint8_t {
    kMissing = 0,  // not here, or not whole
    kHere = 1,
    kGone = 2,     // not here, and the peer says that it does not have it either
    kDamaged = 3,  // what the peer sent is not what its message names
  };
  Digest sha256{};
  uint64_t size = 0;  // bytes
  std::string name;
  std::string media_type;
  bool ours = false;     // we sent it, or shall
  bool bound = false;    // a message names it; if not, it waits for the next one
  uint32_t version = 0;  // of the form that names it; 0: the letter
  Content content = Content::kMissing;
};
std::string_view name(Attachment::Content content);  // such as "missing"

struct Case {
  CaseId id;
  Side side = Side::kIn;
  AgencyId peer;              // the other agency
  std::string letter_number;  // empty until the letter is made
  std::string paper_number;   // OUT: that an agency without Jiexu gave its letter; empty: none
  Relationship relationship = Relationship::kNone;
  Funds funds = Funds::kUnknown;
  Overlays overlays;

  v1::Person person;
  PersonHash person_hash{};
  v1::Scheme scheme_from = v1::SCHEME_UNSPECIFIED;
  v1::Scheme scheme_to = v1::SCHEME_UNSPECIFIED;
  v1::Payee payee;  // as in the letter, or in its last change
  uint32_t payee_version = 0;
  std::string policy_profile;
  std::string certificate_number;
  std::string filing;  // v1::Filing as it was entered or received, serialised; empty: none

  uint32_t sent_case_seq = 0;      // messages of this case that we sent
  uint32_t received_case_seq = 0;  // messages of this case that we accepted or refused
  uint32_t credited_case_seq = 0;  // OUT: of the message that has said last what is credited
  // Our last message after which what the peer wrote without knowing it may have lost its object.
  uint32_t turn = 0;
  uint32_t timeline_count = 0;
  uint64_t revision = 0;  // rises with every change
  Instant created_at;
  Instant updated_at;
  std::optional<Instant> closed_at;
  std::vector<Deadline> deadlines;  // at most one of a kind
  std::vector<FormerPeer> former_peers;
  std::vector<PaperTwin> papers;

  std::optional<LogPlace> letter_place;
  std::optional<LogPlace> form_place;
  uint32_t form_version = 0;
  v1::Disposition disposition = v1::DISPOSITION_UNSPECIFIED;
  Fen due;      // what the form says is remitted, in all
  Fen noticed;  // IN: announced by remittance notices, less what bounced
  // OUT: ordered from the bank, less what bounced or came back. IN: received from the bank, less
  // what was reversed or sent back.
  Fen moved;
  Fen returned;          // IN: sent back to OUT; OUT: come back from IN
  Fen credited;          // IN: booked to the person; OUT: acknowledged as such
  Fen refund;            // OUT: to be paid to the person at origin
  Fen refunded;          // OUT: of it, paid
  Fen last_order;        // OUT: amount of payment number `attempt`
  uint32_t attempt = 0;  // number of the last payment
  std::vector<OpenPayment>
      payments;          // by rising attempt; they add up to what is ordered or noticed
  bool bounced = false;  // OUT: the bank sent a payment back, and none was ordered since
  v1::RejectCode reject_code = v1::REJECT_CODE_UNSPECIFIED;
  v1::RejectCode hold_code = v1::REJECT_CODE_UNSPECIFIED;
  int32_t hold_until = 0;             // yyyymmdd, as far as it is known
  std::vector<v1::Finding> findings;  // about the newest form version
  int32_t stopped_on = 0;             // yyyymmdd
  v1::FaultCode last_fault =
      v1::FAULT_CODE_UNSPECIFIED;  // the peer could not use a message of ours
  std::vector<Attachment> attachments;
  std::vector<Proposal> proposals;  // at most one of an action; step() leaves them alone
  std::string assignee;             // the user who sees to it; empty: nobody
  std::string newest_entries;  // of the timeline, as the store keeps them; step() leaves it alone

  bool exists() const { return relationship != Relationship::kNone; }
  // Nothing is left to do, by anybody.
  bool closed() const {
    return exists() && is_terminal(relationship) && is_terminal(funds) &&
           !overlays.has_any({Overlay::kReopenPending, Overlay::kReopenAsked, Overlay::kUnclear});
  }
  const Deadline* deadline(DeadlineKind kind) const;
  // nullptr: nothing of it is out.
  const OpenPayment* payment(uint32_t number) const {
    const auto found = std::ranges::find(payments, number, &OpenPayment::attempt);
    return found == payments.end() ? nullptr : &*found;
  }
  // Whether it was with this agency before it came to its peer.
  bool was_with(AgencyId agency) const {
    return std::ranges::any_of(former_peers,
                               [&](const FormerPeer& former) { return former.agency == agency; });
  }
};

}  // namespace jiexu
