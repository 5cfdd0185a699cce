// The simulated carrier: hands bytes from one agency to another, as badly as the plan says.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <utility>

#include "daemon/link/transport.h"
#include "tests/sim/plan.h"
#include "tests/sim/random.h"
#include "tests/sim/schedule.h"
#include "tests/sim/trace.h"

namespace jiexu::sim {

class Network {
 public:
  // `from` is who the carrier authenticated.
  using Receive = std::function<void(AgencyId from, Lane lane, std::string bytes)>;

  Network(Schedule& schedule, Trace& trace, const NetworkPlan& plan, Random random)
      : schedule_(schedule), trace_(trace), plan_(plan), random_(random) {}

  void attach(AgencyId agency, Receive receive) { receivers_[agency] = std::move(receive); }
  void send(AgencyId from, AgencyId to, Lane lane, const FrameBytes& frame);

  // Nothing gets from `from` to `to` until each cut() has had its join().
  void cut(AgencyId from, AgencyId to) { cuts_.insert({from, to}); }
  void join(AgencyId from, AgencyId to) {
    if (const auto it = cuts_.find({from, to}); it != cuts_.end()) cuts_.erase(it);
  }
  // From now on everything arrives, soon.
  void heal();

 private:
  void deliver_later(AgencyId from, AgencyId to, Lane lane, std::string bytes);

  Schedule& schedule_;
  Trace& trace_;
  NetworkPlan plan_;
  Random random_;
  std::map<AgencyId, Receive> receivers_;
  std::multiset<std::pair<AgencyId, AgencyId>> cuts_;
};

}  // namespace jiexu::sim
