#include "daemon/bank/rules/statement.h"

#include <algorithm>

#include "daemon/base/limits.h"
#include "daemon/base/time.h"

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

// Whether the statement lies in the gap, by its days, and where they are those of an end, by its
// balances: what is before or behind a gap may be told again.
bool lies_in(const StatementGap& gap, const StatementFacts& statement) {
  const bool dated =
      gap.from_day != 0 && gap.to_day != 0 && statement.opened_on != 0 && statement.closed_on != 0;
  const bool begins = *statement.opening == gap.from;
  const bool ends = *statement.closing == gap.to;
  if (!dated) return begins || ends;
  return (statement.opened_on > gap.from_day || (statement.opened_on == gap.from_day && begins)) &&
         (statement.closed_on < gap.to_day || (statement.closed_on == gap.to_day && ends));
}

bool is_long_ago(const StatementGap& gap, const StatementFacts& statement) {
  const auto then = Date::from_yyyymmdd(gap.to_day);
  const auto now = Date::from_yyyymmdd(statement.closed_on);
  return then && now && now->days() - then->days() > limits::kStatementGapDaysMax;
}

}  // namespace

bool tells_again(const StatementFacts& before, const StatementFacts& statement) {
  if (!has_both(before) || !has_both(statement)) return false;
  if (relate(before, statement) == Statements::kSame) return true;
  return before.opened_on != 0 && before.opened_on == statement.opened_on &&
         *before.opening == *statement.opening;
}

bool fills_gap(const std::vector<StatementGap>& gaps, const StatementFacts& statement) {
  return has_both(statement) && std::ranges::any_of(gaps, [&](const StatementGap& gap) {
           return lies_in(gap, statement);
         });
}

std::vector<StatementGap> fill_gaps(const std::vector<StatementGap>& gaps,
                                    const StatementFacts& statement) {
  std::vector<StatementGap> left;
  const auto keep = [&](const StatementGap& gap) {
    if (gap.from != gap.to && !is_long_ago(gap, statement)) left.push_back(gap);
  };
  for (const StatementGap& gap : gaps) {
    if (!has_both(statement) || !lies_in(gap, statement)) {
      keep(gap);
      continue;
    }
    keep({gap.from, gap.from_day, *statement.opening, statement.opened_on});
    keep({*statement.closing, statement.closed_on, gap.to, gap.to_day});
  }
  return left;
}

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
