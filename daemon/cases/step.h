// The one function that decides: step(case, event, context) -> Step | Rejection. It changes nothing
// but the case that it is given: no I/O, no clock, no randomness; what it needs comes in by its
// arguments, what it wants goes out in its result. The transitions themselves are rows of
// daemon/cases/table.h.
#pragma once

#include <google/protobuf/arena.h>

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "daemon/cases/action_fields.h"
#include "daemon/cases/case.h"
#include "daemon/cases/event.h"
#include "daemon/cases/own_entry.h"
#include "daemon/cases/refusal.h"
#include "daemon/ledger/ledger.h"
#include "daemon/rules/calendar.h"
#include "daemon/rules/earlier_rows.h"
#include "daemon/rules/policy.h"

namespace jiexu {

// What step() may know besides case and event.
struct Context {
  AgencyId self;
  const OwnEntry* own_entry = nullptr;
  const Calendar* calendar = nullptr;
  PersonHash person_hash{};  // kApply, kLetterIn: of the person in it
  // kApply, kKeyPaper of a letter that names none: whose deadlines the case runs under
  std::string_view profile;
  // kSendLetter: the next free number, empty: none left. kKeyPaper of a letter from an agency
  // without Jiexu that bears none of ours: the number that it gets in that agency's name; empty: it
  // bears one.
  std::string_view letter_number;
  bool unconfirmed = false;          // kSendLetter: no peer has said since the start what it has
  bool peer_known = true;            // kApply: the origin agency is in the directory
  CaseId duplicate_of;               // kApply: the open case in its way (X31), or empty
  CaseId claimed_by;                 // kAcceptLetter: accepted for another one (X32), or empty
  bool letter_number_taken = false;  // kLetterIn: by another case
  // kLetterIn, kRemitNoticeIn, unless on paper: the letter's number, or the batch's, is neither of
  // the case's peer nor of an agency that it took over.
  bool number_foreign = false;
  bool upstream_open = false;  // kLetterIn: the person's own transfer to us is open (X34)
  // kForwardLetter, kLetterForwardedIn: the agency named there is in the directory, and not we.
  bool agency_known = false;
  const v1::ContactLetter* original_letter = nullptr;  // kLetterForwardedIn: as it was sent
  // kIssueForm, kSupplementForm: with which the person came here, and whose months are ours.
  std::span<const EarlierForm> earlier_forms;
  std::span<const AgencyId> our_agencies;
  google::protobuf::Arena* arena = nullptr;  // owns the messages in the result
};

struct Row;  // daemon/cases/table.h

// What follows from an accepted event besides the changed case. The caller makes all of it durable
// together or nothing.
struct Step {
  // To the case's peer, in order; case_id, case_seq and time are set.
  std::vector<v1::Message*> messages;
  std::vector<Posting> postings;  // ledger entries with the case's peer
  Fen amount;                     // that the event moves, if it moves money
  std::string note;               // for the timeline; no personal data
  const Row* row = nullptr;  // that was taken; nullptr for a step of a ladder and a paper's twin
};

// Moves the case. If the event is refused, the case stays as it was. REQUIRES: event.kind is kApply
// or kLetterIn if !subject.exists(), and subject.id and subject.peer are set in any case.
tl::expected<Step, Rejection> step(Case& subject, const Event& event, const Context& context);

// An action that a person may take on the case as it stands.
struct Offer {
  EventKind action = EventKind::kNone;
  std::string_view title;           // what it does, in words
  ActionFields fields;              // of v1::ActionInput that it takes
  std::string_view role;            // "clerk" or "reviewer"
  bool second_person = false;       // takes effect when another person has approved it
  const Deadline* meets = nullptr;  // of the case: the deadline that it would meet
};
std::vector<Offer> offers(const Case& subject);
// Whether the action takes effect only when another person has approved it (Offer.second_person).
bool needs_second_person(EventKind action);
// What the action does, in words; empty for an event that is no action of a person.
std::string_view title(EventKind action);

// Whose duty a deadline is: true if the side `side` must act.
bool is_ours(Side side, DeadlineKind kind);

// Judges the running deadlines by a new calendar or new versions of the profiles, and starts the
// clocks of what is to be done and has none. Says which moved and where to; empty if none did. A
// deadline that is moved into the future may be reminded of again.
std::string rejudge_deadlines(const Calendar& calendar, Instant now, Case& subject);

// The rule, or our own default, that the deadline follows; nullptr: none any more.
const DeadlineRule* rule_of(const Case& subject, DeadlineKind kind);

// Starts the clock of what waits for a second person, or ends it. Proposals are no matter of
// step().
void time_proposals(const Calendar& calendar, Instant now, Case& subject);

// When the next step of the deadline's ladder is due: the end of a day. nullopt: never.
std::optional<Instant> next_firing(Side side, const Deadline& deadline);

}  // namespace jiexu
