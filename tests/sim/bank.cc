// Orders, and what can be asked about them; bookings are in bank_bookings.cc.
#include "tests/sim/bank.h"

#include <algorithm>
#include <sstream>

#include "daemon/bank/rules/references.h"
#include "daemon/bankfiles/bank_text.h"
#include "daemon/base/check.h"

namespace jiexu::sim {

Fen Entry::share_of(const CaseId& id) const {
  Fen sum;
  for (const Share& share : shares) {
    if (share.case_id == id) sum.value += share.fen.value;
  }
  return sum;
}

const Order* Bank::find(const CaseId& case_id, uint32_t attempt) const {
  const auto found = std::ranges::find_if(orders_, [&](const Order& order) {
    return order.case_id == case_id && order.attempt == attempt && !order.back;
  });
  return found == orders_.end() ? nullptr : &*found;
}

bool Bank::corrects(const CaseId& case_id) const {
  return corrections_.contains(case_id) || std::ranges::any_of(entries_, [&](const Entry& entry) {
           return entry.kind == Entry::Kind::kPaid && !entry.settled &&
                  entry.share_of(case_id).value < 0;
         });
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

bool Bank::is_new(const Order& order) {
  for (const Order& known : orders_) {
    if (known.case_id != order.case_id || known.attempt != order.attempt) continue;
    if (known.back != order.back) continue;
    if (known.amount != order.amount) contradictions_.push_back(order);
    return false;
  }
  trace_.add("bank", "order", order.letter_number + " " + order.amount.yuan());
  orders_.push_back(order);
  return true;
}

void Bank::order(const Order& order) {
  if (!is_new(order)) return;
  if (!order.back && !healed_ && random_.chance(plan_.bounce_permille)) {
    orders_.back().fate = Fate::kBounced;
    return;
  }
  if (plan_.files) debit(order);
  pay(order);
  if (mutation_ == Mutation::kPayTwice) pay(order);
}

// --- files ---

// Columns of the default layout: seq|end_to_end_id|amount|payee_account|...
std::optional<Order> Bank::read_line(const std::string& line, const PaymentFile& file) const {
  std::istringstream columns(line);
  std::string seq, end_to_end, amount, account;
  std::getline(columns, seq, '|');
  std::getline(columns, end_to_end, '|');
  std::getline(columns, amount, '|');
  std::getline(columns, account, '|');
  const auto id = EndToEndId::parse(end_to_end);
  const auto fen = parse_amount(amount);
  constexpr std::string_view kBranch = "6200";
  const auto payee = AgencyId::parse("S" + account.substr(kBranch.size(), AgencyId::kSize - 1));
  if (!id || !fen || !payee || !file.cases.contains(id->letter_number)) return std::nullopt;
  Order order;
  order.case_id = file.cases.at(id->letter_number);
  order.attempt = id->attempt;
  order.letter_number = id->letter_number;
  order.amount = *fen;
  order.out = file.payer;
  order.in = *payee;
  order.batch = file.batch;
  return order;
}

void Bank::take_file(const PaymentFile& file) {
  trace_.add("bank", "file", file.batch);
  if (files_.emplace(file.batch, file.bytes).first->second != file.bytes) {
    renumbered_.insert(file.batch);
  }
  const size_t first = orders_.size();
  std::istringstream lines(file.bytes);
  for (std::string line; std::getline(lines, line);) {
    const auto order = read_line(line, file);
    CHECK(order.has_value());
    (void)is_new(*order);
  }
  const size_t count = orders_.size() - first;
  if (count == 0) return refuse_again(file);
  if (count > 1 && random_.chance(plan_.together_permille)) return execute_together(first, count);
  for (size_t i = 0; i < count; ++i) {
    orders_[first + i].fate = draw_fate();
    execute(first + i);
  }
}

// Payment by payment, or as a whole.
void Bank::refuse_again(const PaymentFile& file) {
  trace_.add("bank", "file again", file.batch);
  if (random_.chance(500)) {
    refused_.insert({file.payer, file.batch});
    return;
  }
  for (Order& order : orders_) {
    if (!order.back && order.out == file.payer && order.batch == file.batch) order.again = true;
  }
}

std::vector<std::string> Bank::reports_for(AgencyId payer) const {
  constexpr const char* kKnown[] = {"|rejected|DU04\n", "|失败| du04 重复支付\n",
                                    "|rejected|instruction already exists\n"};
  std::string list;
  for (const Order& order : orders_) {
    if (order.out != payer || order.back) continue;
    const std::string id = EndToEndId{order.letter_number, order.attempt}.text();
    if (order.again) list += id + kKnown[order.attempt % std::size(kKnown)];
    if (!order.decided) continue;
    list += id + (order.fate == Fate::kRejected ? "|rejected|AC04\n" : "|paid\n");
  }
  std::vector<std::string> reports;
  if (!list.empty()) reports.push_back(std::move(list));
  for (const auto& [agency, batch] : refused_) {
    if (agency != payer) continue;
    reports.push_back("<Document><CstmrPmtStsRpt><OrgnlGrpInfAndSts><OrgnlMsgId>" + batch +
                      "</OrgnlMsgId><GrpSts>RJCT</GrpSts><StsRsnInf><Rsn><Cd>DU01</Cd></Rsn>"
                      "</StsRsnInf></OrgnlGrpInfAndSts></CstmrPmtStsRpt></Document>");
  }
  return reports;
}

Fate Bank::draw_fate() {
  if (healed_) return Fate::kPaid;
  if (random_.chance(plan_.reject_permille)) return Fate::kRejected;
  return random_.chance(plan_.return_permille) ? Fate::kReturned : Fate::kPaid;
}

}  // namespace jiexu::sim
