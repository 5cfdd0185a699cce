#include "daemon/reconciliation/reconciliation_queries.h"

#include <limits>

#include "daemon/base/limits.h"
#include "daemon/engine/scan_page.h"
#include "daemon/peers/peer_queries.h"

namespace jiexu {
namespace {

Result<LedgerEntry> read_ledger_entry(std::string_view key, std::string_view value) {
  TRY(const auto account, layout::parse_account_key(key));
  TRY(const auto record, parse_as<v1::AccountRecord>(value));
  return LedgerEntry{account.peer, static_cast<LedgerAccount>(account.account),
                     Fen{record.balance_fen()}};
}

tl::unexpected<Error> beyond_all_bounds(const LedgerEntry& entry) {
  return fail(Errc::kCorrupt, "the account " + std::string(name(entry.account)) + " with " +
                                  entry.peer.str() + " holds " + entry.balance.yuan() +
                                  " yuan, which no money comes to; `jiexu ledger --check` names "
                                  "what was booked wrongly");
}

}  // namespace

Result<LedgerBalances> read_balances(const Records& records) {
  TRY(auto found, scan_page<LedgerEntry>(records, {Family::kFunds, layout::kAccounts},
                                         std::numeric_limits<size_t>::max(), read_ledger_entry));
  LedgerBalances out{std::move(found.entries), {}};
  for (const LedgerEntry& entry : out.entries) {
    const std::optional<Fen> sum = add(out.sum, entry.balance);
    if (!within(entry.balance.value, limits::kAccountFenMax) || !sum) {
      return beyond_all_bounds(entry);
    }
    out.sum = *sum;
  }
  return out;
}

Result<std::optional<v1::ComparisonRecord>> read_comparison(const Records& records, AgencyId peer,
                                                            Date day) {
  return records.get_message<v1::ComparisonRecord>(layout::comparison_key(peer, day));
}

Result<std::optional<Date>> next_comparison_day(const Records& records, AgencyId peer, Date day) {
  const Key prefix = layout::comparisons_prefix(peer);
  const auto found = scan_page<Date>(
      records, {Family::kFunds, prefix, layout::comparison_key(peer, day).str()}, 1,
      [](std::string_view key, std::string_view) { return layout::parse_comparison_key(key); });
  if (!found) return tl::unexpected(found.error());
  return found->entries.empty() ? std::nullopt : std::optional(found->entries.front());
}

Result<std::vector<NewestComparison>> newest_comparisons(const Records& records) {
  TRY(const auto peers, linked_peers(records));
  std::vector<NewestComparison> out;
  for (const AgencyId peer : peers) {
    const Key prefix = layout::comparisons_prefix(peer);
    const auto read = [&](std::string_view key,
                          std::string_view value) -> Result<NewestComparison> {
      TRY(const auto day, layout::parse_comparison_key(key));
      TRY(const auto record, parse_as<v1::ComparisonRecord>(value));
      return NewestComparison{peer, day, record.differences_total()};
    };
    TRY(const auto newest,
        scan_page<NewestComparison>(records, {Family::kFunds, prefix}, 1, read, ScanOrder::kDown));
    out.insert(out.end(), newest.entries.begin(), newest.entries.end());
  }
  return out;
}

}  // namespace jiexu
