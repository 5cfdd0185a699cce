#include "daemon/cases/books.h"

#include <algorithm>

namespace jiexu {
namespace {

using Account = LedgerAccount;

void post(Account debit, Account credit, int64_t fen, std::vector<Posting>& postings) {
  if (fen > 0) postings.push_back({debit, credit, Fen{fen}});
  if (fen < 0) postings.push_back({credit, debit, Fen{-fen}});
}

// Money that comes and is recognised at once does not pass through suspense.
void post_money(int64_t moved, int64_t used, std::vector<Posting>& postings) {
  int64_t direct = 0;
  if (moved > 0 && used > 0) direct = std::min(moved, used);
  if (moved < 0 && used < 0) direct = std::max(moved, used);
  post(Account::kBank, Account::kReceivable, direct, postings);
  post(Account::kBank, Account::kSuspense, moved - direct, postings);
  post(Account::kSuspense, Account::kReceivable, used - direct, postings);
}

}  // namespace

Books books_of(const Case& subject) {
  const bool matched = subject.funds == Funds::kMatched;
  return {subject.side,     subject.due,
          subject.moved,    matched ? subject.moved : subject.credited,
          subject.credited, subject.refunded};
}

void post_changes(const Books& before, const Books& after, std::vector<Posting>& postings) {
  const int64_t due = after.due.value - before.due.value;
  const int64_t moved = after.moved.value - before.moved.value;
  const int64_t credited = after.credited.value - before.credited.value;
  if (after.side == Side::kIn) {
    post(Account::kReceivable, Account::kOwedPersons, due, postings);
    post_money(moved, after.used.value - before.used.value, postings);
    post(Account::kOwedPersons, Account::kCredited, credited, postings);
    return;
  }
  post(Account::kFund, Account::kPayable, due, postings);
  post(Account::kPayable, Account::kInTransit, moved, postings);
  post(Account::kInTransit, Account::kSettled, credited, postings);
  post(Account::kFund, Account::kRefunded, after.refunded.value - before.refunded.value, postings);
}

}  // namespace jiexu
