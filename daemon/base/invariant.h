// What must hold of a thing of ours is written down as rules with names: daemon/cases/invariants.h,
// daemon/payments/rules/record_invariants.h.
//
// Where such a thing is read from a store, a broken rule is an Error: the disk is outside. Where it
// was just made, it is our own bug, and the process ends.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "daemon/base/result.h"

namespace jiexu {

// The name of the first rule that is broken; nullopt: none is.
using Broken = std::optional<std::string_view>;

// What was made here: a CHECK that says which rule, at the place of the call.
void must_hold(const Broken& broken, const char* file = __builtin_FILE(),
               int line = __builtin_LINE());

// What was read: kCorrupt. `what` says which record it is.
inline tl::unexpected<Error> breaks_rule(const std::string& what, std::string_view rule) {
  return fail(Errc::kCorrupt, what + " breaks the rule " + std::string(rule));
}

}  // namespace jiexu
