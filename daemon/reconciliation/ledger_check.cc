#include "daemon/reconciliation/ledger_check.h"

#include <functional>
#include <map>

#include "daemon/base/bytes.h"
#include "daemon/base/limits.h"
#include "daemon/cases/books.h"
#include "daemon/casework/case_store.h"
#include "storage/layout.h"

namespace jiexu {
namespace {

constexpr const char* kUnreadable = "a record of the ledger is unreadable";

using Account = std::pair<std::string, uint32_t>;  // peer, number
using Sums = std::map<Account, int64_t>;

// REQUIRES: `fen` is within limits::kCaseFenMax, and so is what adds up in `sums` of one case or
// line.
void add_up(const Account& account, int64_t fen, Sums& sums) {
  sums[account] += fen;
}

// False if a sum leaves 64 bits.
bool add_all(const Sums& more, Sums& sums) {
  for (const auto& [account, fen] : more) {
    const auto sum = add(Fen{sums[account]}, Fen{fen});
    if (!sum) return false;
    sums[account] = sum->value;
  }
  return true;
}

// Amounts that no door lets in now. An older version booked them.
bool is_possible(const Case& subject) {
  for (const Fen fen : {subject.due, subject.moved, subject.credited, subject.refunded}) {
    if (!within(fen.value, limits::kCaseFenMax)) return false;
  }
  return true;
}

tl::unexpected<Error> impossible(const std::string& what) {
  return fail(Errc::kCorrupt, what +
                                  ": the amounts are such as no money comes to, so that nothing "
                                  "can be added up; an older version booked them. Keep the "
                                  "store, and call for help");
}

// What a case's amounts mean, whatever way led to them.
Sums sums_of(const Case& subject) {
  std::vector<Posting> postings;
  Books nothing;
  nothing.side = subject.side;
  post_changes(nothing, books_of(subject), postings);
  Sums sums;
  for (const Posting& posting : postings) {
    add_up({subject.peer.str(), static_cast<uint32_t>(posting.debit)}, posting.amount.value, sums);
    add_up({subject.peer.str(), static_cast<uint32_t>(posting.credit)}, -posting.amount.value,
           sums);
  }
  return sums;
}

Sums sums_of(const v1::BankLineRecord& line, AgencyId self) {
  Sums sums;
  if (line.suspense_fen() == 0) return sums;
  add_up({self.str(), static_cast<uint32_t>(LedgerAccount::kBank)}, line.suspense_fen(), sums);
  add_up({self.str(), static_cast<uint32_t>(LedgerAccount::kSuspense)}, -line.suspense_fen(), sums);
  return sums;
}

int64_t at(const Account& account, const Sums& sums) {
  const auto found = sums.find(account);
  return found == sums.end() ? 0 : found->second;
}

std::string account_name(uint32_t number) {
  return std::string(name(static_cast<LedgerAccount>(number)));
}

class Checker {
 public:
  Checker(const Records& records, AgencyId self, const std::stop_token& stop)
      : records_(records), self_(self), stop_(stop) {}

  Result<v1::LedgerCheckView> run() {
    for (const auto step : {&Checker::read_balances, &Checker::read_cases, &Checker::read_lines,
                            &Checker::read_journal}) {
      TRY_DO((this->*step)());
    }
    compare();
    if (posted_ != told_) {
      TRY_DO(find_unposted());
    }
    view_.set_unreadable(records_.passed_over());
    view_.set_sound(sound_ && view_.differences_total() == 0 && view_.unreadable() == 0);
    return std::move(view_);
  }

 private:
  Result<void> read_balances() {
    return scan(Family::kFunds, layout::kAccounts,
                [&](std::string_view key, std::string_view value) {
                  const auto account = layout::parse_account_key(key);
                  if (!account) return stop_at(account.error());
                  v1::AccountRecord record;
                  if (!record.ParseFromArray(value.data(), static_cast<int>(value.size())))
                    return false;
                  balances_[{account->peer.str(), account->account}] = record.balance_fen();
                  return true;
                });
  }

  Result<void> read_cases() {
    return each_case([&](const Case& subject) {
      view_.set_cases(view_.cases() + 1);
      const std::string what = "case " + subject.id.str();
      if (!is_possible(subject)) return Result<void>(impossible(what));
      return add_all(sums_of(subject), told_) ? Result<void>() : impossible(what);
    });
  }

