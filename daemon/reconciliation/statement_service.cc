#include "daemon/reconciliation/statement_service.h"

#include "daemon/base/limits.h"
#include "daemon/cases/stated.h"

namespace jiexu {
namespace {

constexpr LedgerAccount kAccounts[] = {LedgerAccount::kFund,        LedgerAccount::kPayable,
                                       LedgerAccount::kInTransit,   LedgerAccount::kSettled,
                                       LedgerAccount::kRefunded,    LedgerAccount::kReceivable,
                                       LedgerAccount::kBank,        LedgerAccount::kSuspense,
                                       LedgerAccount::kOwedPersons, LedgerAccount::kCredited};

Date day_before(Date day) {
  return Date::from_days(day.days() - 1);
}

void set_bytes(const Digest& digest, std::string* out) {
  out->assign(view(digest));
}

}  // namespace

Result<std::vector<v1::AccountBalance>> balances_with(AgencyId peer, CaseService& cases) {
  std::vector<v1::AccountBalance> out;
  for (const LedgerAccount account : kAccounts) {
    TRY(const auto balance, cases.balance(peer, account));
    if (balance == 0) continue;
    out.emplace_back();
    out.back().set_account(static_cast<uint32_t>(account));
    out.back().set_balance_fen(balance);
  }
  return out;
}

StatementService::Turn StatementService::turn_of(const Peer& peer, Date day) const {
  if (peer.by_mail()) return Turn::kNothing;
  const Said& said = peer.said();
  // A day that is still to come was stated by a clock that was wrong; the peer has refused it.
  const Date today = Date::from_days(day.days() + 1);
  const bool stated = said.day >= day.yyyymmdd() && said.day <= today.yyyymmdd();
  if (said.whole && stated) return Turn::kNothing;
  if (said.day == 0 && !day_ended_) return Turn::kNothing;
  const bool strangers = peer.last_seq() == 0 && peer.receiver().ahead().through == 0;
  const bool unknown = said.unknown_there || !peer.knows(v1::Message::kDailyStatement);
  if (unknown || strangers) return Turn::kNothing;
  const bool taken = said.last_part_seq <= peer.sender().mark().receipted_seq;
  if (!guard_.is_sound(peer.id()) || (said.whole && !taken)) return Turn::kWait;
  return Turn::kWrite;
}

Result<bool> StatementService::write_some(Instant now) {
  if (now < next(now)) return false;
  const Date day = day_before(date_of(now));
  looked_on_ = date_of(now);
  int parts = 0;
  for (const auto& [id, peer] : peers_.all()) {
    while (true) {
      const Turn turn = turn_of(*peer, day);
      waiting_ |= turn == Turn::kWait;
      if (turn != Turn::kWrite) break;
      if (parts++ == limits::kStatementPartsPerWake) {
        looked_on_.reset();
        return true;
      }
      TRY_DO(write_part(*peer, day, now));
    }
  }
  day_ended_ = true;
  return parts > 0;
}

Result<void> StatementService::write_part(Peer& peer, Date day, Instant now) {
  const Said& said = peer.said();
  v1::Message message;
  message.set_case_id(CaseId().bytes().data(), CaseId::kSize);
  message.set_sent_at_ms(now.ms);
  v1::DailyStatement& statement = *message.mutable_daily_statement();
  statement.set_day(said.whole ? day.yyyymmdd() : said.day);
  statement.set_part(said.whole ? 1 : said.part + 1);
  const CaseId after = said.whole ? CaseId() : said.through;
  TRY(const auto found, open_.list(peer.id(), after, std::nullopt, limits::kStatementRowsMax + 1));
  statement.set_last(found.size() <= limits::kStatementRowsMax);
  for (const CaseId& id : found) {
    if (static_cast<size_t>(statement.rows_size()) == limits::kStatementRowsMax) break;
    TRY(const auto subject, cases_.load(id, now));
    const bool here = subject != nullptr && subject->peer == peer.id();
    if (here) *statement.add_rows() = state(*subject);
    if (!here || !is_stated(*subject)) open_.remove(peer.id(), id);
  }
  statement.set_sent_seq(peer.last_seq());
  set_bytes(peer.head(), statement.mutable_sent_head());
  statement.set_received_seq(peer.receiver().ahead().through);
  set_bytes(peer.receiver().ahead().head, statement.mutable_received_head());
  if (statement.last()) {
    TRY_DO(fill_end(peer, statement));
  }
  peers_.append(peer.id(), message);
  return {};
}

Result<void> StatementService::fill_end(const Peer& peer, v1::DailyStatement& statement) {
  statement.set_counted_from(peer.said().tally.from());
  for (const v1::KindCount& count : peer.said().tally.counts()) *statement.add_counts() = count;
  TRY(const auto balances, balances_with(peer.id(), cases_));
  for (const v1::AccountBalance& balance : balances) *statement.add_accounts() = balance;
  return {};
}

bool StatementService::refused(Peer& peer, Seq seq, v1::FaultCode code) {
  if (!peer.said().is_statement(seq)) return false;
  if (code == v1::FAULT_CODE_UNKNOWN_KIND) peer.set_unknown_there(true);
  return true;
}

}  // namespace jiexu
