// What all parts of a simulated world share.
#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "daemon/trust/directory.h"
#include "tests/sim/bank.h"
#include "tests/sim/network.h"
#include "tests/sim/plan.h"
#include "tests/sim/schedule.h"
#include "tests/sim/trace.h"
#include "tests/sim/watch.h"

namespace jiexu::sim {

// How people behave: as life goes, only so that cases come to their end, or no more at all.
enum class Mood : uint8_t { kLife, kFinish, kRest };

struct World {
  Plan plan;
  Schedule schedule;
  Trace trace;
  Random random;
  Network network;
  Bank bank;
  Watch watch;
  std::shared_ptr<const Directory> directory;
  // The messages of a case that its writer sent after number `after` of the case, as they are on
  // the writer's disk: somebody has printed them and carries them. Set by the simulation.
  std::function<std::vector<v1::Message>(AgencyId writer, const CaseId& id, uint32_t after)>
      printed;
  int64_t jumped_ms = 0;  // days that passed in one moment for everybody
  Mood mood = Mood::kLife;

  World(const Plan& drawn, bool readable)
      : plan(drawn),
        trace(schedule, readable),
        random(drawn.seed ^ 0x6a78),
        network(schedule, trace, drawn.network, random.fork()),
        bank(schedule, trace, plan.bank, drawn.mutation, random.fork()) {}
  World(const World&) = delete;

  // What a perfect clock on the wall shows.
  Instant wall() const { return {plan.start_ms + jumped_ms + schedule.now()}; }
};

}  // namespace jiexu::sim
