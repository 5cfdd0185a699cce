#include "tests/sim/trouble.h"

namespace jiexu::sim {
namespace {

constexpr int64_t kDayMs = 86'400'000;
constexpr int64_t kStepMsMax = 30'000;
constexpr int64_t kJumpDaysMax = 25;

}  // namespace

void Trouble::repeat(int64_t mean_ms, std::function<void()> what) {
  if (mean_ms == 0) return;
  world_.schedule.after(random_.between(mean_ms / 2, mean_ms * 3 / 2),
                        [this, mean_ms, what = std::move(what)]() mutable {
                          if (world_.mood != Mood::kLife) return;
                          what();
                          repeat(mean_ms, std::move(what));
                        });
}

void Trouble::start() {
  const Plan& plan = world_.plan;
  for (const auto& node : nodes_) {
    repeat(plan.disk.crash_every_ms, [this, &node = *node] { end_process(node); });
    repeat(plan.clock.step_every_ms, [this, &node = *node] { step_clock(node); });
  }
  repeat(plan.network.partition_every_ms, [this] { part_network(); });
  repeat(plan.clock.jump_every_ms, [this] { pass_days(); });
}

void Trouble::end_process(Node& node) {
  node.stop(random_.chance(250) ? Node::Stop::kClean : Node::Stop::kCrash);
}

void Trouble::part_network() {
  const AgencyId from = any_node().id();
  const AgencyId to = any_node().id();
  const bool both = random_.chance(500);
  world_.trace.add("network", both ? "part" : "part one way", from.str() + " " + to.str());
  world_.network.cut(from, to);
  if (both) world_.network.cut(to, from);
  world_.schedule.after(random_.between(1, world_.plan.network.partition_ms_max), [this, from, to] {
    if (world_.mood != Mood::kLife) return;
    world_.network.join(from, to);
    world_.network.join(to, from);
  });
}

void Trouble::step_clock(Node& node) {
  node.step_clock(random_.between(-kStepMsMax, kStepMsMax));
}

void Trouble::pass_days() {
  world_.jumped_ms += random_.between(1, kJumpDaysMax) * kDayMs - random_.between(0, kDayMs - 1);
  world_.trace.add("clock", "days pass", world_.wall().str());
  for (const auto& node : nodes_) node->look_around();
}

void Trouble::heal() {
  world_.trace.add("world", "heal");
  world_.network.heal();
  for (const auto& node : nodes_) node->start();
  if (world_.plan.mutation == Mutation::kStayDeaf) {
    world_.network.cut(nodes_[0]->id(), nodes_[1]->id());
  }
}

}  // namespace jiexu::sim
