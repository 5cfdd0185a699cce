// What the bank books, and when.
#include "tests/sim/bank.h"

namespace jiexu::sim {
namespace {

constexpr int64_t kDebitMsMax = 3'000;
constexpr int64_t kWrongByFenMax = 500;
constexpr std::string_view kReturnReason = "AC04";

std::string full_width(const std::string& digits) {
  std::string out;
  for (const char digit : digits) {
    out += "\xef\xbc";
    out += static_cast<char>(0x90 + (digit - '0'));
  }
  return out;
}

std::string end_to_end_of(const Order& order) {
  return order.letter_number + "-" + std::to_string(order.attempt);
}

}  // namespace

void Bank::later(int64_t delay_ms, std::function<void()> what) {
  ++on_the_way_;
  schedule_.after(delay_ms, [this, what = std::move(what)] {
    --on_the_way_;
    ++statements_;
    what();
  });
}

int64_t Bank::draw_delay() {
  return random_.chance(500) ? random_.between(1, 500) : random_.between(500, plan_.delay_ms_max);
}

// --- orders ---

void Bank::execute(size_t index) {
  const Order order = orders_[index];
  if (order.fate == Fate::kRejected) {
    later(random_.between(1, kDebitMsMax), [this, index] { orders_[index].decided = true; });
    if (healed_ || !random_.chance(plan_.out_after_all_permille)) return;
    orders_[index].out_after_all = true;
    debit(order, true);
    return pay(order);
  }
  debit(order);
  if (order.fate == Fate::kReturned) return give_back(order);
  pay(order);
  if (mutation_ == Mutation::kPayTwice) pay(order);
  if (healed_ || !random_.chance(plan_.twice_permille)) return;
  orders_[index].twice = true;
  debit(order);
  pay(order);
}

// One debit, and one credit whose remark has the letters' numbers if they fit, or credits that name
// the batch.
void Bank::execute_together(size_t first, size_t count) {
  Fen total;
  std::string letters;
  std::vector<Share> shares;
  for (size_t i = first; i < first + count; ++i) {
    total.value += orders_[i].amount.value;
    shares.push_back({orders_[i].case_id, orders_[i].amount, orders_[i].attempt});
    letters += (letters.empty() ? "" : " ") + orders_[i].letter_number;
  }
  const Order one = orders_[first];
  later(random_.between(1, kDebitMsMax), [this, one, total, shares, first, count] {
    for (size_t i = first; i < first + count; ++i) orders_[i].decided = true;
    Entry& entry = book(one.out, -total, "医保转移");
    entry.kind = Entry::Kind::kDebit;
    for (const Share& share : shares) {
      entry.shares.push_back({share.case_id, -share.fen, share.attempt});
    }
    entry.line.set_batch_reference(one.batch);
  });
  if (count == 2 && random_.chance(500)) {
    return later(draw_delay(), [this, one, shares, letters] { book_batch(one, shares, letters); });
  }
  credit_batch(one, shares);
}

// In one sum or in parts, each of which is of whole payments and of parts of one.
void Bank::credit_batch(const Order& one, const std::vector<Share>& shares) {
  if (!healed_ && random_.chance(plan_.wrong_permille)) return credit_batch_wrongly(one, shares);
  std::vector<Share> part;
  const auto send = [&] {
    later(draw_delay(),
          [this, one, part, remark = remark_for(one.batch)] { book_batch(one, part, remark); });
    part.clear();
  };
  for (Share share : shares) {
    if (share.fen.value > 1 && random_.chance(plan_.part_permille)) {
      const int64_t cut = random_.between(1, share.fen.value - 1);
      part.push_back({share.case_id, Fen{cut}});
      share.fen.value -= cut;
      send();
    }
    part.push_back(share);
  }
  send();
}

// The total is not what the notices say (X27). Taken back, and booked anew.
void Bank::credit_batch_wrongly(const Order& one, const std::vector<Share>& shares) {
  std::vector<Share> wrong = shares;
  wrong.front().fen.value += random_.between(1, kWrongByFenMax);
  for (const Share& share : shares) ++corrections_[share.case_id];
  const std::string remark = remark_for(one.batch);
  later(draw_delay(), [this, one, shares, wrong, remark] {
    book_batch(one, wrong, remark).mistaken = true;
    later(random_.between(1, plan_.return_ms_max), [this, one, shares, wrong, remark] {
      std::vector<Share> back = wrong;
      for (Share& share : back) share.fen = -share.fen;
      Entry& entry = book_batch(one, back, remark);
      entry.line.set_reversal(true);
      entry.mistaken = true;
      later(random_.between(1, plan_.return_ms_max), [this, one, shares] {
        for (const Share& share : shares) {
          if (--corrections_[share.case_id] == 0) corrections_.erase(share.case_id);
        }
        book_batch(one, shares, remark_for(one.batch));
      });
    });
  });
}

Entry& Bank::book_batch(const Order& one, std::vector<Share> shares, const std::string& remark) {
  Fen total;
  for (Share& share : shares) {
    total.value += share.fen.value;
    share.attempt = 0;  // numbers are OUT's
  }
  Entry& entry = book(one.in, total, remark);
  entry.kind = Entry::Kind::kPaid;
  entry.shares = std::move(shares);
  return entry;
}

// Also of what goes back.
void Bank::debit(const Order& order, bool by_number) {
  const std::string remark = remark_for(order.letter_number);
  const bool named = by_number || (!order.back && random_.chance(800));
  later(random_.between(1, kDebitMsMax), [this, order, remark, named] {
    for (Order& known : orders_) {
      const bool same = known.case_id == order.case_id && known.attempt == order.attempt;
      if (same && known.back == order.back) known.decided = true;
    }
    Entry& entry = book(order.out, -order.amount, remark);
    entry.kind = Entry::Kind::kDebit;
    entry.shares = {{order.case_id, -order.amount, order.back ? 0 : order.attempt}};
    if (named) entry.line.set_end_to_end_id(end_to_end_of(order));
  });
}

void Bank::give_back(const Order& order) {
  later(kDebitMsMax + random_.between(1, plan_.return_ms_max), [this, order] {
    Entry& entry = book(order.out, order.amount, remark_for(order.letter_number));
    entry.kind = Entry::Kind::kReturned;
    entry.shares = {{order.case_id, order.amount, order.attempt}};
    const bool named = random_.chance(850);
    if (named) entry.line.set_end_to_end_id(end_to_end_of(order));
    if (!named || random_.chance(800)) entry.line.set_return_reason(std::string(kReturnReason));
  });
}

void Bank::pay(const Order& order) {
  int64_t left = order.amount.value;
  while (left > 1 && random_.chance(plan_.part_permille)) {
    const int64_t part = random_.between(1, left - 1);
    pay_part(order, Fen{part});
    left -= part;
  }
  pay_part(order, Fen{left});
}

void Bank::pay_part(const Order& order, Fen part) {
  const bool wrong = !order.back && !healed_ && random_.chance(plan_.wrong_permille);
  const int64_t change = mutation_ == Mutation::kChangeAmount ? 1 : 0;
  later(draw_delay(), [this, order, part, change, wrong] {
    if (wrong) return book_wrongly(order, part);
    const std::string remark = remark_for(order.letter_number);
    if (change == 0 && !order.back && random_.chance(plan_.reverse_permille)) {
      book_part(order, part, remark);
      if (random_.chance(500)) return take_back_and_rebook(order, part, part);
      book_part(order, -part, remark).line.set_reversal(true);
    }
    const bool misquoted = !order.back && random_.chance(plan_.misquote_permille);
    Entry& entry = book_part(order, part, misquoted ? "转账" : remark);
    entry.line.set_amount_fen(part.value + change);
  });
}

// Too little is topped up; too much is taken back and booked anew.
void Bank::book_wrongly(const Order& order, Fen part) {
  const int64_t by = random_.between(1, kWrongByFenMax);
  if (random_.chance(500) && by < part.value) {
    book_part(order, Fen{part.value - by}, remark_for(order.letter_number));
    later(random_.between(1, plan_.return_ms_max),
          [this, order, by] { book_part(order, Fen{by}, remark_for(order.letter_number)); });
    return;
  }
  const Fen wrong{part.value + by};
  book_part(order, wrong, remark_for(order.letter_number)).mistaken = true;
  take_back_and_rebook(order, wrong, part);
}

void Bank::take_back_and_rebook(const Order& order, Fen booked, Fen right) {
  ++corrections_[order.case_id];
  const std::string remark = entries_.back().line.remark();
  later(random_.between(1, plan_.return_ms_max), [this, order, booked, right, remark] {
    Entry& entry = book_part(order, -booked, remark);
    entry.line.set_reversal(true);
    entry.mistaken = booked != right;
    later(random_.between(1, plan_.return_ms_max), [this, order, right] {
      if (--corrections_[order.case_id] == 0) corrections_.erase(order.case_id);
      book_part(order, right, remark_for(order.letter_number));
    });
  });
}

// --- lines ---

Entry& Bank::book_part(const Order& order, Fen part, const std::string& remark) {
  Entry& entry = book(order.in, part, remark);
  entry.kind = order.back ? Entry::Kind::kBack : Entry::Kind::kPaid;
  entry.shares = {{order.case_id, part}};
  return entry;
}

void Bank::credit_stranger(AgencyId in) {
  ++statements_;
  book(in, Fen{random_.between(1, 1'000'000)}, random_.chance(500) ? "利息" : "退款 123456");
}

Entry& Bank::book(AgencyId holder, Fen amount, const std::string& remark) {
  Entry entry;
  entry.holder = holder;
  entry.statement = statements_;
  entry.line.set_account_number("6200" + holder.str().substr(1));
  entry.line.set_host_sequence(std::to_string(entries_.size() + 1));
  entry.line.set_amount_fen(amount.value);
  entry.line.set_counterparty_account("6100000000");
  entry.line.set_counterparty_name("医保基金财政专户");
  entry.line.set_remark(remark);
  trace_.add("bank", amount.value > 0 ? "credit" : "debit", holder.str() + " " + amount.yuan());
  return entries_.emplace_back(std::move(entry));
}

std::string Bank::remark_for(const std::string& number) {
  const std::string digits = random_.chance(300) ? full_width(number) : number;
  return random_.chance(500) ? "医保转移 " + digits + "/1" : digits;
}

}  // namespace jiexu::sim
