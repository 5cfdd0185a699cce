// The person at an agency who imports the bank's lines: a few statements at a time, again if no
// answer came, and now and then lines that were imported long ago, also in other words or with
// another day: what then may be known is said to be. Two people decide. Of a line that stays in
// suspense the bank is asked, and the line matched by hand.
#pragma once

#include <optional>

#include "tests/sim/node.h"

namespace jiexu::sim {

class Teller {
 public:
  Teller(World& world, Node& node, Random random) : world_(world), node_(node), random_(random) {}
  void start() { look_later(); }
  // A line waits for somebody to say whether it is one that is known.
  bool is_asked() const { return first_unsure().has_value(); }

 private:
  void look_later();
  void look();
  // Indexes of the bank's entries to import now.
  std::vector<size_t> pick();
  void import(const std::vector<size_t>& picked);
  // Looks on the disk what became of lines; one that a person has to match.
  std::optional<size_t> look_through_queue();
  bool is_booked(const v1::BankLine& line) const;
  std::optional<Digest> first_unsure() const;
  void answer(const Digest& line);
  void match_by_hand(const Entry& entry);
  void propose(SettleLineCommand act);
  void approve(const Digest& line, const std::string& content);
  void post(Asking command, const std::string& user = "teller");

  World& world_;
  Node& node_;
  Random random_;
  uint64_t turn_ = 0;
};

}  // namespace jiexu::sim
