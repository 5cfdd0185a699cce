// The person at an agency who imports the bank's lines: a few statements at a time, again if no
// answer came, and now and then lines that were imported long ago. Of a line whose remark says
// nothing the bank is asked, and the line matched by hand.
#pragma once

#include "tests/sim/node.h"

namespace jiexu::sim {

class Teller {
 public:
  Teller(World& world, Node& node, Random random) : world_(world), node_(node), random_(random) {}
  void start() { look_later(); }

 private:
  void look_later();
  void look();
  // Indexes of the bank's credits to import now.
  std::vector<size_t> pick();
  void match_by_hand(const Credit& credit, const v1::BankLineResult& result);

  World& world_;
  Node& node_;
  Random random_;
  uint64_t turn_ = 0;
};

}  // namespace jiexu::sim
