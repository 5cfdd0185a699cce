// A clerk: looks at a random case of the agency, as it is on the disk, and does one of the things
// that are offered. Waits for the answer, but not for ever: whoever hears nothing looks at the case
// again, which is also how a clerk finds a payment that was ordered and never taken to the bank.
#pragma once

#include <optional>
#include <vector>

#include "daemon/cases/step.h"
#include "tests/sim/node.h"
#include "tests/sim/papers.h"

namespace jiexu::sim {

class Clerk {
 public:
  // `papers` is shared by all people and outlives them.
  Clerk(World& world, Node& node, std::vector<Paper>& papers, Random random);
  void start() { look_later(); }

 private:
  void look_later();
  void look();
  void look_at(Paper& paper);
  bool looks_back();
  void consider(Paper& paper, const std::optional<Case>& found);
  void take_to_bank(const Case& subject);
  std::optional<EventKind> choose(const Paper& paper, const Case& subject);
  // How willing the clerk is, 0: not at all.
  uint32_t weight(EventKind action, const Paper& paper, const Case& subject) const;
  // A payment that the bank sent back, which the case does not know yet; the bank has all orders.
  // Or, where cashiers see to that, one that it will never get, because the case was given up.
  // Attempt 0: there is none.
  OpenPayment bounced(const Case& subject) const;
  bool never_paid(const Case& subject, uint32_t attempt) const;
  std::vector<EarlierForm> earlier_forms(EventKind action, const Case& subject) const;
  bool keys_paper() const;
  // nullptr: nothing that would be keyed in. Now and then a day is mistyped.
  std::shared_ptr<const v1::ActionInput> sheet(const Paper& paper, const Case& subject);
  void act(Paper& paper, EventKind action, const Case& subject);
  // Its number. Whoever waits too long for so many answers looks at something else.
  uint64_t begin_turn(uint32_t answers = 1);
  // A scan of ours that this store has lost; nullptr if there is none.
  std::shared_ptr<const std::string> lost_scan(const Paper& paper, const Case& subject) const;
  void upload(Paper& paper, std::shared_ptr<const std::string> content);
  // Uploads from this piece on, each when the one before it is answered.
  void upload(Paper& paper, std::shared_ptr<const std::string> content, uint32_t piece,
              uint64_t turn);
  void hear(Paper& paper, EventKind action, const Answer& answer);

  World& world_;
  Node& node_;
  std::vector<Paper>& papers_;
  Random random_;
  uint64_t turn_ = 0;  // answers to earlier turns are not waited for
};

}  // namespace jiexu::sim
