// Conditions that a person should know of for as long as they last. Each begins once and ends once;
// while it lasts it stands in the list of alarms.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "daemon/base/ids.h"
#include "daemon/base/time.h"

namespace jiexu {

// In the order in which lists show them. Numbers go into metrics and are never reused.
enum class AlarmKind : uint8_t {
  kDisk = 1,         // nearly full
  kOwnClock = 2,     // shows a time that cannot be
  kStopped = 3,      // a link that a contradiction or a refusal has stopped
  kSilent = 4,       // the peer does not answer
  kClock = 5,        // the peer's clock and ours differ
  kUnreceipted = 6,  // a message has waited long for its receipt
  kRecovery = 7,     // what was lost is to come back from the peer
  kQuarantine = 8,   // messages of the peer that were of no use wait for a person
  kUnconfirmed = 9,  // nobody has shown that our store is the newest one: numbers and files wait
  kDamage = 10,      // places of our store cannot be read
  kBankHeld = 11,    // files of a bank wait for two people
  kBankGap = 12,     // no statement tells of what lies between two of one account
};

inline constexpr std::array kAlarmKinds = {
    AlarmKind::kDisk,        AlarmKind::kOwnClock,    AlarmKind::kStopped,  AlarmKind::kSilent,
    AlarmKind::kClock,       AlarmKind::kUnreceipted, AlarmKind::kRecovery, AlarmKind::kQuarantine,
    AlarmKind::kUnconfirmed, AlarmKind::kDamage,      AlarmKind::kBankHeld, AlarmKind::kBankGap};

// The name in answers and metrics, such as "silent".
std::string_view name(AlarmKind kind);

struct Alarm {
  AlarmKind kind{};
  AgencyId peer;  // our own agency: it is about none
  Instant since;
  std::string text;  // one sentence; no personal data
};

}  // namespace jiexu
