// The operator of an agency: looks at the links now and then, pauses one and resumes it later. When
// everything has to come to its end, no link may stay paused.
#pragma once

#include "tests/sim/node.h"

namespace jiexu::sim {

class Operator {
 public:
  Operator(World& world, Node& node, Random random) : world_(world), node_(node), random_(random) {}
  void start() { look_later(); }

 private:
  void look_later();
  void look();
  void let_pass();
  // Resumes, if `pause` is false.
  void pause(AgencyId peer, bool pause);
  AgencyId any_peer();

  World& world_;
  Node& node_;
  Random random_;
};

}  // namespace jiexu::sim
