#include "tests/sim/bank.h"

#include <algorithm>

namespace jiexu::sim {
namespace {

constexpr uint32_t kPartPermille = 150;
constexpr uint32_t kBouncePermille = 60;
constexpr uint32_t kReversePermille = 40;
constexpr uint32_t kMisquotePermille = 40;

std::string full_width(const std::string& digits) {
  std::string out;
  for (const char digit : digits) {
    out += "\xef\xbc";
    out += static_cast<char>(0x90 + (digit - '0'));
  }
  return out;
}

}  // namespace

bool Bank::knows(const CaseId& case_id, uint32_t attempt) const {
  return std::any_of(orders_.begin(), orders_.end(), [&](const Order& order) {
    return order.case_id == case_id && order.attempt == attempt && !order.back;
  });
}

Fen Bank::unrecorded(const CaseId& case_id, Fen paid, Fen returned) const {
  Fen expected;
  for (const Order& order : orders_) {
    if (order.case_id == case_id && !order.back && !order.bounced) {
      expected.value += order.amount.value;
    }
  }
  return {paid.value + returned.value - expected.value};
}

Fen Bank::sent_back(const CaseId& case_id) const {
  Fen sum;
  for (const Order& order : orders_) {
    if (order.case_id == case_id && order.back) sum.value += order.amount.value;
  }
  return sum;
}

uint32_t Bank::times_sent_back(const CaseId& case_id) const {
  return static_cast<uint32_t>(std::ranges::count_if(
      orders_, [&](const Order& order) { return order.case_id == case_id && order.back; }));
}

void Bank::order(const Order& order) {
  for (const Order& known : orders_) {
    if (known.case_id != order.case_id || known.attempt != order.attempt) continue;
    if (known.back != order.back) continue;
    if (known.amount != order.amount) contradictions_.push_back(order);
    return;
  }
  trace_.add("bank", "order", order.letter_number + " " + order.amount.yuan());
  orders_.push_back(order);
  orders_.back().bounced = !order.back && !healed_ && random_.chance(kBouncePermille);
  if (orders_.back().bounced) return;
  pay(order);
  if (mutation_ == Mutation::kPayTwice) pay(order);
}

void Bank::pay(const Order& order) {
  int64_t left = order.amount.value;
  while (left > 1 && random_.chance(kPartPermille)) {
    const int64_t part = random_.between(1, left - 1);
    book_later(order, Fen{part});
    left -= part;
  }
  book_later(order, Fen{left});
}

void Bank::book_later(const Order& order, Fen part) {
  ++on_the_way_;
  const int64_t delay =
      random_.chance(500) ? random_.between(1, 500) : random_.between(500, 20'000);
  const int64_t change = mutation_ == Mutation::kChangeAmount ? 1 : 0;
  schedule_.after(delay, [this, order, part, change] {
    --on_the_way_;
    ++statements_;
    const std::string remark = remark_for(order.letter_number);
    if (change == 0 && !order.back && random_.chance(kReversePermille)) {
      book_part(order, part, remark);
      book_part(order, -part, remark).line.set_reversal(true);
    }
    const bool misquoted = !order.back && random_.chance(kMisquotePermille);
    book_part(order, part, misquoted ? "转账" : remark).misquoted = misquoted;
    credits_.back().line.set_amount_fen(part.value + change);
  });
}

Credit& Bank::book_part(const Order& order, Fen part, const std::string& remark) {
  Credit& credit = book(order.in, part, remark);
  credit.case_id = order.case_id;
  credit.part = part;
  credit.back = order.back;
  credit.statement = statements_;
  return credit;
}

void Bank::credit_stranger(AgencyId in) {
  ++statements_;
  book(in, Fen{random_.between(1, 1'000'000)}, random_.chance(500) ? "利息" : "退款 123456");
}

Credit& Bank::book(AgencyId in, Fen amount, const std::string& remark) {
  Credit credit;
  credit.in = in;
  credit.statement = statements_;
  credit.line.set_account_number("6200" + in.str().substr(1));
  credit.line.set_host_sequence(std::to_string(credits_.size() + 1));
  credit.line.set_amount_fen(amount.value);
  credit.line.set_counterparty_account("6100000000");
  credit.line.set_counterparty_name("医保基金财政专户");
  credit.line.set_remark(remark);
  trace_.add("bank", "credit", in.str() + " " + amount.yuan());
  return credits_.emplace_back(std::move(credit));
}

std::string Bank::remark_for(const std::string& letter_number) {
  const std::string number = random_.chance(300) ? full_width(letter_number) : letter_number;
  return random_.chance(500) ? "医保转移 " + number + "/1" : number;
}

}  // namespace jiexu::sim
