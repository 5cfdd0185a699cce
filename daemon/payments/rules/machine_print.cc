#include "daemon/payments/rules/machine_print.h"

#include <map>
#include <utility>

#include "daemon/payments/rules/batch_machine.h"
#include "daemon/payments/rules/payment_machine.h"

namespace jiexu {
namespace {

template <class Value>
std::string print_values(SetOf<Value> values) {
  std::string out;
  for (uint32_t number = 0; number < 32; ++number) {
    if (!values.has(static_cast<Value>(number))) continue;
    if (!out.empty()) out += '|';
    out += name(static_cast<Value>(number));
  }
  return out;
}

template <class State>
std::string print_to(State to, State same) {
  return to == same ? "same" : std::string(name(to));
}

std::string print_ask(const PaymentRow& row) {
  switch (row.ask) {
    case PaymentAsk::kKeep: return "";
    case PaymentAsk::kAnswered: return " - question";
    case PaymentAsk::kKnownAnswered: return " - question of a refusal as known";
    case PaymentAsk::kReturnAnswered: return " - question of a refusal as known, or of a return";
    case PaymentAsk::kAsk: return " + asks: " + std::string(name(row.question));
  }
  return "";
}

std::string print_row(const PaymentRow& row) {
  std::string out = std::string(name(row.event)) + "  " + print_values(row.from);
  if (row.condition != PaymentIf::kAlways) out += "  if " + std::string(name(row.condition));
  out += "  -> " + print_to(row.to, kSamePayment) + print_ask(row);
  out += "; " + std::string(name(row.answer));
  if (!row.duties.empty()) out += "; " + print_values(row.duties);
  return out;
}

std::string print_row(const BatchRow& row) {
  std::string out = std::string(name(row.event)) + "  " + print_values(row.from);
  if (row.condition != BatchIf::kAlways) out += "  if " + std::string(name(row.condition));
  out += "  -> " + print_to(row.to, kSameBatch);
  return out + "; " + std::string(name(row.answer));
}

// By the states' numbers, with the names of the events in the order of the rows.
using Arrows = std::map<std::pair<uint32_t, uint32_t>, std::string>;

template <class Row, class State>
void add_arrows(const Row& row, State same, Arrows& arrows) {
  if (row.to == same) return;
  for (uint32_t from = 0; from < 32; ++from) {
    const auto to = static_cast<uint32_t>(row.to);
    if (from == to || !row.from.has(static_cast<State>(from))) continue;
    std::string& label = arrows[{from, to}];
    const std::string event(name(row.event));
    if (label == event || label.ends_with(", " + event)) continue;
    label += (label.empty() ? "" : ", ") + event;
  }
}

template <class State>
std::string draw(State first, std::string_view begins, const Arrows& arrows) {
  std::string out = "stateDiagram-v2\n  [*] --> " + std::string(name(first)) + ": ";
  out += std::string(begins) + '\n';
  for (const auto& [ends, label] : arrows) {
    out += "  " + std::string(name(static_cast<State>(ends.first))) + " --> " +
           std::string(name(static_cast<State>(ends.second))) + ": " + label + '\n';
  }
  return out;
}

}  // namespace

std::string print_payment_tables() {
  std::string out = "A payment: event, states\n";
  for (const PaymentRow& row : payment_rows()) out += print_row(row) + '\n';
  out += "\nA batch of payments: event, states\n";
  for (const BatchRow& row : batch_rows()) out += print_row(row) + '\n';
  return out;
}

std::string draw_payment() {
  Arrows arrows;
  for (const PaymentRow& row : payment_rows()) add_arrows(row, kSamePayment, arrows);
  return draw(PaymentState::kOrdered, "its case orders it", arrows);
}

std::string draw_batch() {
  Arrows arrows;
  for (const BatchRow& row : batch_rows()) add_arrows(row, kSameBatch, arrows);
  return draw(BatchState::kMade, "payments are collected", arrows);
}

}  // namespace jiexu