  Result<void> read_lines() {
    return scan(Family::kFunds, layout::kBankLines,
                [&](std::string_view key, std::string_view value) {
                  const auto digest = layout::parse_bank_line_key(key);
                  if (!digest) return stop_at(digest.error());
                  v1::BankLineRecord line;
                  if (!line.ParseFromArray(value.data(), static_cast<int>(value.size())))
                    return false;
                  const bool possible = within(line.suspense_fen(), limits::kCaseFenMax);
                  if (possible && add_all(sums_of(line, self_), told_)) return true;
                  return stop_at(impossible("bank line " + to_hex(view(*digest))).value());
                });
  }

  // Whose the postings under the key are.
  static Result<CaseId> subject_of_case_journal(std::string_view key) {
    TRY(const auto place, layout::parse_case_journal_key(key));
    return place.id;
  }

  static Result<Digest> subject_of_line_journal(std::string_view key) {
    TRY(const auto place, layout::parse_line_journal_key(key));
    return place.line;
  }

  Result<void> read_journal() {
    auto done = read_journal(layout::kCaseJournals, &subject_of_case_journal);
    return done ? read_journal(layout::kLineJournals, &subject_of_line_journal) : done;
  }

  // The postings of one case or line lie together.
  template <class Subject>
  Result<void> read_journal(std::string_view prefix,
                            Result<Subject> (*subject_of)(std::string_view)) {
    std::optional<Subject> subject;
    Sums sums;
    Result<void> checked;
    const auto done =
        scan(Family::kFunds, prefix, [&](std::string_view key, std::string_view value) {
          const auto of = subject_of(key);
          if (!of) return stop_at(of.error());
          if (subject && *subject != *of) {
            checked = check_subject(*subject, sums);
            sums.clear();
          }
          subject = *of;
          if (!checked) return stop_at(checked.error());
          return add_posting(value, sums);
        });
    if (!checked) return checked;
    if (!done || !subject) return done;
    return check_subject(*subject, sums);
  }

  bool add_posting(std::string_view value, Sums& sums) {
    v1::JournalRecord record;
    if (!record.ParseFromArray(value.data(), static_cast<int>(value.size()))) return false;
    for (const v1::PostingRecord& posting : record.postings()) {
      if (!within(posting.amount_fen(), limits::kCaseFenMax)) return false;
      add_up({record.peer(), posting.debit()}, posting.amount_fen(), sums);
      add_up({record.peer(), posting.credit()}, -posting.amount_fen(), sums);
    }
    view_.set_postings(view_.postings() + static_cast<uint64_t>(record.postings_size()));
    return true;
  }

  Result<void> check_subject(const CaseId& id, const Sums& posted) {
    if (!add_all(posted, posted_)) return impossible("the postings");
    auto read = read_case(records_, id);
    if (!read && records_.pass(Family::kCase, layout::case_key(id, false), read.error())) return {};
    TRY(const auto found, std::move(read));
    differ(posted, found ? sums_of(*found) : Sums(), id.str(), "");
    return {};
  }

  Result<void> check_subject(const Digest& digest, const Sums& posted) {
    if (!add_all(posted, posted_)) return impossible("the postings");
    const RecordKey key = layout::bank_line_key(digest);
    auto read = records_.get_message<v1::BankLineRecord>(key);
    if (!read && records_.pass(key, read.error())) return {};
    TRY(const auto line, std::move(read));
    differ(posted, line ? sums_of(*line, self_) : Sums(), "", to_hex(view(digest)));
    return {};
  }

  void differ(const Sums& posted, const Sums& told, const std::string& case_id,
              const std::string& line_id) {
    Sums all = posted;
    all.insert(told.begin(), told.end());
    for (const auto& [account, ignored] : all) {
      if (at(account, posted) == at(account, told)) continue;
      view_.set_differences_total(view_.differences_total() + 1);
      if (static_cast<size_t>(view_.differences_size()) == limits::kLedgerDifferencesMax) continue;
      v1::LedgerDifferenceView* difference = view_.add_differences();
      difference->set_case_id(case_id);
      difference->set_line_id(line_id);
      difference->set_peer(account.first);
      difference->set_account(account_name(account.second));
      difference->set_posted_fen(at(account, posted));
      difference->set_told_fen(at(account, told));
    }
  }

