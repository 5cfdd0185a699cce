// The banks, as one. A world gives them orders in one of two ways (BankPlan::files):
//
//   singly   a clerk takes each payment there by hand. A payment may bounce at once, which the
//            clerk is told; statements show credits only.
//   files    OUT exports its batches, and the bank does what a file says: payment by payment, or in
//            one debit for the whole batch, whose credits, in one sum or in parts, name the batch
//            alone. Statements show debits too. A payment may be rejected, which the bank's list
//            says, or be debited and come back days later as a line of OUT's statement. An
//            EndToEndId that comes again is refused as a duplicate, in the bank's list by itself,
//            or with its whole file; but now and then the bank pays one order twice by its own
//            mistake, or what it has rejected, and leaves it to the agencies to put that right.
//
// What is ordered arrives on IN's account after a while, as a line that carries the letter number
// in its remark, sometimes in parts, with a remark that says nothing, or with a wrong amount that
// is put right later. Now and then a credit is taken back, at once or days later, and booked anew.
// What IN sends back arrives on OUT's account. Lines that belong to nobody arrive too.
//
// The bank remembers everything, so that checkers can hold the agencies' books to it.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "daemon/base/ids.h"
#include "daemon/base/money.h"
#include "jiexu/v1/funds.pb.h"
#include "tests/sim/mutation.h"
#include "tests/sim/plan.h"
#include "tests/sim/random.h"
#include "tests/sim/schedule.h"
#include "tests/sim/trace.h"

namespace jiexu::sim {

enum class Fate : uint8_t {
  kPaid,
  kBounced,   // sent back at once; nothing is booked (singly)
  kReturned,  // debited, and booked back later (files)
  kRejected,  // nothing is booked, says the bank's list (files)
};

struct Order {
  CaseId case_id;
  bool back = false;     // from transfer-in to transfer-out
  uint32_t attempt = 0;  // number of the payment; of one that goes back, the order of it
  std::string letter_number;
  Fen amount;
  AgencyId out;  // who pays
  AgencyId in;   // who is paid
  std::string batch;
  Fate fate = Fate::kPaid;
  bool decided = false;        // the bank's list says what became of it
  bool again = false;          // and that it came again, and was not taken
  bool twice = false;          // debited and credited a second time
  bool out_after_all = false;  // its list says rejected, and it is paid
};

struct Share {
  CaseId case_id;
  Fen fen;
  uint32_t attempt = 0;  // of OUT's payment, on OUT's account
};

// A line on the account of `holder`.
struct Entry {
  enum class Kind : uint8_t {
    kStranger,  // belongs to nobody
    kPaid,      // OUT's payment, at IN; below 0: taken back
    kBack,      // what IN sent back, at OUT
    kDebit,     // of either, at the one who pays
    kReturned,  // OUT's payment, back at OUT
  };
  v1::BankLine line;
  AgencyId holder;
  Kind kind = Kind::kStranger;
  std::vector<Share> shares;  // for whom it was ordered
  bool mistaken = false;      // of a wrong amount, or what takes that back
  size_t statement = 0;       // lines of one statement lie together, and are imported together
  bool imported = false;      // the agency has said so
  bool settled = false;       // and holds nothing of it in suspense any more
  bool forgotten = false;     // it was imported before the agency's store was set back

  Fen share_of(const CaseId& id) const;
};

// A delimited payment file, as OUT has exported it, and whose letters it names.
struct PaymentFile {
  std::string batch;
  std::string bytes;
  AgencyId payer;
  std::map<std::string, CaseId> cases;  // by letter number
};

class Bank {
 public:
  Bank(Schedule& schedule, Trace& trace, const BankPlan& plan, Mutation mutation, Random random)
      : schedule_(schedule), trace_(trace), plan_(plan), mutation_(mutation), random_(random) {}

  // Orders that differ from an earlier one of the same case and attempt are kept as contradictions.
  void order(const Order& order);
  void take_file(const PaymentFile& file);
  // What the bank says to the payer of its orders: a list, and of each file that it has refused as
  // a whole a pain.002.
  std::vector<std::string> reports_for(AgencyId payer) const;
  const Order* find(const CaseId& case_id, uint32_t attempt) const;
  // What was ordered to go back, in all.
  Fen sent_back(const CaseId& case_id) const;
  uint32_t times_sent_back(const CaseId& case_id) const;
  // A mistake of the bank about the case is still to be put right, or what puts it right is not in
  // the agency's books.
  bool corrects(const CaseId& case_id) const;
  // From now on nothing bounces, comes back or is rejected.
  void heal() { healed_ = true; }
  // Money of a stranger, with a remark that means nothing.
  void credit_stranger(AgencyId in);

  const std::vector<Order>& orders() const { return orders_; }
  const std::vector<Order>& contradictions() const { return contradictions_; }
  // Batches whose number came with two files.
  const std::set<std::string>& renumbered() const { return renumbered_; }
  std::vector<Entry>& entries() { return entries_; }
  const std::vector<Entry>& entries() const { return entries_; }
  // Whatever was ordered is booked.
  bool idle() const { return on_the_way_ == 0; }

 private:
  // Whether the bank has not had it.
  bool is_new(const Order& order);
  void refuse_again(const PaymentFile& file);
  std::optional<Order> read_line(const std::string& line, const PaymentFile& file) const;
  Fate draw_fate();
  void execute(size_t index);
  void execute_together(size_t first, size_t count);
  void credit_batch(const Order& one, const std::vector<Share>& shares);
  void credit_batch_wrongly(const Order& one, const std::vector<Share>& shares);
  Entry& book_batch(const Order& one, std::vector<Share> shares, const std::string& remark);
  void pay(const Order& order);
  void pay_part(const Order& order, Fen part);
  void debit(const Order& order, bool by_number = false);
  void give_back(const Order& order);
  void book_wrongly(const Order& order, Fen part);
  void take_back_and_rebook(const Order& order, Fen booked, Fen right);
  void later(int64_t delay_ms, std::function<void()> what);
  int64_t draw_delay();
  Entry& book(AgencyId holder, Fen amount, const std::string& remark);
  Entry& book_part(const Order& order, Fen part, const std::string& remark);
  std::string remark_for(const std::string& number);

  Schedule& schedule_;
  Trace& trace_;
  const BankPlan& plan_;
  Mutation mutation_;
  Random random_;
  std::vector<Order> orders_;
  std::vector<Order> contradictions_;
  std::map<std::string, std::string> files_;  // by number of the batch
  std::set<std::string> renumbered_;
  std::vector<Entry> entries_;
  std::set<std::pair<AgencyId, std::string>> refused_;  // files that came again, by payer
  std::map<CaseId, int> corrections_;
  size_t on_the_way_ = 0;
  size_t statements_ = 0;
  bool healed_ = false;
};

}  // namespace jiexu::sim
