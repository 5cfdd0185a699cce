// All checkers together, and what they have found.
#pragma once

#include <vector>

#include "tests/sim/checks/checker.h"

namespace jiexu::sim {

class Watch {
 public:
  Watch();

  void frame_leaves(const Site& site, AgencyId to, Lane lane, const FrameBytes& frame);
  void asked(const Site& site, const Asking& command);
  void answered(const Site& site, const Answer& answer);
  void surveyed(const Scene& scene);
  // What no checker sees, such as an engine that gives up.
  void report(std::string what, std::string text) {
    found_.push_back({std::move(what), std::move(text)});
  }

  bool failed() const { return !found_.empty(); }
  const std::vector<Violation>& found() const { return found_; }

 private:
  std::vector<Violation> found_;
  std::vector<CheckerPtr> checkers_;
};

}  // namespace jiexu::sim
