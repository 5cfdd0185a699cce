// Deadline profiles: how many working days each side has, from which event on, and by which
// document. A case names its profile in the contact letter, so that both sides count the same. The
// numbers are data, because they differ by rule, area and date; nothing else in the daemon knows
// one.
//
// To add a profile, or a new version of one: in policy.cc write its rules with their sources and
// add a row to kProfiles, with the day from which it is in force. A row that letters have named is
// never changed or removed, because open and closed cases are judged by it; a change is a new row
// with the same name and a later day. Then add its numbers to tests/rules/policy_test.cc.
//
// What no document limits has no rule in a profile. For it there is a default of our own
// (own_defaults), by which only the agency in duty counts, and which is shown as what it is. Pure.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "daemon/base/time.h"

namespace jiexu {

// What must be done. Stored in DeadlineRecord.kind; numbers are never reused.
enum class DeadlineKind : uint32_t {
  kLetterDue = 1,  // transfer-in must send the contact letter
  kFormDue = 2,    // transfer-out must send the information form
  kFundsDue = 3,   // transfer-out must remit the balance
  kIntakeDue = 4,  // transfer-in must take the relationship in
  kCreditDue = 5,  // transfer-in must credit the money to the person
  // No rule sets a term for what follows; they are our own defaults, which bind nobody else.
  kAcceptDue = 6,    // transfer-in must accept the application
  kDecideDue = 7,    // transfer-out must accept, refuse or forward the letter
  kCorrectDue = 8,   // transfer-out must correct the form
  kRefundDue = 9,    // transfer-out must pay the person at origin
  kCloseDue = 10,    // transfer-in must close the case and tell the person
  kAnswerDue = 11,   // either: the other agency has asked or reminded
  kApproveDue = 12,  // either: a proposal waits for a second person
  kSettleDue = 13,   // either: money or record differ, and a person must look
};

// The event whose day starts the clock. Numbers are never reused.
enum class ClockStart : uint32_t {
  kApplicationAccepted = 1,   // transfer-in accepted the person's application
  kLetterReceived = 2,        // transfer-out's signed receipt for the letter
  kLetterAccepted = 3,        // transfer-out accepted the letter
  kFormIssued = 4,            // transfer-out sent the form
  kFormReceived = 5,          // transfer-in's signed receipt for the form
  kFundsReceived = 6,         // the balance was booked on transfer-in's account
  kFormAndFundsReceived = 7,  // the later of the two; the form alone where no money is due
  kThereToDo = 8,             // from when on there is something to do; ends when it is done
};

struct DeadlineRule {
  DeadlineKind kind = DeadlineKind::kLetterDue;
  ClockStart start = ClockStart::kApplicationAccepted;
  int working_days = 0;
  std::string_view source;  // the document, and what it says
  bool own = false;         // our own default, of which no document says anything
};

enum class ProfileScope : uint8_t {
  kNational = 1,  // may be the default
  kLocal = 2,     // counts only where a case names it
};

struct Profile {
  std::string_view name;
  ProfileScope scope = ProfileScope::kNational;
  Date in_force_from;
  std::span<const DeadlineRule> rules;

  // nullptr if the profile does not limit it.
  const DeadlineRule* find(DeadlineKind kind) const;
  // The same, and where the profile is silent, our own default; nullptr if there is none either.
  const DeadlineRule* find_or_default(DeadlineKind kind) const;
};

// Where a profile is silent: no duty without a clock. Of one edition, which is raised with each
// change, so that open cases are judged anew.
std::span<const DeadlineRule> own_defaults();
inline constexpr std::string_view kOwnDefaultsEdition = "own-1";

// All versions of all profiles.
std::span<const Profile> profiles();

// The version of profile `name` in force on `effective`; nullptr if there is no such profile or it
// was not in force yet. The result lives for ever.
const Profile* find_profile(std::string_view name, Date effective);

// The newest national profile in force on `effective`; nullptr before the first one, 2016-09-01.
const Profile* default_profile(Date effective);

}  // namespace jiexu
