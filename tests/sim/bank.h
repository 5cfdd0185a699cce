// The banks, as one: what OUT orders arrives on IN's account after a while, as a line of a
// statement that carries the letter number in its remark, sometimes in parts, or bounces. What IN
// sends back arrives on OUT's account in the same way. Lines that belong to nobody arrive too. Now
// and then a credit is taken back on the same statement and booked anew, or comes with a remark
// that says nothing.
//
// An order is known by case and attempt; giving the same one twice changes nothing, as with a real
// payment file. The bank remembers everything, so that checkers can hold the agencies' books to it.
#pragma once

#include <vector>

#include "daemon/base/ids.h"
#include "daemon/base/money.h"
#include "jiexu/v1/funds.pb.h"
#include "tests/sim/mutation.h"
#include "tests/sim/random.h"
#include "tests/sim/schedule.h"
#include "tests/sim/trace.h"

namespace jiexu::sim {

struct Order {
  CaseId case_id;
  bool back = false;     // from transfer-in to transfer-out
  uint32_t attempt = 0;  // number of the payment; of one that goes back, the order of it
  std::string letter_number;
  Fen amount;
  AgencyId out;          // who pays
  AgencyId in;           // who is paid
  bool bounced = false;  // sent back at once; no credit comes of it
};

// A credit on the account of `in`.
struct Credit {
  v1::BankLine line;
  AgencyId in;
  CaseId case_id;  // for whom it was ordered; empty: a stranger's
  Fen part;        // of the order
  bool back = false;
  bool misquoted = false;  // its remark does not name its case
  size_t statement = 0;    // lines of one statement lie together, and are imported together
  bool imported = false;   // the agency has said so
  bool forgotten = false;  // it had said so before its store was set back
};

class Bank {
 public:
  Bank(Schedule& schedule, Trace& trace, Mutation mutation, Random random)
      : schedule_(schedule), trace_(trace), mutation_(mutation), random_(random) {}

  // Orders that differ from an earlier one of the same case and attempt are kept as contradictions.
  void order(const Order& order);
  bool knows(const CaseId& case_id, uint32_t attempt) const;
  // What bounced of the payments ordered for the case, though OUT holds `paid` of them as paid and
  // knows that `returned` came back from IN: bounces that OUT has not recorded yet.
  Fen unrecorded(const CaseId& case_id, Fen paid, Fen returned) const;
  // What was ordered to go back, in all.
  Fen sent_back(const CaseId& case_id) const;
  uint32_t times_sent_back(const CaseId& case_id) const;
  // From now on nothing bounces.
  void heal() { healed_ = true; }
  // Money of a stranger, with a remark that means nothing.
  void credit_stranger(AgencyId in);

  const std::vector<Order>& orders() const { return orders_; }
  const std::vector<Order>& contradictions() const { return contradictions_; }
  std::vector<Credit>& credits() { return credits_; }
  const std::vector<Credit>& credits() const { return credits_; }
  // Every order has become a credit.
  bool idle() const { return on_the_way_ == 0; }

 private:
  void pay(const Order& order);
  void book_later(const Order& order, Fen part);
  Credit& book(AgencyId in, Fen amount, const std::string& remark);
  Credit& book_part(const Order& order, Fen part, const std::string& remark);
  std::string remark_for(const std::string& letter_number);

  Schedule& schedule_;
  Trace& trace_;
  Mutation mutation_;
  Random random_;
  std::vector<Order> orders_;
  std::vector<Order> contradictions_;
  std::vector<Credit> credits_;
  size_t on_the_way_ = 0;
  size_t statements_ = 0;
  bool healed_ = false;
};

}  // namespace jiexu::sim
