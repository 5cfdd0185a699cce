// Deliberate mistakes of the harness, one a run: each must be found by the invariant it breaks, or
// the checkers prove nothing. None of them is in product code.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace jiexu::sim {

enum class Mutation : uint8_t {
  kNone,
  kDropCommit,        // a commit is reported that never landed: I1
  kAnswerEarly,       // a commit is reported before it lands: I1
  kPayTwice,          // the bank pays one order twice: I2
  kChangeAmount,      // a bank line says one fen more than was ordered: I3
  kMoveCase,          // a case record is changed behind the engine's back: I4
  kLoseFrame,         // a frame vanishes from a log: I5
  kSkipVerification,  // a frame with a changed signature is taken in: I6
  kStayDeaf,          // one direction of one link never heals: I7
  kStayFull,          // one disk never gets free again: I7
  kStayStranger,      // one agency never gets the other's entry again: I7
  kForgetMoney,       // a commit loses which cases have money open: I8
  kForgetPeople,      // commits lose whose cases they are: I9
};

inline constexpr Mutation kMutationLast = Mutation::kForgetPeople;

std::string_view name(Mutation mutation);
// The invariant that must find it.
std::string_view invariant_of(Mutation mutation);
std::optional<Mutation> mutation_from_name(std::string_view name);

}  // namespace jiexu::sim