  // Cases and lines that have money and no posting at all.
  Result<void> find_unposted() {
    auto done = each_case([&](const Case& subject) -> Result<void> {
      const Sums told = sums_of(subject);
      if (told.empty()) return {};
      TRY(const auto posted, has_posting(layout::case_journal_key(subject.id, 0),
                                         layout::case_journal_key(subject.id, UINT32_MAX)));
      if (!posted) differ({}, told, subject.id.str(), "");
      return {};
    });
    if (!done) return done;
    done =
        scan(Family::kFunds, layout::kBankLines, [&](std::string_view key, std::string_view value) {
          const auto digest = layout::parse_bank_line_key(key);
          if (!digest) return stop_at(digest.error());
          v1::BankLineRecord line;
          if (!line.ParseFromArray(value.data(), static_cast<int>(value.size()))) return false;
          const Sums told = sums_of(line, self_);
          if (told.empty()) return true;
          const auto posted = has_posting(layout::line_journal_key(*digest, 0),
                                          layout::line_journal_key(*digest, UINT32_MAX));
          if (!posted) return stop_at(posted.error());
          if (!*posted) differ({}, told, "", to_hex(view(*digest)));
          return true;
        });
    return done;
  }

  // Under one of the keys from `first` up to `last`.
  Result<bool> has_posting(const Key& first, const Key& last) {
    bool found = false;
    const auto done = records_.scan(Family::kFunds, first, last, [&](auto, auto) {
      found = true;
      return false;
    });
    if (!done) return tl::unexpected(done.error());
    return found;
  }

  void compare() {
    Sums all = balances_;
    all.insert(posted_.begin(), posted_.end());
    all.insert(told_.begin(), told_.end());
    std::map<std::string, int64_t> by_peer;
    for (const auto& [account, ignored] : all) {
      v1::LedgerAccountCheck* check = view_.add_accounts();
      check->set_peer(account.first);
      check->set_account(account_name(account.second));
      check->set_balance_fen(at(account, balances_));
      check->set_posted_fen(at(account, posted_));
      check->set_told_fen(at(account, told_));
      check->set_agrees(check->balance_fen() == check->posted_fen() &&
                        check->posted_fen() == check->told_fen());
      sound_ = sound_ && check->agrees();
      const auto sum = add(Fen{by_peer[account.first]}, Fen{check->balance_fen()});
      sound_ = sound_ && sum;
      by_peer[account.first] = sum.value_or(Fen{}).value;
    }
    for (const auto& [peer, sum] : by_peer) sound_ = sound_ && sum == 0;
  }

  Result<void> each_case(const std::function<Result<void>(const Case&)>& visit) {
    Result<void> outcome;
    const auto done = records_.scan(
        Family::kCase, "", layout::prefix_end(""),
        [&](std::string_view key, std::string_view value) {
          const auto id = layout::parse_case_key(key);
          v1::CaseRecord record;
          const bool read = record.ParseFromArray(value.data(), static_cast<int>(value.size()));
          const Error unread{Errc::kCorrupt, "a case is unreadable"};
          const auto subject = id && read ? decode_case(*id, record)
                                          : Result<Case>(tl::unexpected(id ? unread : id.error()));
          const bool passed = !subject && records_.pass(Family::kCase, key, subject.error());
          if (subject) outcome = visit(*subject);
          if (!subject && !passed) outcome = tl::unexpected(subject.error());
          return outcome.has_value() && !stop_.stop_requested();
        });
    if (outcome && stop_.stop_requested()) return fail(Errc::kBusy, "the daemon stops");
    return outcome ? done : outcome;
  }

  // Ends the scan with the error.
  bool stop_at(Error error) {
    wrong_ = std::move(error);
    return false;
  }

  // `visit` returns false where it cannot read the record.
  Result<void> scan(Family family, std::string_view prefix, const Visitor& visit) {
    bool readable = true;
    const auto done = records_.scan(family, prefix, layout::prefix_end(prefix),
                                    [&](std::string_view key, std::string_view value) {
                                      const Error unread{Errc::kCorrupt, kUnreadable};
                                      readable = visit(key, value) ||
                                                 (!wrong_ && records_.pass(family, key, unread));
                                      return readable && !stop_.stop_requested();
                                    });
    if (!done) return done;
    if (stop_.stop_requested()) return fail(Errc::kBusy, "the daemon stops");
    if (wrong_) return tl::unexpected(*wrong_);
    if (!readable) return fail(Errc::kCorrupt, kUnreadable);
    return {};
  }

  const Records& records_;
  AgencyId self_;
  const std::stop_token& stop_;
  v1::LedgerCheckView view_;
  Sums balances_;
  Sums posted_;
  Sums told_;
  bool sound_ = true;
  std::optional<Error> wrong_;  // what a scan has met
};

}  // namespace

Result<v1::LedgerCheckView> check_ledger(const Records& records, AgencyId self,
                                         const std::stop_token& stop) {
  return Checker(records, self, stop).run();
}

}  // namespace jiexu
