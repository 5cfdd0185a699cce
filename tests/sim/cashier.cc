#include "tests/sim/cashier.h"

#include "daemon/payments/payment_service.h"
#include "daemon/payments/remit_views.h"
#include "storage/layout.h"
#include "storage/records.h"

namespace jiexu::sim {
namespace {

constexpr int64_t kPatienceMs = 6'000;
constexpr int64_t kFinishThinkMsMax = 500;
constexpr uint32_t kListAgainPermille = 50;
constexpr size_t kHeldMax = 20;
constexpr const char* kCashier = "cashier";
constexpr const char* kManager = "manager";

BatchState state_of(const v1::RemittanceBatchRecord& batch) {
  return static_cast<BatchState>(batch.state());
}

}  // namespace

void Cashier::start() {
  if (world_.plan.bank.files) look_later();
}

void Cashier::look_later() {
  if (world_.mood == Mood::kRest) return;
  const bool finishing = world_.mood == Mood::kFinish;
  const int64_t think =
      random_.between(1, finishing ? kFinishThinkMsMax : world_.plan.bank.collect_ms_max);
  world_.schedule.after(think, [this, turn = ++turn_] {
    if (turn == turn_) look();
  });
}

void Cashier::look() {
  if (!node_.up()) return look_later();
  if (tend_batch()) return;
  if (lacks_list() || random_.chance(kListAgainPermille)) return hand_in_list();
  if (random_.chance(300)) return look_at_held();
  if (random_.chance(world_.plan.bank.again_permille) && take_again()) return;
  Asking command;
  command.what = MakeBatchesCommand{};
  command.done = [](const Answer&) {};
  post(kCashier, std::move(command));
}

void Cashier::post(std::string user, Asking command) {
  const uint64_t turn = ++turn_;
  world_.schedule.after(kPatienceMs, [this, turn] {
    if (turn == turn_) look_later();
  });
  command.user = std::move(user);
  command.done = [this, turn, done = std::move(command.done)](Answer&& answer) {
    if (answer.rejection) {
      world_.trace.add(node_.id().text(), "cashier refused",
                       std::string(name(answer.rejection->refusal)));
    }
    done(std::move(answer));
    if (turn == turn_) look_later();
  };
  if (!node_.post(std::move(command)) && turn == turn_) look_later();
}

// --- batches ---

bool Cashier::tend_batch() {
  const Records records(node_.store(), node_.vault());
  const std::string prefix(layout::kRemittanceBatches);
  std::string number;
  v1::RemittanceBatchRecord batch;
  const auto done = records.scan(
      Family::kFunds, prefix, layout::prefix_end(prefix), [&](std::string_view key, auto value) {
        CHECK(batch.ParseFromArray(value.data(), static_cast<int>(value.size())));
        const bool wanted = state_of(batch) == BatchState::kExported
                                ? !is_at_bank(batch)
                                : state_of(batch) != BatchState::kVoid;
        if (wanted) number = std::string(key.substr(prefix.size()));
        return !wanted;
      });
  CHECK(done.has_value());
  if (number.empty()) return false;
  tend(number, batch);
  return true;
}

// A file whose first way to the bank somebody has forgotten. False if there is none.
bool Cashier::take_again() {
  const Records records(node_.store(), node_.vault());
  const std::string prefix(layout::kRemittanceBatches);
  std::vector<std::string> exported;
  const auto done = records.scan(
      Family::kFunds, prefix, layout::prefix_end(prefix), [&](std::string_view key, auto value) {
        v1::RemittanceBatchRecord batch;
        CHECK(batch.ParseFromArray(value.data(), static_cast<int>(value.size())));
        const bool has_file = batch.format() != 0 && state_of(batch) == BatchState::kExported;
        if (has_file && is_at_bank(batch)) exported.emplace_back(key.substr(prefix.size()));
        return true;
      });
  CHECK(done.has_value());
  if (exported.empty()) return false;
  order_file(exported[random_.below(exported.size())]);
  return true;
}

bool Cashier::is_at_bank(const v1::RemittanceBatchRecord& batch) const {
  return std::ranges::all_of(batch.payments(), [&](const v1::BatchPaymentRecord& place) {
    return world_.bank.find(*CaseId::from_bytes(place.case_id()), place.attempt()) != nullptr;
  });
}

void Cashier::tend(const std::string& number, const v1::RemittanceBatchRecord& batch) {
  Asking command;
  command.done = [](const Answer&) {};
  if (state_of(batch) == BatchState::kMade) {
    command.what = ApproveBatchCommand{number, to_hex(view(content_of(number, batch)))};
    return post(kManager, std::move(command));
  }
  order_file(number);
}

// Also one that was exported before: its file is the same.
void Cashier::order_file(const std::string& number) {
  Asking command;
  command.what = ExportBatchCommand{number, PaymentFormat::kDelimited};
  command.done = [this, number](const Answer& answer) {
    if (answer.file == nullptr) return;
    // What it holds is on the disk together with the file.
    const Records records(node_.store(), node_.vault());
    const auto exported = records.get_message<v1::RemittanceBatchRecord>(
        Family::kFunds, layout::remittance_batch_key(number));
    CHECK(exported && *exported);
    take_to_bank(number, **exported, *answer.file);
  };
  post(kCashier, std::move(command));
}

void Cashier::take_to_bank(const std::string& number, const v1::RemittanceBatchRecord& batch,
                           const std::string& file) {
  PaymentFile order{number, file, node_.id(), {}};
  for (const v1::BatchPaymentRecord& place : batch.payments()) {
    order.cases[place.letter_number()] = *CaseId::from_bytes(place.case_id());
  }
  world_.bank.take_file(order);
}

// --- what the bank says, and what waits for people ---

bool Cashier::lacks_list() const {
  const Records records(node_.store(), node_.vault());
  return std::ranges::any_of(world_.bank.orders(), [&](const Order& order) {
    const bool rejected = order.out == node_.id() && order.decided && order.fate == Fate::kRejected;
    if (!rejected) return false;
    const auto payment = records.get_message<v1::PaymentRecord>(
        Family::kFunds, layout::payment_key(order.case_id, order.attempt));
    CHECK(payment.has_value());
    if (!*payment) return false;
    // What its debit has shown to be out stays so, whatever a list says.
    if (!(*payment)->debit_line().empty()) return false;
    const auto state = static_cast<PaymentState>((*payment)->state());
    return state != PaymentState::kReturned && state != PaymentState::kTakenBack;
  });
}

void Cashier::hand_in_list() {
  auto fates = std::make_shared<std::vector<PaymentFate>>();
  for (const std::string& report : world_.bank.reports_for(node_.id())) {
    const auto read = read_payment_report(report, [&](const PaymentFate& fate) {
      fates->push_back(fate);
      return Result<void>();
    });
    CHECK(read.has_value());
  }
  Asking command;
  command.what = PaymentReportCommand{fates};
  command.done = [this](const Answer& answer) {
    if (answer.view) world_.trace.add(node_.id().text(), "list", answer.view->ShortDebugString());
  };
  post(kCashier, std::move(command));
}

void Cashier::look_at_held() {
  Asking command;
  command.what = PaymentsQuery{{}, kHeldMax};
  command.done = [this](const Answer& answer) {
    const auto* held = dynamic_cast<const v1::PaymentViews*>(answer.view.get());
    if (held == nullptr) return;
    for (const v1::PaymentView& payment : held->payments()) clear_up(payment);
  };
  post(kCashier, std::move(command));
}

void Cashier::clear_up(const v1::PaymentView& held) {
  const auto id = CaseId::parse(held.case_id());
  const auto payment = EndToEndId::parse(held.payment());
  CHECK(id && payment);
  world_.trace.add(node_.id().text(), "held", held.payment() + " " + held.waits_for());
  if (held.waits_for() == kUnlistedPayee) return confirm_payee(*id);
  const bool asked = held.waits_for() == kContradictedPayment ||
                     held.waits_for() == kDebitOverdue || held.waits_for() == kOutAfterAll;
  const Order* order = world_.bank.find(*id, payment->attempt);
  const bool out = held.waits_for() == kOutAfterAll && order != nullptr && order->out_after_all;
  if (asked) return release(held, out);
  if (held.waits_for() != kDoubtfulPayment) return;
  // What the bank has, its list will say.
  const Order* known = world_.bank.find(*id, payment->attempt);
  if (known == nullptr) return release(held);
  if (known->decided) hand_in_list();
}

void Cashier::release(const v1::PaymentView& held, bool went_out) {
  using Act = ReleasePaymentCommand::Act;
  const auto payment = *EndToEndId::parse(held.payment());
  Asking command;
  command.what = ReleasePaymentCommand{payment, Act::kPropose, "asked the bank", went_out};
  command.done = [this, payment](const Answer& answer) {
    const auto* shown = dynamic_cast<const v1::PaymentView*>(answer.view.get());
    if (shown == nullptr) return;
    Asking approval;
    approval.what =
        ReleasePaymentCommand{payment, Act::kApprove, shown->releases().rbegin()->content()};
    approval.done = [](const Answer&) {};
    post(kManager, std::move(approval));
  };
  post(kCashier, std::move(command));
}

void Cashier::confirm_payee(const CaseId& id) {
  Asking query;
  query.what = PayeeQuery{id};
  query.done = [this, id](const Answer& answer) {
    const auto* shown = dynamic_cast<const v1::PayeeView*>(answer.view.get());
    if (shown == nullptr) return;
    for (const char* user : {kCashier, kManager}) {
      Asking command;
      command.what = ConfirmPayeeCommand{id, shown->content(), "rang them up"};
      command.done = [](const Answer&) {};
      post(user, std::move(command));
    }
  };
  post(kCashier, std::move(query));
}

}  // namespace jiexu::sim
