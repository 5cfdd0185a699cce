#include "tests/sim/trouble.h"

namespace jiexu::sim {
namespace {

constexpr int64_t kTroubleDayMs = 86'400'000;
constexpr int64_t kStepMsMax = 30'000;
constexpr int64_t kJumpDaysMax = 25;
constexpr int64_t kHangMsMax = 15'000;     // the daemon gives up after 20 s
constexpr int64_t kSwizzleMsMax = 20'000;  // from the first cut to the last, and again to the joins
constexpr int64_t kStrangerMsMax = 20'000;

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
    repeat(plan.disk.hang_every_ms, [this, &node = *node] { hang_disk(node); });
    repeat(plan.disk.full_every_ms, [this, &node = *node] { fill_disk(node); });
    repeat(plan.stranger_every_ms, [this, &node = *node] { forget_peer(node); });
  }
  if (plan.network.by_hand) {
    world_.network.cut(nodes_[0]->id(), nodes_[1]->id());
    world_.network.cut(nodes_[1]->id(), nodes_[0]->id());
  }
  repeat(plan.disk.restore_every_ms, [this] { use_backups(); });
  repeat(plan.network.swizzle_every_ms, [this] { swizzle(); });
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
  undo(world_.plan.network.partition_ms_max, [this, from, to, both] {
    world_.network.join(from, to);
    if (both) world_.network.join(to, from);
  });
}

void Trouble::undo(int64_t ms_max, std::function<void()> what) {
  world_.schedule.after(random_.between(1, ms_max), [this, what = std::move(what)] {
    if (world_.mood == Mood::kLife) what();
  });
}

// FoundationDB's swizzle-clog: what stops in one order starts in another one.
void Trouble::swizzle() {
  world_.trace.add("network", "swizzle");
  for (const auto& from : nodes_) {
    for (const auto& to : nodes_) {
      if (from == to || random_.chance(300)) continue;
      undo(kSwizzleMsMax, [this, a = from->id(), b = to->id()] {
        world_.network.cut(a, b);
        undo(kSwizzleMsMax, [this, a, b] { world_.network.join(a, b); });
      });
    }
  }
}

void Trouble::hang_disk(Node& node) {
  node.set_slowness(random_.between(500, kHangMsMax));
  undo(kHangMsMax, [&node] { node.set_slowness(0); });
}

void Trouble::fill_disk(Node& node) {
  node.set_room(random_.chance(500) ? Room::kLow : Room::kShort);
  undo(world_.plan.disk.full_ms_max, [&node] { node.set_room(Room::kAmple); });
}

void Trouble::forget_peer(Node& node) {
  const AgencyId peer = any_node().id();
  if (peer == node.id()) return;
  node.set_directory(peer);
  undo(kStrangerMsMax, [&node] { node.set_directory(std::nullopt); });
}

// Two agencies that both have lost their memory could not help each other.
void Trouble::use_backups() {
  Node& node = any_node();
  if (random_.chance(500)) return node.back_up();
  for (const auto& other : nodes_) {
    if (!other->whole()) return;
  }
  if (!node.set_back()) return;
  for (Entry& entry : world_.bank.entries()) {
    if (entry.holder != node.id()) continue;
    entry.forgotten = entry.imported;
    entry.imported = entry.settled = false;
  }
}

void Trouble::step_clock(Node& node) {
  node.step_clock(random_.between(-kStepMsMax, kStepMsMax));
}

void Trouble::pass_days() {
  world_.jumped_ms +=
      random_.between(1, kJumpDaysMax) * kTroubleDayMs - random_.between(0, kTroubleDayMs - 1);
  world_.trace.add("clock", "days pass", world_.wall().str());
  for (const auto& node : nodes_) node->look_around();
}

void Trouble::heal() {
  world_.trace.add("world", "heal");
  world_.network.heal();
  for (const auto& node : nodes_) {
    node->set_slowness(0);
    node->set_room(Room::kAmple);
    node->set_directory(std::nullopt);
  }
  for (const auto& node : nodes_) node->start();
  if (world_.plan.mutation == Mutation::kStayDeaf) {
    world_.network.cut(nodes_[0]->id(), nodes_[1]->id());
  }
  if (world_.plan.mutation == Mutation::kStayFull) nodes_[0]->set_room(Room::kShort);
  if (world_.plan.mutation == Mutation::kStayStranger) {
    nodes_[0]->set_directory(nodes_[1]->id());
  }
}

}  // namespace jiexu::sim
