#include "daemon/api/comparison_view.h"

#include "daemon/cases/case.h"
#include "daemon/ledger/ledger.h"
#include "daemon/peers/peer_queries.h"
#include "daemon/reconciliation/reconciliation_queries.h"
#include "daemon/reconciliation/rules/comparison.h"
#include "jiexu/v1/record.pb.h"

namespace jiexu {
namespace {

std::string owned(std::string_view view) {
  return std::string(view);
}

// As it stands in proto/README.md, such as "letter_accept".
std::string kind_name(uint32_t kind) {
  const auto* field = v1::Message::descriptor()->FindFieldByNumber(static_cast<int>(kind));
  return field == nullptr ? "unknown " + std::to_string(kind) : field->name();
}

std::string day_text(int32_t number) {
  const auto day = Date::from_yyyymmdd(number);
  return day ? day->str() : "";
}

std::string_view meaning(ComparisonOutcome outcome) {
  switch (outcome) {
    case ComparisonOutcome::kNone: return "";
    case ComparisonOutcome::kAgrees: return "Their books and ours say the same.";
    case ComparisonOutcome::kDiffers: return "Their books and ours differ.";
    case ComparisonOutcome::kIncomplete: return "A part of their statement is still to come.";
    case ComparisonOutcome::kNotJudged:
      return "The statement came while our link with them was being recovered; the next one is "
             "compared.";
  }
  return "";
}

// Which side lacks what the other has; empty if both say something else.
std::string_view side_of(const v1::DifferenceRecord& record) {
  switch (static_cast<Difference>(record.kind())) {
    case Difference::kSetAside:
    case Difference::kCaseNotHere: return "ours";
    case Difference::kCaseNotListed: return "theirs";
    case Difference::kReceivedBeyond: return "ours";
    case Difference::kCount:
    case Difference::kTheirMessages:
    case Difference::kOurMessages: return record.ours() < record.theirs() ? "ours" : "theirs";
    // Who has none of the payment; an amount that differs is no one's lack.
    case Difference::kPayment:
      return record.ours() == 0 ? "ours" : record.theirs() == 0 ? "theirs" : "";
    default: return "";
  }
}

void show(const v1::DifferenceRecord& record, v1::DifferenceView& view) {
  const auto kind = static_cast<Difference>(record.kind());
  view.set_name(owned(name(kind)));
  view.set_text(owned(explain(kind)));
  view.set_side(owned(side_of(record)));
  if (const auto id = CaseId::from_bytes(record.case_id())) view.set_case_id(id->str());
  view.set_seq(record.seq());
  view.set_attempt(record.attempt());
  if (kind == Difference::kSetAside || kind == Difference::kCount) {
    view.set_message(kind_name(record.body()));
  }
  view.set_ours(record.ours());
  view.set_theirs(record.theirs());
}

void show(const v1::ComparisonRecord& record, v1::ComparisonView& view) {
  const auto outcome = static_cast<ComparisonOutcome>(record.outcome());
  view.set_outcome(owned(name(outcome)));
  view.set_text(owned(meaning(outcome)));
  view.set_at(Instant{record.at_ms()}.str());
  view.set_seq(record.seq());
  view.set_rows(record.rows());
  view.set_on_the_way(record.on_the_way());
  view.set_on_paper(record.on_paper());
  for (const auto& difference : record.differences()) show(difference, *view.add_differences());
  view.set_differences_total(record.differences_total());
  for (const v1::CountComparedRecord& count : record.counts()) {
    v1::CountCompared* out = view.add_counts();
    out->set_message(kind_name(count.kind()));
    out->set_ours(count.ours());
    out->set_theirs(count.theirs());
  }
  view.set_counts_judged(record.counts_judged());
  for (const v1::AccountComparedRecord& account : record.accounts()) {
    v1::AccountCompared* out = view.add_accounts();
    out->set_account(owned(name(static_cast<LedgerAccount>(account.account()))));
    out->set_ours_fen(account.ours_fen());
    out->set_theirs_fen(account.theirs_fen());
  }
  view.set_sums_judged(record.sums_judged());
}

// A statement after a silence speaks of the days of the silence too.
Result<void> show_silence(const Records& records, AgencyId peer, Date day,
                          v1::ComparisonView& view) {
  view.set_outcome("silent");
  view.set_text("No statement of theirs has come for this day.");
  TRY(const auto next, next_comparison_day(records, peer, day));
  if (next) view.set_next_day(next->str());
  return {};
}

void show_own(const v1::LinkRecord& link, v1::OwnStatement& own) {
  own.set_day(day_text(link.said().day()));
  own.set_seq(link.said().last_part_seq());
  own.set_receipted(link.said().last_part_seq() != 0 &&
                    link.said().last_part_seq() <= link.receipted_seq());
  own.set_unknown_there(link.said().unknown_there());
}

}  // namespace

Result<std::optional<v1::ComparisonView>> view_comparison(const Records& records, AgencyId peer,
                                                          Date day) {
  TRY(const auto link, find_link(records, peer));
  if (!link) return std::optional<v1::ComparisonView>();
  v1::ComparisonView view;
  view.set_peer(peer.str());
  view.set_day(day.str());
  show_own(*link, *view.mutable_own());
  TRY(const auto record, read_comparison(records, peer, day));
  if (record) {
    show(*record, view);
  } else
    TRY_DO(show_silence(records, peer, day, view));
  return std::optional(std::move(view));
}

}  // namespace jiexu
