// What people ask about the store as a whole, and say of it (link_recovery.h).
#pragma once

#include <string>
#include <string_view>

#include "daemon/engine/command.h"
#include "jiexu/v1/api.pb.h"

namespace jiexu {

// Why letter numbers and payment files, or payment files alone, wait. For people.
inline constexpr std::string_view kWaitsForWitness =
    "since the start no agency that had receipted us has shown what it has of ours: letter numbers "
    "and payment files wait until one answers, or two people say that this store is no older copy";
inline constexpr std::string_view kWaitsForPeople =
    "the data folder is a copy of the one in which the daemon ran before: payment files wait until "
    "two people have made sure that it holds the newest state";

// What waits for a peer or for people since the start, and why.
struct StoreQuery {
  using Reply = Answered<v1::StoreView>;
};

// Two people say that the store is not an older copy. `said`: of a proposal how it is known, of an
// approval the digest of what was shown, in hex.
struct ConfirmStoreCommand {
  using Reply = Answered<v1::StoreView>;
  enum class Act : uint8_t { kPropose, kApprove };
  Act act = Act::kPropose;
  std::string said;
};

}  // namespace jiexu
