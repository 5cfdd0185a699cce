// A peer's statement against our own books: what agrees, what is left for the next day, and what
// differs, by name.
#include "daemon/reconciliation/rules/comparison.h"

#include <catch2/catch.hpp>
#include <functional>
#include <set>

#include "daemon/base/ids.h"
#include "daemon/base/limits.h"
#include "daemon/ledger/ledger.h"

using namespace jiexu;

namespace comparison_test {
namespace {

constexpr int64_t kFen = 12'345;

// A case that they transfer out, paid and not credited, as they tell it.
v1::StatementRow their_row(uint8_t n = 1) {
  v1::StatementRow row;
  row.set_case_id(std::string(15, '\1') + static_cast<char>(n));
  row.set_transfer_out(true);
  row.set_sent_case_seq(3);
  row.set_received_case_seq(2);
  row.set_form_version(1);
  row.set_due_fen(kFen);
  row.set_ordered_fen(kFen);
  return row;
}

// The same of our books.
v1::StatementRow our_row(uint8_t n = 1) {
  v1::StatementRow row = their_row(n);
  row.set_transfer_out(false);
  row.set_sent_case_seq(2);
  row.set_received_case_seq(3);
  return row;
}

std::vector<std::string> names(const v1::ComparisonRecord& record) {
  std::vector<std::string> out;
  for (const v1::DifferenceRecord& difference : record.differences()) {
    out.emplace_back(name(static_cast<Difference>(difference.kind())));
  }
  return out;
}

std::vector<std::string> compare(const v1::StatementRow& theirs, const v1::StatementRow& ours,
                                 bool quiet = true) {
  v1::ComparisonRecord record;
  compare_case(theirs, &ours, quiet, record);
  return names(record);
}

v1::AccountBalance balance(LedgerAccount account, int64_t fen) {
  v1::AccountBalance out;
  out.set_account(static_cast<uint32_t>(account));
  out.set_balance_fen(fen);
  return out;
}

// Their books of the case above, and ours.
v1::DailyStatement their_books() {
  v1::DailyStatement statement;
  *statement.add_accounts() = balance(LedgerAccount::kFund, kFen);
  *statement.add_accounts() = balance(LedgerAccount::kInTransit, -kFen);
  return statement;
}

std::vector<v1::AccountBalance> our_books() {
  return {balance(LedgerAccount::kReceivable, kFen), balance(LedgerAccount::kOwedPersons, -kFen)};
}

v1::DailyStatement whole() {
  v1::DailyStatement statement;
  statement.set_day(20261121);
  statement.set_part(1);
  statement.set_last(true);
  statement.set_sent_head(std::string(32, '\2'));
  statement.set_received_head(std::string(32, '\2'));
  *statement.add_rows() = their_row(1);
  *statement.add_rows() = their_row(2);
  return statement;
}

}  // namespace

namespace {

using Payments = std::vector<std::pair<uint32_t, int64_t>>;

v1::StatementRow with(v1::StatementRow row, const Payments& payments) {
  row.set_ordered_fen(0);
  for (const auto& [attempt, fen] : payments) {
    row.set_ordered_fen(row.ordered_fen() + fen);
    v1::StatedPayment* payment = row.add_payments();
    payment->set_attempt(attempt);
    payment->set_amount_fen(fen);
  }
  return row;
}

// "2: 30 40", payment by payment: ours, theirs.
std::vector<std::string> payments_that_differ(const Payments& theirs, const Payments& ours) {
  v1::ComparisonRecord record;
  const v1::StatementRow here = with(our_row(), ours);
  compare_case(with(their_row(), theirs), &here, true, record);
  std::vector<std::string> out;
  for (const v1::DifferenceRecord& difference : record.differences()) {
    CHECK(difference.kind() == static_cast<uint32_t>(Difference::kPayment));
    CHECK(difference.case_id() == here.case_id());
    out.push_back(std::to_string(difference.attempt()) + ": " + std::to_string(difference.ours()) +
                  " " + std::to_string(difference.theirs()));
  }
  return out;
}

}  // namespace

TEST_CASE("of a case with several payments the one that differs is named") {
  using Names = std::vector<std::string>;
  CHECK(payments_that_differ({{1, 10}, {2, 40}}, {{1, 10}, {2, 40}}).empty());
  CHECK(payments_that_differ({{1, 10}, {2, 40}}, {{1, 10}, {2, 30}}) == Names{"2: 30 40"});
  CHECK(payments_that_differ({{1, 10}, {2, 40}}, {{1, 10}}) == Names{"2: 0 40"});
  CHECK(payments_that_differ({{3, 5}}, {{1, 10}, {3, 5}}) == Names{"1: 10 0"});
  // The sums agree, and what came back is booked with another payment.
  CHECK(payments_that_differ({{1, 10}}, {{2, 10}}) == Names{"1: 0 10", "2: 10 0"});
}

TEST_CASE("of a peer that does not name its payments what is ordered is compared in its sum") {
  const v1::StatementRow ours = with(our_row(), {{1, kFen - 1}, {2, 1}});
  CHECK(compare(their_row(), ours).empty());
  CHECK(compare(their_row(), with(our_row(), {{1, 10}})) == std::vector<std::string>{"ordered"});
}

TEST_CASE("a case of which both sides have taken the same messages agrees") {
  CHECK(compare(their_row(), our_row()).empty());
}

TEST_CASE("each amount that differs has its own name") {
  using Change = std::function<void(v1::StatementRow&)>;
  const std::pair<const char*, Change> changes[] = {
      {"form-version", [](auto& row) { row.set_form_version(2); }},
      {"due", [](auto& row) { row.set_due_fen(1); }},
      {"ordered", [](auto& row) { row.set_ordered_fen(1); }},
      {"credited", [](auto& row) { row.set_credited_fen(1); }},
      {"refunded", [](auto& row) { row.set_refunded_fen(1); }},
      {"their-messages", [](auto& row) { row.set_received_case_seq(2); }},
      {"our-messages", [](auto& row) { row.set_sent_case_seq(1); }}};
  for (const auto& [wanted, change] : changes) {
    v1::StatementRow ours = our_row();
    change(ours);
    v1::ComparisonRecord record;
    compare_case(their_row(), &ours, true, record);
    CHECK(names(record) == std::vector<std::string>{wanted});
    CHECK(record.differences(0).case_id() == ours.case_id());
    CHECK(record.differences(0).ours() != record.differences(0).theirs());
  }
}

TEST_CASE("a message of ours that is on its way is no difference, and one that is lost is") {
  v1::StatementRow ours = our_row();
  ours.set_sent_case_seq(3);
  ours.set_credited_fen(kFen);
  v1::ComparisonRecord record;
  compare_case(their_row(), &ours, false, record);
  CHECK(names(record).empty());
  CHECK(record.on_the_way() == 1);
  CHECK(compare(their_row(), ours, true) == std::vector<std::string>{"our-messages"});
}

TEST_CASE("what is due is not compared before the form, although one side has booked it") {
  v1::StatementRow theirs = their_row();
  theirs.set_form_version(0);
  v1::StatementRow ours = our_row();
  ours.set_form_version(0);
  ours.set_due_fen(0);
  v1::ComparisonRecord record;
  compare_case(theirs, &ours, true, record);
  compare_sums({}, their_books(), true, record);
  CHECK(record.sums_judged());
  CHECK(names(record).empty());
}

TEST_CASE("a case that is in part on paper is left out of cases and sums") {
  v1::StatementRow ours = our_row();
  ours.set_on_paper(true);
  ours.set_credited_fen(kFen);
  v1::ComparisonRecord record;
  compare_case(their_row(), &ours, true, record);
  const std::vector<v1::AccountBalance> books = {balance(LedgerAccount::kBank, kFen),
                                                 balance(LedgerAccount::kCredited, -kFen)};
  compare_sums(books, their_books(), true, record);
  CHECK(record.on_paper() == 1);
  CHECK(names(record).empty());
}

TEST_CASE("a case that is stated and not here, or on the same side at both, is named") {
  v1::ComparisonRecord record;
  compare_case(their_row(), nullptr, true, record);
  const v1::StatementRow same_side = their_row();
  compare_case(their_row(), &same_side, true, record);
  CHECK(names(record) == std::vector<std::string>{"case-not-here", "case-not-here"});
}

TEST_CASE("a case of ours that is not stated is named if both must know that it is open") {
  v1::ComparisonRecord record;
  note_unlisted(our_row(), false, true, record);
  note_unlisted(our_row(), true, false, record);
  CHECK(names(record).empty());
  note_unlisted(our_row(), true, true, record);
  REQUIRE(names(record) == std::vector<std::string>{"case-not-listed"});
  CHECK(record.differences(0).ours() == kFen);
}

TEST_CASE("books of the same cases have the same sums") {
  v1::ComparisonRecord record;
  compare_sums(our_books(), their_books(), true, record);
  CHECK(record.sums_judged());
  CHECK(names(record).empty());
  CHECK(record.accounts_size() == 4);
}

TEST_CASE("each sum that differs has its own name, whichever side transfers out") {
  const auto differs = [](LedgerAccount account, bool theirs) {
    v1::DailyStatement statement = their_books();
    std::vector<v1::AccountBalance> books = our_books();
    if (theirs) {
      *statement.add_accounts() = balance(account, -1);
    } else {
      books.push_back(balance(account, -1));
    }
    v1::ComparisonRecord record;
    compare_sums(books, statement, true, record);
    return names(record);
  };
  using Names = std::vector<std::string>;
  CHECK(differs(LedgerAccount::kPayable, true) == Names{"sum-due-from-them"});
  CHECK(differs(LedgerAccount::kSettled, true) ==
        Names{"sum-due-from-them", "sum-credited-from-them"});
  CHECK(differs(LedgerAccount::kPayable, false) == Names{"sum-due-to-them"});
  CHECK(differs(LedgerAccount::kCredited, false) ==
        Names{"sum-due-from-them", "sum-credited-from-them"});
  CHECK(differs(LedgerAccount::kCredited, true) ==
        Names{"sum-due-to-them", "sum-credited-to-them"});
  // Money on its way through banks is in no sum.
  CHECK(differs(LedgerAccount::kBank, false).empty());
  CHECK(differs(LedgerAccount::kSuspense, true).empty());
}

TEST_CASE("sums are not judged while messages are on their way") {
  v1::ComparisonRecord record;
  compare_sums({}, their_books(), false, record);
  CHECK_FALSE(record.sums_judged());
  CHECK(names(record).empty());
  CHECK(record.accounts_size() == 2);
}

TEST_CASE("balances at the ends of what can be stored are compared without overflow") {
  v1::DailyStatement statement;
  *statement.add_accounts() = balance(LedgerAccount::kPayable, INT64_MIN);
  *statement.add_accounts() = balance(LedgerAccount::kInTransit, INT64_MIN);
  *statement.add_accounts() = balance(LedgerAccount::kSettled, INT64_MIN);
  *statement.add_accounts() = balance(static_cast<LedgerAccount>(200), INT64_MIN);
  v1::ComparisonRecord record;
  compare_sums({}, statement, true, record);
  REQUIRE(names(record) == std::vector<std::string>{"sum-due-from-them", "sum-credited-from-them"});
  CHECK(record.differences(0).theirs() == INT64_MAX);
}

TEST_CASE("counts are compared by kind, if both began to count at the same message") {
  v1::DailyStatement statement;
  statement.set_counted_from(7);
  v1::KindCount letters;
  letters.set_kind(10);
  letters.set_count(3);
  *statement.add_counts() = letters;
  v1::KindCount forms;
  forms.set_kind(15);
  forms.set_count(1);
  v1::ComparisonRecord record;
  compare_counts(7, {letters, forms}, statement, record);
  REQUIRE(names(record) == std::vector<std::string>{"count"});
  CHECK(record.differences(0).body() == 15);
  v1::ComparisonRecord other;
  compare_counts(8, {letters, forms}, statement, other);
  CHECK_FALSE(other.counts_judged());
  CHECK(names(other).empty());
  CHECK(other.counts_size() == 2);
}

TEST_CASE("differences are all counted, and only so many named") {
  v1::ComparisonRecord record;
  for (size_t i = 0; i < limits::kComparisonDifferencesMax + 5; ++i) {
    compare_case(their_row(), nullptr, true, record);
  }
  CHECK(record.differences_total() == limits::kComparisonDifferencesMax + 5);
  CHECK(static_cast<size_t>(record.differences_size()) == limits::kComparisonDifferencesMax);
}

TEST_CASE("a comparison ends as it must") {
  v1::ComparisonRecord record;
  conclude(record);
  CHECK(record.outcome() == static_cast<uint32_t>(ComparisonOutcome::kAgrees));
  record.set_unjudged(true);
  conclude(record);
  CHECK(record.outcome() == static_cast<uint32_t>(ComparisonOutcome::kNotJudged));
  add_difference(Difference::kDue, 1, 2, record);
  conclude(record);
  CHECK(record.outcome() == static_cast<uint32_t>(ComparisonOutcome::kDiffers));
}

TEST_CASE("a statement with figures that cannot be is refused, and so is one out of order") {
  using Change = std::function<void(v1::DailyStatement&)>;
  CHECK_FALSE(check_statement(whole(), ""));
  const std::pair<bool, Change> changes[] = {
      {false, [](auto& s) { s.mutable_rows(0)->set_due_fen(-1); }},
      {false, [](auto& s) { s.mutable_rows(0)->set_ordered_fen(INT64_MAX); }},
      {false, [](auto& s) { s.mutable_rows(0)->set_credited_fen(INT64_MIN); }},
      {false, [](auto& s) { s.mutable_rows(0)->set_refunded_fen(limits::kStatementFenMax + 1); }},
      {false, [](auto& s) { s.mutable_rows(0)->add_payments()->set_amount_fen(-1); }},
      {false,
       [](auto& s) {
         for (const uint32_t attempt : {2, 2}) {
           s.mutable_rows(0)->add_payments()->set_attempt(attempt);
         }
       }},
      {false,
       [](auto& s) {
         for (uint32_t attempt = 0; attempt <= limits::kPaymentsOfCaseMax; ++attempt) {
           s.mutable_rows(0)->add_payments()->set_attempt(attempt);
         }
       }},
      {false, [](auto& s) { s.mutable_rows(0)->set_case_id("short"); }},
      {false, [](auto& s) { s.set_sent_head("short"); }},
      {false, [](auto& s) { s.add_counts()->set_count(UINT64_MAX); }},
      {false,
       [](auto& s) {
         for (int i = 0; i < 65; ++i) s.add_accounts();
       }},
      {false,
       [](auto& s) {
         for (size_t i = 0; i < limits::kStatementRowsMax; ++i) *s.add_rows() = their_row();
       }},
      {true, [](auto& s) { *s.mutable_rows(1) = their_row(1); }},
      {true, [](auto& s) { s.mutable_rows()->SwapElements(0, 1); }},
      {true, [](auto& s) {
         s.clear_rows();
         s.set_last(false);
       }}};
  for (const auto& [order, change] : changes) {
    v1::DailyStatement statement = whole();
    change(statement);
    const auto fault = check_statement(statement, "");
    REQUIRE(fault);
    CHECK(fault->order == order);
    CHECK_FALSE(fault->detail.empty());
  }
  CHECK(check_statement(whole(), their_row(1).case_id())->order);
}

TEST_CASE("every difference and outcome has a name of its own, and a sentence") {
  std::set<std::string_view> known;
  for (int i = 1; i <= static_cast<int>(kDifferenceLast); ++i) {
    const auto difference = static_cast<Difference>(i);
    CHECK(known.insert(name(difference)).second);
    CHECK_FALSE(name(difference).empty());
    CHECK_FALSE(explain(difference).empty());
  }
  CHECK(name(static_cast<Difference>(200)).empty());
  CHECK(name(ComparisonOutcome::kNotJudged) == "not-judged");
}

}  // namespace comparison_test
