#include "daemon/bank/rules/bank_outcome.h"

#include <algorithm>
#include <iterator>

#include "daemon/base/check.h"

namespace jiexu {
namespace {

using O = BankOutcome;

// clang-format off
constexpr OutcomeRule kRules[] = {
    {O::kMatched,          "matched",             false, "", "FUNDS_ACK when credited"},
    {O::kEarly,            "early",               true,  "wait: it is matched when the form, the batch's last notice or the bank's list comes; or say of which payment it is", ""},
    {O::kAmountDiffers,    "amount_differs",      true,  "report the difference, wait for the rest, or return the money; undo it if it is another case's", "FUNDS_DIFF, FUNDS_RETURNED"},
    {O::kUnknownReference, "unknown_reference",   true,  "ask the payer; match by hand, or return the money", ""},
    {O::kNotExpected,      "not_expected",        true,  "match by hand, return the money, or have the case opened again", "FUNDS_RETURNED"},
    {O::kInvalid,          "invalid",             false, "", ""},
    {O::kMatchedByHand,    "matched_by_hand",     false, "", "FUNDS_ACK when credited"},
    {O::kBatchDiffers,     "batch_total_differs", true,  "match the good cases by hand, report the difference of the others", "FUNDS_DIFF"},
    {O::kDuplicate,        "duplicate",           false, "", ""},
    {O::kReturned,         "returned_by_bank",    false, "", "BANK_RETURNED, answered by PAYEE_CHANGE"},
    {O::kReversed,         "reversed",            false, "", "FUNDS_DIFF"},
    {O::kForeignPayer,     "foreign_payer",       true,  "ask who paid; match by hand, or return the money", ""},
    {O::kNoCase,           "no_case",             true,  "match by hand, ask the payer, or return the money", ""},
    {O::kPaidOut,          "paid_out",            false, "", "REMIT_NOTICE"},
    {O::kSetAside,         "set_aside",           false, "", ""},
    {O::kCameBack,         "came_back",           false, "", "FUNDS_RETURNED"},
    {O::kPaidAgain,        "paid_again",          false, "", "REMIT_NOTICE, answered by FUNDS_RETURNED"},
    {O::kMayRepeat,        "may_repeat",          true,  "reported again, or another booking? compare it with the line that it may be, then `bank same` or `bank another`", ""},
    {O::kReportedAgain,    "reported_again",      false, "", ""},
    {O::kMayBeSentBack,    "may_be_sent_back",    true,  "ask who paid: wait for the other agency's word, match by hand to the payment that came back, or set aside", "BANK_RETURNED, if matched with a payment"},
    {O::kUnreadable,       "unreadable",          true,  "look at the entry as it stands in the file (`bank line`), ask the bank; match by hand, or set aside", ""},
};
// clang-format on

}  // namespace

std::span<const OutcomeRule> outcome_rules() {
  return kRules;
}

const OutcomeRule& rule_of(BankOutcome outcome) {
  const auto* rule =
      std::find_if(std::begin(kRules), std::end(kRules),
                   [&](const OutcomeRule& known) { return known.outcome == outcome; });
  CHECK(rule != std::end(kRules));
  return *rule;
}

std::string_view what_to_do(BankOutcome outcome, bool debit) {
  if (!debit) return rule_of(outcome).what_to_do;
  switch (outcome) {
    case BankOutcome::kNotExpected:
      return "its case knows of no such payment, or has all of it settled: ask the bank; if the "
             "store "
             "has lost data, order it again there: this line then settles it, and nothing is paid "
             "twice";
    case BankOutcome::kAmountDiffers:
      return "ask the bank why it took another amount; match it by hand to its payment, what is "
             "the bank's fee with `--fee`";
    case BankOutcome::kNoCase:
    case BankOutcome::kUnknownReference:
      return "ask the bank what it was for: match it by hand to its payment, or to the case whose "
             "money it took back, or set it aside";
    default: return rule_of(outcome).what_to_do;
  }
}

std::string_view name(BankOutcome outcome) {
  return rule_of(outcome).name;
}

bool is_queue(BankOutcome outcome) {
  const auto* rule = std::ranges::find(kRules, outcome, &OutcomeRule::outcome);
  return rule != std::end(kRules) && rule->waits;
}

const OutcomeRule* find_outcome(std::string_view name) {
  const auto* rule = std::find_if(std::begin(kRules), std::end(kRules),
                                  [&](const OutcomeRule& known) { return known.name == name; });
  return rule == std::end(kRules) ? nullptr : rule;
}

}  // namespace jiexu
