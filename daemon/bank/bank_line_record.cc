#include "daemon/bank/bank_line_record.h"

#include <algorithm>

#include "daemon/trust/suite.h"

namespace jiexu {
namespace {

// Of a payment of ours, debited or come back: its own acts undo that.
constexpr OutcomeSet kOfPayments = {BankOutcome::kReturned, BankOutcome::kPaidOut,
                                    BankOutcome::kCameBack, BankOutcome::kPaidAgain};
constexpr OutcomeSet kDecided = {BankOutcome::kMatchedByHand, BankOutcome::kSetAside,
                                 BankOutcome::kReportedAgain};

constexpr size_t kAccountEnd = 4;

void append_field(std::string_view field, std::string& text) {
  append_u32(text, static_cast<uint32_t>(field.size()));
  text += field;
}

void append_number(int64_t number, std::string& text) {
  append_field(std::to_string(number), text);
}

template <class Parts>
void append_parts(const Parts& parts, std::string& text) {
  append_number(parts.size(), text);
  for (const v1::AllocationRecord& part : parts) {
    append_field(part.case_id(), text);
    append_number(part.amount_fen(), text);
    append_number(part.attempt(), text);
  }
}

}  // namespace

std::string masked_account(const std::string& account) {
  return account.size() <= kAccountEnd ? account
                                       : "*" + account.substr(account.size() - kAccountEnd);
}

StatementFacts statement_facts(const v1::Statement& statement) {
  StatementFacts facts;
  facts.sum = Fen{statement.fen()};
  facts.lines = statement.lines();
  if (statement.has_opening()) facts.opening = Fen{statement.opening_fen()};
  if (statement.has_closing()) facts.closing = Fen{statement.closing_fen()};
  facts.opened_on = statement.opened_on();
  facts.closed_on = statement.closed_on();
  facts.without_amount = statement.without_amount();
  return facts;
}

int64_t sum_of_parts(const v1::BankLineRecord& record) {
  int64_t sum = 0;
  for (const v1::AllocationRecord& part : record.to()) sum += part.amount_fen();
  return sum;
}

LineNow line_now(const v1::BankLineRecord& record) {
  LineNow now;
  now.outcome = outcome_of(record);
  now.waits = record.queued_at_ms() != 0;
  now.amount = Fen{record.line().amount_fen()};
  now.open = Fen{record.suspense_fen()};
  now.with_cases = Fen{sum_of_parts(record)};
  now.is_void = now.outcome == BankOutcome::kReportedAgain;
  now.taken_back = !record.reversed_by().empty();
  const auto approved = std::find_if(record.acts().rbegin(), record.acts().rend(),
                                     [](const auto& act) { return !act.approved_by().empty(); });
  const bool stands =
      approved != record.acts().rend() && static_cast<LineAct>(approved->act()) != LineAct::kUndo;
  now.by_people = stands && !now.waits && kDecided.has(now.outcome);
  now.of_payments = kOfPayments.has(now.outcome) ||
                    std::ranges::any_of(record.to(), [](const v1::AllocationRecord& part) {
                      return part.attempt() != 0 || part.amount_fen() < 0;
                    });
  now.of_batch = !record.batch().empty();
  return now;
}

const v1::LineActRecord* open_act(const v1::BankLineRecord& record) {
  if (record.acts().empty() || !record.acts().rbegin()->approved_by().empty()) return nullptr;
  return &*record.acts().rbegin();
}

Digest act_content(const Digest& line, const v1::BankLineRecord& record,
                   const v1::LineActRecord& act) {
  std::string text;
  append_field(view(line), text);
  append_number(record.outcome(), text);
  append_number(record.suspense_fen(), text);
  append_parts(record.to(), text);
  append_field(record.reversed_by(), text);
  append_number(act.act(), text);
  append_parts(act.to(), text);
  append_field(act.note(), text);
  append_field(act.same_as(), text);
  append_field(act.proposed_by(), text);
  if (act.fee_fen() != 0) append_number(act.fee_fen(), text);
  return sha256(text);
}

Digest act_content(const Digest& file, const v1::BankFileRecord& record,
                   const v1::LineActRecord& act) {
  std::string text;
  append_field(view(file), text);
  append_number(static_cast<int64_t>(record.lines()), text);
  append_number(record.credited_fen(), text);
  append_number(record.debited_fen(), text);
  append_field(act.note(), text);
  append_field(act.proposed_by(), text);
  if (act.act() != 0) append_number(act.act(), text);
  if (act.act() != 0) append_field(act.replaced_by(), text);
  return sha256(text);
}

}  // namespace jiexu
