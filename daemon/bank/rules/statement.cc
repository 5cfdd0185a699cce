#include "daemon/bank/rules/statement.h"

namespace jiexu {
namespace {

bool has_both(const StatementFacts& statement) {
  return statement.opening && statement.closing;
}

// `first` ends where `then` begins, and not after it.
bool joins(const StatementFacts& first, const StatementFacts& then) {
  const bool dated = first.closed_on != 0 && then.opened_on != 0;
  return *first.closing == *then.opening && (!dated || first.closed_on <= then.opened_on);
}

}  // namespace

Proof prove(const StatementFacts& statement) {
  if (!has_both(statement) || statement.without_amount > 0) return Proof::kUnproved;
  const auto closing = add(*statement.opening, statement.sum);
  return closing == statement.closing ? Proof::kProved : Proof::kDiffers;
}

std::string_view name(Proof proof) {
  switch (proof) {
    case Proof::kProved: return "proved";
    case Proof::kUnproved: return "unproved";
    case Proof::kDiffers: return "differs";
  }
  return "";
}

std::optional<Fen> gap_between(const StatementFacts& before, const StatementFacts& after) {
  if (!before.closing || !after.opening) return std::nullopt;
  return add(*after.opening, -*before.closing);
}

Statements relate(const StatementFacts& one, const StatementFacts& other) {
  if (!has_both(one) || !has_both(other)) return Statements::kUnknown;
  const bool same = *one.opening == *other.opening && *one.closing == *other.closing &&
                    one.sum == other.sum && one.lines == other.lines &&
                    one.opened_on == other.opened_on && one.closed_on == other.closed_on;
  const bool apart = joins(one, other) || joins(other, one);
  if (same == apart) return Statements::kUnknown;
  return same ? Statements::kSame : Statements::kApart;
}

}  // namespace jiexu
