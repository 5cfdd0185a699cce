#include "tests/sim/watch.h"

namespace jiexu::sim {

Watch::Watch() {
  for (const auto make :
       {make_durable_checker, make_files_checker, make_once_checker, make_money_checker,
        make_rows_checker, make_links_checker, make_signatures_checker, make_endings_checker,
        make_payments_checker, make_agreement_checker, make_earlier_checker}) {
    checkers_.push_back(make(found_));
  }
}

void Watch::frame_leaves(const Site& site, AgencyId to, Lane lane, const FrameBytes& frame) {
  for (const CheckerPtr& checker : checkers_) checker->frame_leaves(site, to, lane, frame);
}

void Watch::asked(const Site& site, const Asking& command) {
  for (const CheckerPtr& checker : checkers_) checker->asked(site, command);
}

void Watch::answered(const Site& site, const Answer& answer) {
  for (const CheckerPtr& checker : checkers_) checker->answered(site, answer);
}

void Watch::surveyed(const Scene& scene) {
  for (const CheckerPtr& checker : checkers_) checker->surveyed(scene);
}

}  // namespace jiexu::sim
