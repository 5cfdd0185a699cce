#include "daemon/payments/rules/record_invariants.h"

#include <algorithm>

#include "daemon/bank/rules/bank_outcome.h"
#include "daemon/base/ids.h"
#include "daemon/payments/rules/payment_state.h"

namespace jiexu {
namespace {

template <class Record>
struct RecordRule {
  std::string_view name;
  bool (*holds)(const Record& record);
};

template <class Record, size_t N>
Broken first_broken(const RecordRule<Record> (&rules)[N], const Record& record) {
  for (const RecordRule<Record>& rule : rules) {
    if (!rule.holds(record)) return rule.name;
  }
  return std::nullopt;
}

bool is_digest(const std::string& bytes) {
  return bytes.size() == kDigestSize;
}

bool is_digest_or_none(const std::string& bytes) {
  return bytes.empty() || is_digest(bytes);
}

bool is_case_id(const std::string& bytes) {
  return bytes.size() == CaseId::kSize;
}

// --- payments ---

using Payment = v1::PaymentRecord;

PaymentState state_in(const Payment& record) {
  return static_cast<PaymentState>(record.state());
}

bool payment_state_known(const Payment& record) {
  return !name(state_in(record)).empty();
}

bool payment_has_amount(const Payment& record) {
  return record.amount_fen() > 0;
}

bool payment_returns_money(const Payment& record) {
  return record.returned_fen() >= 0 && record.seen_back_fen() >= 0 && record.exported_fen() >= 0;
}

bool payment_in_its_batch(const Payment& record) {
  if (state_in(record) == PaymentState::kBatched) return !record.batch().empty();
  return state_in(record) != PaymentState::kOrdered || record.batch().empty();
}

// The day that a silent bank is waited for is counted from it.
bool payment_export_dated(const Payment& record) {
  return state_in(record) != PaymentState::kExported || record.exported_at_ms() > 0;
}

bool payment_debited_by_line(const Payment& record) {
  return is_digest_or_none(record.debit_line());
}

// The last one may wait for its second person.
bool payment_releases_by_two(const Payment& record) {
  for (int i = 0; i < record.releases_size(); ++i) {
    const v1::ReleaseRecord& release = record.releases(i);
    const bool waits = release.approved_by().empty();
    if (waits && i + 1 < record.releases_size()) return false;
    if (!is_digest(release.content()) || release.proposed_by() == release.approved_by()) {
      return false;
    }
  }
  return true;
}

constexpr RecordRule<Payment> kPaymentRules[] = {
    {"payment-state-known", payment_state_known},
    {"payment-has-amount", payment_has_amount},
    {"payment-returns-money", payment_returns_money},
    {"payment-in-its-batch", payment_in_its_batch},
    {"payment-export-dated", payment_export_dated},
    {"payment-debited-by-line", payment_debited_by_line},
    {"payment-releases-by-two", payment_releases_by_two},
};

// --- batches of payments ---

using PaymentsBatch = v1::RemittanceBatchRecord;

BatchState state_in(const PaymentsBatch& record) {
  return static_cast<BatchState>(record.state());
}

bool batch_state_known(const PaymentsBatch& record) {
  return !name(state_in(record)).empty();
}

bool batch_void_if_empty(const PaymentsBatch& record) {
  return (state_in(record) == BatchState::kVoid) == record.payments().empty();
}

bool batch_pays_cases(const PaymentsBatch& record) {
  return std::ranges::all_of(record.payments(), [](const v1::BatchPaymentRecord& place) {
    return is_case_id(place.case_id()) && place.attempt() > 0 && place.amount_fen() > 0;
  });
}

// One remittance notice names the batch, for each case.
bool batch_pays_case_once(const PaymentsBatch& record) {
  std::vector<std::string_view> cases;
  for (const v1::BatchPaymentRecord& place : record.payments()) cases.push_back(place.case_id());
  std::ranges::sort(cases);
  return std::ranges::adjacent_find(cases) == cases.end();
}

bool batch_approved_by_another(const PaymentsBatch& record) {
  const std::string& by = record.approved_by();
  if (by.empty()) return state_in(record) != BatchState::kApproved;
  const auto ordered = [&](const v1::BatchPaymentRecord& place) {
    return place.ordered_by() == by;
  };
  return by != record.made_by() && is_digest(record.approved_content()) &&
         (state_in(record) != BatchState::kApproved ||
          std::ranges::none_of(record.payments(), ordered));
}

bool batch_export_dated(const PaymentsBatch& record) {
  return state_in(record) != BatchState::kExported || record.exported_at_ms() > 0;
}

constexpr RecordRule<PaymentsBatch> kBatchRules[] = {
    {"batch-state-known", batch_state_known},
    {"batch-void-if-empty", batch_void_if_empty},
    {"batch-pays-cases", batch_pays_cases},
    {"batch-pays-case-once", batch_pays_case_once},
    {"batch-approved-by-another", batch_approved_by_another},
    {"batch-export-dated", batch_export_dated},
};

// --- bank lines ---

using BankLine = v1::BankLineRecord;

BankOutcome outcome_in(const BankLine& record) {
  return static_cast<BankOutcome>(record.outcome());
}

// What is invalid or a repetition is answered and not kept.
bool line_outcome_kept(const BankLine& record) {
  const BankOutcome outcome = outcome_in(record);
  if (outcome == BankOutcome::kInvalid || outcome == BankOutcome::kDuplicate) return false;
  return std::ranges::find(outcome_rules(), outcome, &OutcomeRule::outcome) !=
         outcome_rules().end();
}

bool line_has_amount(const BankLine& record) {
  return record.line().amount_fen() != 0 || !record.line().unreadable().empty();
}

bool line_names_cases(const BankLine& record) {
  return std::ranges::all_of(record.proposals(), is_case_id) &&
         std::ranges::all_of(record.to(), [](const v1::AllocationRecord& part) {
           return is_case_id(part.case_id());
         });
}

// A line that somebody has settled waits no more.
bool line_waits_for_somebody(const BankLine& record) {
  return record.queued_at_ms() == 0 || record.settled_by().empty();
}

bool line_settled_by_somebody(const BankLine& record) {
  const BankOutcome outcome = outcome_in(record);
  const bool by_hand = outcome == BankOutcome::kSetAside || outcome == BankOutcome::kMatchedByHand;
  return !by_hand || !record.settled_by().empty();
}

bool line_suspense_posted(const BankLine& record) {
  return record.suspense_fen() == 0 || record.postings() > 0;
}

// Only a credit is taken back, and only by a debit.
bool line_reversal_of_credit(const BankLine& record) {
  const int64_t fen = record.line().amount_fen();
  return is_digest_or_none(record.reversed_by()) && is_digest_or_none(record.reverses()) &&
         (record.reversed_by().empty() || fen > 0) && (record.reverses().empty() || fen < 0);
}

bool line_may_repeat_one(const BankLine& record) {
  return is_digest_or_none(record.may_repeat());
}

// A known line, reported again, is no money.
bool line_void_is_nowhere(const BankLine& record) {
  if (outcome_in(record) != BankOutcome::kReportedAgain) return true;
  return record.suspense_fen() == 0 && record.to().empty() && is_digest(record.may_repeat());
}

// The last one may wait for its second person.
bool line_acts_by_two(const BankLine& record) {
  for (int i = 0; i < record.acts_size(); ++i) {
    const v1::LineActRecord& act = record.acts(i);
    const bool waits = act.approved_by().empty();
    if (waits && i + 1 < record.acts_size()) return false;
    if (!is_digest(act.content()) || act.proposed_by() == act.approved_by()) return false;
  }
  return true;
}

bool line_seen_in_file(const BankLine& record) {
  return is_digest_or_none(record.file()) && is_digest_or_none(record.seen_in());
}

constexpr RecordRule<BankLine> kLineRules[] = {
    {"line-outcome-kept", line_outcome_kept},
    {"line-has-amount", line_has_amount},
    {"line-names-cases", line_names_cases},
    {"line-waits-for-somebody", line_waits_for_somebody},
    {"line-settled-by-somebody", line_settled_by_somebody},
    {"line-suspense-posted", line_suspense_posted},
    {"line-reversal-of-credit", line_reversal_of_credit},
    {"line-may-repeat-one", line_may_repeat_one},
    {"line-void-is-nowhere", line_void_is_nowhere},
    {"line-acts-by-two", line_acts_by_two},
    {"line-seen-in-file", line_seen_in_file},
};

}  // namespace

Broken check_invariants(const v1::PaymentRecord& record) {
  return first_broken(kPaymentRules, record);
}

Broken check_invariants(const v1::RemittanceBatchRecord& record) {
  return first_broken(kBatchRules, record);
}

Broken check_invariants(const v1::BankLineRecord& record) {
  return first_broken(kLineRules, record);
}

}  // namespace jiexu
