// What the simulated people write: applications, forms and the input of actions, made so that they
// break no rule. The people are made up and their numbers come from the algorithm.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "daemon/cases/case.h"
#include "daemon/cases/event.h"
#include "daemon/rules/earlier_rows.h"
#include "daemon/trust/directory.h"
#include "tests/sim/random.h"

namespace jiexu::sim {

// One intended transfer, and what the people concerned remember of it.
struct Paper {
  CaseId case_id;
  AgencyId in;
  AgencyId out;
  v1::Application application;
  int64_t apply_at_ms = 0;        // in simulated time
  std::optional<size_t> follows;  // the paper with whose transfer the person came to `out`
  bool ended = false;             // that transfer has, and the person may move on
  bool claimed = false;   // OUT has heard that another destination was first: refuse the letter
  bool given_up = false;  // IN has heard that the person has an open case already
  // Scans that were uploaded, by hash: a store that was set back may have lost them everywhere.
  std::map<Digest, std::shared_ptr<const std::string>> scans;
};

// `persons` made-up people; the same number makes the same person.
v1::Person make_person(uint32_t number);

struct Route {
  AgencyId in;
  AgencyId out;
};
// The person of `first`, which has the place `index`, goes on to `in` afterwards.
void follow(const Paper& first, size_t index, AgencyId in, Paper& then);
Paper make_paper(const Route& route, const v1::Person& person, Instant now, Random& random);

// What a clerk scans: mostly little, now and then some pieces; sometimes the same as before.
std::string make_file(Random& random);

// Where a clerk sits.
struct Office {
  Instant now;
  const Directory& directory;
  AgencyId agency;
  OpenPayment
      bounced;  // ordered for the case and come back, which nobody has recorded; of it, what
  std::vector<EarlierForm> earlier;  // with which the person of a form came here
};

// What a clerk enters for `action` on the case.
std::shared_ptr<const v1::ActionInput> make_input(EventKind action, const Case& subject,
                                                  const Paper& paper, const Office& office,
                                                  Random& random);

}  // namespace jiexu::sim
