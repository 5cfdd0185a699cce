#include "daemon/reconciliation/rules/comparison.h"

#include <array>
#include <map>

#include "daemon/base/ids.h"
#include "daemon/base/limits.h"
#include "daemon/ledger/ledger.h"

namespace jiexu {
namespace {

struct Wording {
  Difference difference;
  std::string_view name;
  std::string_view text;
};

constexpr Wording kWordings[] = {
    {Difference::kSentHead, "sent-head",
     "Their log up to the statement is not the one that they state; their store is damaged, or "
     "the statement was not made by their daemon."},
    {Difference::kReceivedHead, "received-head",
     "What they say they have received of us is not what we sent up to that message."},
    {Difference::kReceivedBeyond, "received-beyond",
     "They say they have received more messages than we have sent."},
    {Difference::kCount, "count",
     "They say they have sent another number of messages of this kind than were taken here."},
    {Difference::kSetAside, "set-aside",
     "This message of theirs could not be used here; it waits in quarantine."},
    {Difference::kTheirMessages, "their-messages",
     "They say they have sent another number of messages of this case than were taken here."},
    {Difference::kOurMessages, "our-messages",
     "They have taken another number of messages of this case than we have sent."},
    {Difference::kCaseNotHere, "case-not-here",
     "They state money of this case, which is not with them here."},
    {Difference::kCaseNotListed, "case-not-listed",
     "Money of this case is open here, and they do not state it."},
    {Difference::kFormVersion, "form-version", "The newest form of the case has another version."},
    {Difference::kDue, "due", "What the form says is due differs."},
    {Difference::kOrdered, "ordered",
     "What was ordered from the bank and noticed, less what bounced, differs."},
    {Difference::kCredited, "credited", "What is credited to the person differs."},
    {Difference::kRefunded, "refunded", "What was paid to the person at origin differs."},
    {Difference::kSumDueFromThem, "sum-due-from-them",
     "What is due by all forms of theirs: the books differ, also of cases that are settled. Let "
     "both sides run `jiexu ledger --check`."},
    {Difference::kSumCreditedFromThem, "sum-credited-from-them",
     "What is credited of all their money: the books differ, also of cases that are settled. Let "
     "both sides run `jiexu ledger --check`."},
    {Difference::kSumDueToThem, "sum-due-to-them",
     "What is due by all forms of ours: the books differ, also of cases that are settled. Let "
     "both sides run `jiexu ledger --check`."},
    {Difference::kSumCreditedToThem, "sum-credited-to-them",
     "What is credited of all our money: the books differ, also of cases that are settled. Let "
     "both sides run `jiexu ledger --check`."},
    {Difference::kPayment, "payment",
     "What was ordered from the bank by this payment and noticed, less what bounced, differs."},
};

const Wording* wording(Difference difference) {
  for (const Wording& known : kWordings) {
    if (known.difference == difference) return &known;
  }
  return nullptr;
}

// The sums, by their place in ComparisonRecord.left_out.
enum Sum : int { kDueFromThem, kCreditedFromThem, kDueToThem, kCreditedToThem, kSums };
constexpr std::array<Difference, kSums> kSumDifferences = {
    Difference::kSumDueFromThem, Difference::kSumCreditedFromThem, Difference::kSumDueToThem,
    Difference::kSumCreditedToThem};

v1::SumComparedRecord& left_out(Sum sum, v1::ComparisonRecord& record) {
  while (record.left_out_size() <= sum) record.add_left_out();
  return *record.mutable_left_out(sum);
}

// A sum that does not fit is not judged.
void leave_out(Sum sum, bool ours, int64_t fen, v1::ComparisonRecord& record) {
  v1::SumComparedRecord& out = left_out(sum, record);
  int64_t more = 0;
  if (__builtin_add_overflow(ours ? out.ours_fen() : out.theirs_fen(), fen, &more)) {
    record.set_moved(true);
  } else if (ours) {
    out.set_ours_fen(more);
  } else {
    out.set_theirs_fen(more);
  }
}

void leave_out(const v1::StatementRow& row, bool ours, v1::ComparisonRecord& record) {
  // What they transfer out comes from them, and what we do goes to them.
  const bool from_them = row.transfer_out() != ours;
  leave_out(from_them ? kDueFromThem : kDueToThem, ours, row.due_fen(), record);
  leave_out(from_them ? kCreditedFromThem : kCreditedToThem, ours, row.credited_fen(), record);
}

// Transfer-out books a payment before its form as due; transfer-in cannot.
void leave_out_early(const v1::StatementRow& row, bool ours, v1::ComparisonRecord& record) {
  if (!row.transfer_out() || row.form_version() != 0) return;
  leave_out(ours ? kDueToThem : kDueFromThem, ours, row.due_fen(), record);
}

// nullptr: they do not differ, or enough is named.
v1::DifferenceRecord* differ(Difference kind, const v1::StatementRow& row, int64_t ours,
                             int64_t theirs, v1::ComparisonRecord& record) {
  if (ours == theirs) return nullptr;
  v1::DifferenceRecord* difference = add_difference(kind, record);
  if (difference == nullptr) return nullptr;
  difference->set_case_id(row.case_id());
  difference->set_ours(ours);
  difference->set_theirs(theirs);
  return difference;
}

// Each payment by its attempt; nullopt if they are not all that is ordered.
std::optional<std::map<uint32_t, int64_t>> payments_of(const v1::StatementRow& row) {
  std::map<uint32_t, int64_t> payments;
  int64_t sum = 0;
  for (const v1::StatedPayment& payment : row.payments()) {
    payments[payment.attempt()] = payment.amount_fen();
    sum += payment.amount_fen();
  }
  return sum == row.ordered_fen() ? std::optional(std::move(payments)) : std::nullopt;
}

void compare_ordered(const v1::StatementRow& theirs, const v1::StatementRow& ours,
                     v1::ComparisonRecord& record) {
  const auto here = payments_of(ours);
  const auto there = payments_of(theirs);
  if (!here || !there) {
    differ(Difference::kOrdered, ours, ours.ordered_fen(), theirs.ordered_fen(), record);
    return;
  }
  std::map<uint32_t, std::pair<int64_t, int64_t>> all;
  for (const auto& [attempt, fen] : *here) all[attempt].first = fen;
  for (const auto& [attempt, fen] : *there) all[attempt].second = fen;
  for (const auto& [attempt, fen] : all) {
    v1::DifferenceRecord* difference =
        differ(Difference::kPayment, ours, fen.first, fen.second, record);
    if (difference != nullptr) difference->set_attempt(attempt);
  }
}

void compare_amounts(const v1::StatementRow& theirs, const v1::StatementRow& ours,
                     v1::ComparisonRecord& record) {
  differ(Difference::kFormVersion, ours, ours.form_version(), theirs.form_version(), record);
  if (ours.form_version() != 0 && theirs.form_version() != 0) {
    differ(Difference::kDue, ours, ours.due_fen(), theirs.due_fen(), record);
  }
  compare_ordered(theirs, ours, record);
  differ(Difference::kCredited, ours, ours.credited_fen(), theirs.credited_fen(), record);
  differ(Difference::kRefunded, ours, ours.refunded_fen(), theirs.refunded_fen(), record);
}

bool possible(int64_t fen) {
  return fen >= 0 && fen <= limits::kStatementFenMax;
}

bool possible(const v1::StatementRow& row) {
  const auto& payments = row.payments();
  if (static_cast<size_t>(payments.size()) > limits::kPaymentsOfCaseMax) return false;
  for (int i = 0; i < payments.size(); ++i) {
    if (!possible(payments[i].amount_fen())) return false;
    if (i > 0 && payments[i].attempt() <= payments[i - 1].attempt()) return false;
  }
  return row.case_id().size() == CaseId::kSize && possible(row.due_fen()) &&
         possible(row.ordered_fen()) && possible(row.credited_fen()) &&
         possible(row.refunded_fen());
}

// Sums of any balances that a peer can state.
__extension__ using Wide = __int128;

// What a list of balances says of the four sums; theirs stand for the other side's.
using Sums = std::array<Wide, kSums>;

Sums sums_of(const std::map<LedgerAccount, int64_t>& balances, bool ours) {
  const auto at = [&](LedgerAccount account) -> Wide {
    const auto found = balances.find(account);
    return found == balances.end() ? 0 : found->second;
  };
  Sums sums{};
  const bool theirs = !ours;
  sums[theirs ? kDueFromThem : kDueToThem] =
      -(at(LedgerAccount::kPayable) + at(LedgerAccount::kInTransit) + at(LedgerAccount::kSettled));
  sums[theirs ? kCreditedFromThem : kCreditedToThem] = -at(LedgerAccount::kSettled);
  sums[theirs ? kDueToThem : kDueFromThem] =
      -(at(LedgerAccount::kOwedPersons) + at(LedgerAccount::kCredited));
  sums[theirs ? kCreditedToThem : kCreditedFromThem] = -at(LedgerAccount::kCredited);
  return sums;
}

// What is stored and shown; nothing real comes near its ends.
int64_t to_fen(Wide sum) {
  if (sum > INT64_MAX) return INT64_MAX;
  if (sum < INT64_MIN) return INT64_MIN;
  return static_cast<int64_t>(sum);
}

}  // namespace

std::string_view name(Difference difference) {
  const Wording* known = wording(difference);
  return known == nullptr ? "" : known->name;
}

std::string_view explain(Difference difference) {
  const Wording* known = wording(difference);
  return known == nullptr ? "" : known->text;
}

std::string_view name(ComparisonOutcome outcome) {
  switch (outcome) {
    case ComparisonOutcome::kNone: return "";
    case ComparisonOutcome::kAgrees: return "agrees";
    case ComparisonOutcome::kDiffers: return "differs";
    case ComparisonOutcome::kIncomplete: return "incomplete";
    case ComparisonOutcome::kNotJudged: return "not-judged";
  }
  return "";
}

std::optional<StatementFault> check_statement(const v1::DailyStatement& statement,
                                              std::string_view through) {
  if (static_cast<size_t>(statement.rows_size()) > limits::kStatementRowsMax) {
    return StatementFault{false, "rows: too many"};
  }
  if (statement.sent_head().size() != sizeof(Digest) ||
      statement.received_head().size() != sizeof(Digest)) {
    return StatementFault{false, "sent_head, received_head: 32 bytes"};
  }
  for (const v1::StatementRow& row : statement.rows()) {
    if (!possible(row)) return StatementFault{false, "rows: an id, amount or payment"};
    if (row.case_id() <= through) return StatementFault{true, "rows: not by rising case id"};
    through = row.case_id();
  }
  if (!statement.last()) {
    if (statement.rows().empty()) return StatementFault{true, "rows: none, and not the last part"};
    return std::nullopt;
  }
  constexpr int kListMax = 64;  // there are fewer kinds of messages and accounts
  if (statement.counts_size() > kListMax || statement.accounts_size() > kListMax) {
    return StatementFault{false, "counts, accounts: too many"};
  }
  for (const v1::KindCount& count : statement.counts()) {
    if (count.count() > INT64_MAX) return StatementFault{false, "counts: too high"};
  }
  return std::nullopt;
}

v1::DifferenceRecord* add_difference(Difference kind, v1::ComparisonRecord& record) {
  record.set_differences_total(record.differences_total() + 1);
  if (static_cast<size_t>(record.differences_size()) == limits::kComparisonDifferencesMax) {
    return nullptr;
  }
  v1::DifferenceRecord* difference = record.add_differences();
  difference->set_kind(static_cast<uint32_t>(kind));
  return difference;
}

void add_difference(Difference kind, int64_t ours, int64_t theirs, v1::ComparisonRecord& record) {
  v1::DifferenceRecord* difference = add_difference(kind, record);
  if (difference == nullptr) return;
  difference->set_ours(ours);
  difference->set_theirs(theirs);
}

void compare_case(const v1::StatementRow& theirs, const v1::StatementRow* ours, bool quiet,
                  v1::ComparisonRecord& record) {
  record.set_rows(record.rows() + 1);
  if (theirs.on_paper() || (ours != nullptr && ours->on_paper())) {
    record.set_on_paper(record.on_paper() + 1);
    leave_out(theirs, false, record);
    if (ours != nullptr) leave_out(*ours, true, record);
    return;
  }
  leave_out_early(theirs, false, record);
  if (ours != nullptr) leave_out_early(*ours, true, record);
  if (ours == nullptr || ours->transfer_out() == theirs.transfer_out()) {
    v1::DifferenceRecord* difference = add_difference(Difference::kCaseNotHere, record);
    if (difference != nullptr) difference->set_case_id(theirs.case_id());
    return;
  }
  differ(Difference::kTheirMessages, theirs, ours->received_case_seq(), theirs.sent_case_seq(),
         record);
  if (ours->received_case_seq() != theirs.sent_case_seq()) return;
  const bool on_its_way = ours->sent_case_seq() > theirs.received_case_seq() && !quiet;
  if (on_its_way) return record.set_on_the_way(record.on_the_way() + 1);
  differ(Difference::kOurMessages, theirs, ours->sent_case_seq(), theirs.received_case_seq(),
         record);
  if (ours->sent_case_seq() == theirs.received_case_seq()) compare_amounts(theirs, *ours, record);
}

void note_unlisted(const v1::StatementRow& ours, bool must_be, bool quiet,
                   v1::ComparisonRecord& record) {
  if (ours.on_paper()) {
    record.set_on_paper(record.on_paper() + 1);
    return leave_out(ours, true, record);
  }
  leave_out_early(ours, true, record);
  if (!must_be || !quiet) return;
  v1::DifferenceRecord* difference = add_difference(Difference::kCaseNotListed, record);
  if (difference == nullptr) return;
  difference->set_case_id(ours.case_id());
  difference->set_ours(ours.form_version() != 0 ? ours.due_fen() - ours.credited_fen()
                                                : ours.ordered_fen());
}

void compare_counts(uint64_t our_from, const std::vector<v1::KindCount>& ours,
                    const v1::DailyStatement& theirs, v1::ComparisonRecord& record) {
  record.set_counts_judged(our_from == theirs.counted_from());
  std::map<uint32_t, std::pair<uint64_t, uint64_t>> kinds;
  for (const v1::KindCount& count : ours) kinds[count.kind()].first = count.count();
  for (const v1::KindCount& count : theirs.counts()) kinds[count.kind()].second = count.count();
  for (const auto& [kind, counts] : kinds) {
    v1::CountComparedRecord* compared = record.add_counts();
    compared->set_kind(kind);
    compared->set_ours(counts.first);
    compared->set_theirs(counts.second);
    if (!record.counts_judged() || counts.first == counts.second) continue;
    v1::DifferenceRecord* difference = add_difference(Difference::kCount, record);
    if (difference == nullptr) continue;
    difference->set_body(kind);
    difference->set_ours(static_cast<int64_t>(counts.first));
    difference->set_theirs(static_cast<int64_t>(counts.second));
  }
}

void compare_sums(const std::vector<v1::AccountBalance>& ours, const v1::DailyStatement& theirs,
                  bool quiet, v1::ComparisonRecord& record) {
  std::map<LedgerAccount, int64_t> here;
  std::map<LedgerAccount, int64_t> there;
  const auto known = [](const v1::AccountBalance& balance) {
    return balance.account() <= UINT8_MAX &&
           !name(static_cast<LedgerAccount>(balance.account())).empty();
  };
  for (const v1::AccountBalance& balance : ours) {
    here[static_cast<LedgerAccount>(balance.account())] = balance.balance_fen();
  }
  for (const v1::AccountBalance& balance : theirs.accounts()) {
    if (!known(balance)) continue;
    there[static_cast<LedgerAccount>(balance.account())] = balance.balance_fen();
  }
  std::map<LedgerAccount, int64_t> all = here;
  all.insert(there.begin(), there.end());
  for (const auto& [account, ignored] : all) {
    v1::AccountComparedRecord* compared = record.add_accounts();
    compared->set_account(static_cast<uint32_t>(account));
    compared->set_ours_fen(here[account]);
    compared->set_theirs_fen(there[account]);
  }
  record.set_sums_judged(quiet && !record.moved() && !record.unjudged());
  if (!record.sums_judged()) return;
  const Sums our_sums = sums_of(here, true);
  const Sums their_sums = sums_of(there, false);
  for (int i = 0; i < kSums; ++i) {
    const auto at = static_cast<size_t>(i);
    const v1::SumComparedRecord& out = left_out(static_cast<Sum>(i), record);
    const Wide a = our_sums[at] - out.ours_fen();
    const Wide b = their_sums[at] - out.theirs_fen();
    if (a != b) add_difference(kSumDifferences[at], to_fen(a), to_fen(b), record);
  }
}

void conclude(v1::ComparisonRecord& record) {
  ComparisonOutcome outcome = ComparisonOutcome::kAgrees;
  if (record.unjudged()) outcome = ComparisonOutcome::kNotJudged;
  if (record.differences_total() > 0) outcome = ComparisonOutcome::kDiffers;
  record.set_outcome(static_cast<uint32_t>(outcome));
}

}  // namespace jiexu
