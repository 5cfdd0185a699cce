// What the clerk of one side does next with a case, given what the daemon says is allowed. A clerk
// sees only the API: no state survives in here, so a clerk that was cut off goes on.
#pragma once

#include <optional>
#include <string>

#include "tests/e2e/people.h"

namespace jiexu::e2e {

struct Move {
  std::string action;
  v1::ActionInput input;
};

// nullopt: nothing to do but wait. `money_arrived`: the bank has delivered this case's remittance.
std::optional<Move> next_move(const v1::CaseView& view, const Applicant& applicant,
                              bool money_arrived, int32_t today);

// The relationship and funds in which the applicant's case must end at each side.
struct Ending {
  std::string relationship;
  std::string funds;
};
Ending expected_ending(Story story, bool in_side);

}  // namespace jiexu::e2e
