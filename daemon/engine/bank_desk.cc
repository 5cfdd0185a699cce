#include "daemon/engine/bank_desk.h"

#include "daemon/rules/field_checks.h"
#include "daemon/rules/letter_number.h"
#include "daemon/trust/suite.h"
#include "storage/layout.h"

namespace jiexu {
namespace {

// The five fields under which banks repeat a notice, each with its length, so that no two lines
// share a key by the way their fields meet.
std::string line_key(const v1::BankLine& line) {
  std::string text;
  for (const std::string& field :
       {line.account_number(), line.host_sequence(), std::to_string(line.amount_fen()),
        line.counterparty_account(), line.counterparty_name()}) {
    append_u32(text, static_cast<uint32_t>(field.size()));
    text += field;
  }
  return layout::bank_line_key(sha256(text));
}

v1::BankLineResult result_of(const v1::BankLine& line, const std::string& outcome,
                             const CaseId& id) {
  v1::BankLineResult result;
  result.set_host_sequence(line.host_sequence());
  result.set_outcome(outcome);
  if (!id.empty()) result.set_case_id(id.str());
  return result;
}

// An amount above what the forms can hold is no balance of a person, and sums of such could
// overflow the ledger.
bool is_usable(const v1::BankLine& line) {
  return line.amount_fen() > 0 && line.amount_fen() <= kFormAmountMaxFen &&
         !line.host_sequence().empty() && !line.account_number().empty();
}

BankOutcome outcome_in(const Case& subject) {
  if (subject.funds == Funds::kMatched) return BankOutcome::kMatched;
  return subject.funds == Funds::kSuspense ? BankOutcome::kEarly : BankOutcome::kAmountDiffers;
}

}  // namespace

std::string_view name(BankOutcome outcome) {
  switch (outcome) {
    case BankOutcome::kMatched: return "matched";
    case BankOutcome::kEarly: return "early";
    case BankOutcome::kAmountDiffers: return "amount_differs";
    case BankOutcome::kUnknownReference: return "unknown_reference";
    case BankOutcome::kNotExpected: return "not_expected";
    case BankOutcome::kInvalid: return "invalid";
  }
  return "";
}

Result<v1::BankLineResult> BankDesk::import(const v1::BankLine& line, Instant now) {
  if (!is_usable(line)) {
    return result_of(line, std::string(name(BankOutcome::kInvalid)), CaseId());
  }
  const std::string key = line_key(line);
  const auto known = records_.get_message<v1::BankLineRecord>(Family::kFunds, key);
  if (!known) return tl::unexpected(known.error());
  if (*known) {
    const auto id = CaseId::from_bytes((*known)->case_id());
    const auto outcome = static_cast<BankOutcome>((*known)->outcome());
    return result_of(line, "duplicate, " + std::string(name(outcome)), id.value_or(CaseId()));
  }
  const auto placed = place(line, now);
  if (!placed) return tl::unexpected(placed.error());
  if (auto done = store(key, line, *placed, now); !done) return tl::unexpected(done.error());
  return result_of(line, std::string(name(placed->outcome)), placed->case_id);
}

Result<BankDesk::Placed> BankDesk::place(const v1::BankLine& line, Instant now) {
  Placed placed{BankOutcome::kUnknownReference, CaseId()};
  if (const auto number = find_letter_number(line.remark())) {
    const auto ids = cases_.find_letter(number->text());
    if (!ids) return tl::unexpected(ids.error());
    for (const CaseId& id : *ids) {
      const auto found = place_with(id, line, now);
      if (!found) return tl::unexpected(found.error());
      if (*found) return **found;
      placed = {BankOutcome::kNotExpected, id};
    }
  }
  const Posting parked{LedgerAccount::kBank, LedgerAccount::kSuspense, Fen{line.amount_fen()}};
  // Who paid is not known yet: the money stands under our own code.
  if (auto done = cases_.post(self_, {parked}); !done) return tl::unexpected(done.error());
  return placed;
}

Result<std::optional<BankDesk::Placed>> BankDesk::place_with(const CaseId& id,
                                                             const v1::BankLine& line,
                                                             Instant now) {
  const auto subject = cases_.load(id, now);
  if (!subject) return tl::unexpected(subject.error());
  if (*subject == nullptr || (*subject)->side != Side::kIn) return std::nullopt;
  Event event;
  event.kind = EventKind::kBankCredit;
  event.at = now;
  event.actor = "bank";
  event.amount = Fen{line.amount_fen()};
  const auto outcome = cases_.apply(**subject, event);
  if (!outcome) return tl::unexpected(outcome.error());
  if (!*outcome) return std::nullopt;
  return Placed{outcome_in(***outcome), id};
}

Result<void> BankDesk::store(const std::string& key, const v1::BankLine& line, const Placed& placed,
                             Instant now) {
  v1::BankLineRecord record;
  *record.mutable_line() = line;
  record.set_outcome(static_cast<uint32_t>(placed.outcome));
  if (!placed.case_id.empty()) record.set_case_id(std::string(placed.case_id.bytes()));
  record.set_at_ms(now.ms);
  records_.put_message(pending_.open().batch(), Family::kFunds, key, record);
  pending_.open().index_last(Family::kFunds, key);
  return {};
}

}  // namespace jiexu
