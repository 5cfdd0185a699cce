// What a second person is shown of an action before he approves it: all that it would send and
// move. Pure.
#pragma once

#include <string>
#include <vector>

#include "daemon/cases/case.h"
#include "daemon/cases/event.h"

namespace jiexu {

// A v1::ShownRecord, serialised. What only the sending settles is left out, so that two decisions
// on one action differ exactly if something else would leave. `input` may be nullptr.
std::string shown(const Case& subject, const v1::ActionInput* input,
                  const std::vector<v1::Message*>& messages, Fen amount);

}  // namespace jiexu
