#include "daemon/reconciliation/comparer.h"

#include <algorithm>

#include "daemon/base/limits.h"
#include "daemon/cases/stated.h"
#include "daemon/reconciliation/rules/comparison.h"
#include "daemon/reconciliation/statement_service.h"
#include "daemon/trust/chain.h"
#include "storage/layout.h"

namespace jiexu {
namespace {

constexpr size_t kPrunedAtOnce = 8;
// Cases of ours that one part of a statement passes over: some 50 ms of the engine's thread. Of a
// peer that does not list so many, enough differences are named.
constexpr size_t kUnlistedMax = 5000;

CaseId case_of(const v1::StatementRow& row) {
  return CaseId::from_bytes(row.case_id()).value_or(CaseId());
}

// The parts must speak of one moment if their sums are to be compared with the last one's: nothing
// but parts between them, and nothing of ours that only some of them have seen.
void note_place(const v1::DailyStatement& statement, Seq seq, v1::ComparisonRecord& record) {
  const bool first = statement.part() == 1;
  if (first) record.set_received_seq(statement.received_seq());
  if (!first && seq != record.seq() + 1) record.set_moved(true);
  record.set_part(statement.part());
  record.set_seq(seq);
}

}  // namespace

std::optional<Rejection> Comparer::check(const Heard& heard, const v1::DailyStatement& statement,
                                         Instant now) const {
  const auto day = Date::from_yyyymmdd(statement.day());
  if (!day) return rejection(Refusal::kStatementDay, "day");
  if (end_of(*day) > now.plus_ms(limits::kClockSkewMsMax)) {
    return rejection(Refusal::kStatementDay, "day: not over here");
  }
  if (statement.day() <= heard.whole_day) {
    return rejection(Refusal::kStatementDay, "day: stated before");
  }
  const bool first = statement.part() == 1;
  const bool follows = statement.day() == heard.day && statement.part() == heard.part + 1;
  if (!first && !follows) return rejection(Refusal::kStatementOrder, "part");
  const CaseId through = first ? CaseId() : heard.through;
  const auto fault = check_statement(statement, first ? std::string_view() : through.bytes());
  if (!fault) return std::nullopt;
  return rejection(fault->order ? Refusal::kStatementOrder : Refusal::kStatementContent,
                   fault->detail);
}

Result<std::optional<Rejection>> Comparer::take(Peer& peer, const v1::DailyStatement& statement,
                                                Seq seq, const Digest& head, OurBooks books,
                                                Instant now) {
  Heard& heard = peer.heard_of();
  if (auto rejection = check(heard, statement, now)) return rejection;
  const Date day = *Date::from_yyyymmdd(statement.day());
  TRY(auto record, begin(peer.id(), statement, day, seq));
  note_place(statement, seq, record);
  record.set_at_ms(now.ms);
  record.set_unjudged(record.unjudged() || books == OurBooks::kRecovering);
  // Statements of ours may be on their way; they speak of no case.
  const bool quiet = peer.said().last_seq <= statement.received_seq();
  if (books != OurBooks::kRecovering) {
    TRY_DO(judge(peer, statement, head, quiet, now, record));
  }
  if (books == OurBooks::kUncertain && record.differences_total() > 0) {
    record.clear_differences();
    record.clear_differences_total();
    record.set_unjudged(true);
  }
  if (statement.last()) {
    TRY_DO(finish(peer.id(), day, record));
  }
  heard.day = statement.last() ? 0 : statement.day();
  heard.part = statement.part();
  if (!statement.rows().empty()) heard.through = case_of(*statement.rows().rbegin());
  if (statement.last()) heard.whole_day = statement.day();
  tx_.put_message(layout::comparison_key(peer.id(), day), record);
  return std::optional<Rejection>();
}

Result<void> Comparer::judge(Peer& peer, const v1::DailyStatement& statement, const Digest& head,
                             bool quiet, Instant now, v1::ComparisonRecord& record) {
  TRY_DO(judge_heads(peer, statement, head, record));
  TRY_DO(judge_cases(peer, statement, quiet, now, record));
  return statement.last() ? judge_end(peer, statement, record) : Result<void>();
}

// A first part begins anew: a statement that was never finished is replaced.
Result<v1::ComparisonRecord> Comparer::begin(AgencyId peer, const v1::DailyStatement& statement,
                                             Date day, Seq seq) {
  v1::ComparisonRecord fresh;
  fresh.set_outcome(static_cast<uint32_t>(ComparisonOutcome::kIncomplete));
  fresh.set_first_seq(seq);
  if (statement.part() == 1) return fresh;
  TRY(auto found, tx_.get_message<v1::ComparisonRecord>(layout::comparison_key(peer, day)));
  return found.has_value() ? std::move(*found) : std::move(fresh);
}

Result<void> Comparer::judge_heads(Peer& peer, const v1::DailyStatement& statement,
                                   const Digest& head, v1::ComparisonRecord& record) {
  const Seq before = record.seq() - 1;
  const bool sent = statement.sent_seq() == before && statement.sent_head() == view(head);
  if (!sent) {
    add_difference(Difference::kSentHead, static_cast<int64_t>(before),
                   static_cast<int64_t>(statement.sent_seq()), record);
  }
  const Seq received = statement.received_seq();
  if (received > peer.last_seq()) {
    add_difference(Difference::kReceivedBeyond, static_cast<int64_t>(peer.last_seq()),
                   static_cast<int64_t>(received), record);
    return {};
  }
  std::optional<Digest> ours;
  if (received == 0) ours = chain_start(LinkName{self_, peer.id()});
  if (received != 0) {
    TRY(const auto frame, peer.log().frame_with(received));
    if (frame && frame->last_seq == received) ours = frame->head;
  }
  if (!ours || statement.received_head() != view(*ours)) {
    v1::DifferenceRecord* difference = add_difference(Difference::kReceivedHead, record);
    if (difference != nullptr) difference->set_seq(received);
  }
  return {};
}

Result<void> Comparer::judge_cases(const Peer& peer, const v1::DailyStatement& statement,
                                   bool quiet, Instant now, v1::ComparisonRecord& record) {
  for (const v1::StatementRow& theirs : statement.rows()) {
    TRY(const auto subject, cases_.load(case_of(theirs), now));
    const bool here = subject != nullptr && subject->peer == peer.id();
    const v1::StatementRow ours = here ? state(*subject) : v1::StatementRow();
    compare_case(theirs, here ? &ours : nullptr, quiet, record);
  }
  return judge_unlisted(peer, statement, quiet, now, record);
}

// Cases of ours between the part before and the end of this one.
Result<void> Comparer::judge_unlisted(const Peer& peer, const v1::DailyStatement& statement,
                                      bool quiet, Instant now, v1::ComparisonRecord& record) {
  CaseId after = statement.part() == 1 ? CaseId() : peer.heard_of().through;
  std::optional<CaseId> through;
  if (!statement.last()) through = case_of(*statement.rows().rbegin());
  const auto listed = [&](const CaseId& id) {
    return std::ranges::binary_search(
        statement.rows(), id.bytes(), {},
        [](const auto& row) -> std::string_view { return row.case_id(); });
  };
  for (size_t seen = 0; seen < kUnlistedMax + limits::kStatementRowsMax;) {
    TRY(const auto ours, open_.list(peer.id(), after, through, limits::kStatementRowsMax));
    for (const CaseId& id : ours) {
      after = id;
      if (listed(id)) continue;
      TRY(const auto subject, cases_.load(id, now));
      if (subject == nullptr || subject->peer != peer.id()) continue;
      note_unlisted(state(*subject), must_be_stated(*subject), quiet, record);
    }
    if (ours.size() < limits::kStatementRowsMax) return {};
    seen += ours.size();
  }
  record.set_moved(true);
  return {};
}

Result<void> Comparer::judge_end(const Peer& peer, const v1::DailyStatement& statement,
                                 v1::ComparisonRecord& record) {
  const Heard& heard = peer.heard_of();
  for (const Heard::SetAside& message : heard.set_aside) {
    v1::DifferenceRecord* difference = add_difference(Difference::kSetAside, record);
    if (difference == nullptr) continue;
    difference->set_seq(message.seq);
    difference->set_body(message.kind);
    difference->set_theirs(message.code);
  }
  const uint64_t unnamed = heard.set_aside_total - heard.set_aside.size();
  record.set_differences_total(record.differences_total() + unnamed);
  compare_counts(heard.tally.from(), heard.tally.counts(), statement, record);
  TRY(const auto balances, balances_with(peer.id(), cases_));
  const bool all_quiet = peer.said().last_seq <= record.received_seq();
  compare_sums(balances, statement, all_quiet, record);
  return {};
}

Result<void> Comparer::finish(AgencyId peer, Date day, v1::ComparisonRecord& record) {
  conclude(record);
  if (record.differences_total() > 0) {
    observer_.alarm(peer, "the books of " + day.str() + " differ in " +
                              std::to_string(record.differences_total()) +
                              " things; see `jiexu ledger compare`");
  }
  return prune(peer, day);
}

Result<void> Comparer::prune(AgencyId peer, Date newest) {
  const Date oldest = Date::from_days(newest.days() - limits::kComparisonDaysMax);
  const Key lower = layout::comparison_key(peer, Date::from_days(0));
  std::vector<Date> old;
  Result<void> read;
  const auto done = tx_.scan(Family::kFunds, lower, layout::comparison_key(peer, oldest),
                             [&](std::string_view key, std::string_view) {
                               const auto day = layout::parse_comparison_key(key);
                               if (day) old.push_back(*day);
                               if (!day) read = tl::unexpected(day.error());
                               return day && old.size() < kPrunedAtOnce;
                             });
  if (!done) return done;
  if (!read) return read;
  for (const Date day : old) tx_.remove(layout::comparison_key(peer, day));
  return {};
}

}  // namespace jiexu
