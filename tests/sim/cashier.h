// The people at an agency who pay, in a world whose bank gets files: one collects payments into
// batches and takes exported files to the bank, another approves. They look at the disk, so that
// what an answer was lost of is done again: a file that was exported and never taken to the bank.
// Whatever waits for people they clear up: of a payment that may be with the bank already they ask
// the bank, an account that is not in the directory two of them confirm, the bank's list is handed
// in until the books show it.
#pragma once

#include <string>

#include "tests/sim/node.h"

namespace jiexu::sim {

class Cashier {
 public:
  Cashier(World& world, Node& node, Random random) : world_(world), node_(node), random_(random) {}
  void start();

 private:
  void look_later();
  void look();
  // One of the batches on the disk that something is to be done with; false if there is none.
  bool tend_batch();
  void tend(const std::string& number, const v1::RemittanceBatchRecord& batch);
  bool take_again();
  void order_file(const std::string& number);
  bool is_at_bank(const v1::RemittanceBatchRecord& batch) const;
  void take_to_bank(const std::string& number, const v1::RemittanceBatchRecord& batch,
                    const std::string& file);
  // Whether the books do not show yet what the bank's list says.
  bool lacks_list() const;
  void hand_in_list();
  void look_at_held();
  void clear_up(const v1::PaymentView& held);
  void release(const v1::PaymentView& held, bool went_out = false);
  void confirm_payee(const CaseId& id);
  // Waits for the answer, but not for ever.
  void post(std::string user, Asking command);

  World& world_;
  Node& node_;
  Random random_;
  uint64_t turn_ = 0;
};

}  // namespace jiexu::sim
