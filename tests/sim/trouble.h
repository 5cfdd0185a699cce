// What goes wrong by itself: processes that end, networks that part, clocks that move, disks that
// hang or fill up, directories that lack somebody.
#pragma once

#include <memory>
#include <vector>

#include "tests/sim/node.h"

namespace jiexu::sim {

class Trouble {
 public:
  // `nodes` outlive it.
  Trouble(World& world, std::vector<std::unique_ptr<Node>>& nodes, Random random)
      : world_(world), nodes_(nodes), random_(random) {}

  void start();
  // Ends all of it.
  void heal();

 private:
  // Does `what` again and again, `mean_ms` apart on average, until heal(). 0: never.
  void repeat(int64_t mean_ms, std::function<void()> what);
  void end_process(Node& node);
  void part_network();
  void swizzle();
  void hang_disk(Node& node);
  void fill_disk(Node& node);
  void forget_peer(Node& node);
  void use_backups();
  // Does `what` after a random while of at most `ms_max`, unless everything has healed before.
  void undo(int64_t ms_max, std::function<void()> what);
  void step_clock(Node& node);
  void pass_days();
  Node& any_node() { return *nodes_[random_.below(nodes_.size())]; }

  World& world_;
  std::vector<std::unique_ptr<Node>>& nodes_;
  Random random_;
};

}  // namespace jiexu::sim
