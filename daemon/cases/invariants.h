// What holds of every case, whatever has happened to it: one rule a line in invariants.cc, each
// with a name. A rule follows from the table, from the checks of content, or from what step() works
// out anew each time; what none of these bounds is no rule here, because a broken rule ends the
// process.
//
//   * step() checks all rules after each step. A case that broke one before is let go on: an older
//     version, whose rules were others, may have written it.
//   * What is read from a store, and what is written to it, keeps the stored rules: those that no
//     version has broken. A store that breaks one is damaged.
//   * What is written keeps check_change() too: counters only rise, and numbers once given stay.
//
// To add a rule: a row in kRules, a case that breaks it in tests/cases/invariants_test.cc, and runs
// of the simulator and of the fuzzers. It is a stored one only if no earlier version can have
// broken it, and if no later one will judge otherwise: what follows from amounts and states by
// tables that change is none.
//
// Pure.
#pragma once

#include <span>
#include <string_view>

#include "daemon/base/invariant.h"
#include "daemon/cases/case.h"

namespace jiexu {

struct Invariant {
  std::string_view name;
  bool (*holds)(const Case& subject);
  bool stored;  // also of what is read from a store
};
std::span<const Invariant> invariants();

// Of all rules. What does not exist yet breaks none.
Broken check_invariants(const Case& subject);
// Of the stored rules.
Broken check_stored(const Case& subject);
// Of what no change of a case may do. REQUIRES: `before` exists.
Broken check_change(const Case& before, const Case& after);

}  // namespace jiexu
