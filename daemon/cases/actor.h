// Who is behind an event: a kind, by which the program decides, and a name, which it only shows. A
// user may be called anything; that the daemon's own names are reserved is for readers.
#pragma once

#include <cstdint>
#include <string_view>

#include "daemon/base/reserved_names.h"

namespace jiexu {

// Numbers are stored and never reused.
enum class ActorKind : uint8_t {
  kUnsaid = 0,    // in records from before kinds were kept
  kUser = 1,      // of the API: a person or a local system
  kPeer = 2,      // an agency; the name is its code
  kBank = 3,      // what its files and reports say
  kDaemon = 4,    // by itself: link, timer, directory, calendar
  kRecovery = 5,  // what was done before a loss, done again
};

struct Actor {
  ActorKind kind = ActorKind::kUnsaid;
  std::string_view name;
};

inline constexpr Actor kBankActor{ActorKind::kBank, "bank"};
inline constexpr Actor kLinkActor{ActorKind::kDaemon, "link"};
inline constexpr Actor kTimerActor{ActorKind::kDaemon, "timer"};
inline constexpr Actor kDirectoryActor{ActorKind::kDaemon, "directory"};
inline constexpr Actor kCalendarActor{ActorKind::kDaemon, "calendar"};
inline constexpr Actor kRecoveryActor{ActorKind::kRecovery, "recovery"};

constexpr Actor user_actor(std::string_view name) {
  return {ActorKind::kUser, name};
}

// "user", "peer", "bank", "daemon", "recovery"; empty: not said.
constexpr std::string_view name(ActorKind kind) {
  switch (kind) {
    case ActorKind::kUser: return "user";
    case ActorKind::kPeer: return "peer";
    case ActorKind::kBank: return "bank";
    case ActorKind::kDaemon: return "daemon";
    case ActorKind::kRecovery: return "recovery";
    case ActorKind::kUnsaid: break;
  }
  return "";
}

// No user has the name of one of these.
static_assert(is_reserved_name(kBankActor.name) && is_reserved_name(kLinkActor.name) &&
              is_reserved_name(kTimerActor.name) && is_reserved_name(kDirectoryActor.name) &&
              is_reserved_name(kCalendarActor.name) && is_reserved_name(kRecoveryActor.name));

}  // namespace jiexu
