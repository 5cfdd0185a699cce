// What the balances of a bank's file prove, whose account it is of, and entries that cannot be
// read.
#include <catch2/catch.hpp>

#include "daemon/bank/bank_files.h"
#include "daemon/bank/bank_queries.h"
#include "tests/bank/fund.h"

using namespace jiexu;

namespace file_proof_test {
namespace {

v1::Statement statement(int64_t opening, int64_t closing, uint64_t lines = 1, uint64_t first = 0) {
  v1::Statement out;
  out.set_account("41001500000000000001");
  out.set_first(first);
  out.set_lines(lines);
  out.set_has_opening(true);
  out.set_opening_fen(opening);
  out.set_has_closing(true);
  out.set_closing_fen(closing);
  return out;
}

struct Books : Fund {
  Books() : Fund(1) {}

  v1::BankFileView send(const std::string& name, const std::vector<v1::BankLine>& lines,
                        const std::vector<v1::Statement>& statements) {
    auto input = std::make_shared<v1::BankFileInput>();
    input->set_name(name);
    input->set_lines_total(lines.size());
    for (const v1::BankLine& one : lines) {
      *input->add_lines() = one;
      input->set_credited_fen(input->credited_fen() + one.amount_fen());
    }
    for (const v1::Statement& one : statements) *input->add_statements() = one;
    const Answer answer = answered(BankFileCommand{sha256(name), std::move(input)});
    book();
    return answer.bank_file;
  }
  void book() {
    do site.wake();
    while (site.commit());
  }
  Answer answered(decltype(Asking::what) what, const std::string& user = "wang") {
    site.user = user;
    const size_t before = site.answers.size();
    site.post(std::move(what));
    while (site.answers.size() == before) REQUIRE(site.commit());
    return site.answers.back();
  }
  Answer about(const std::string& name, TakeFileCommand::Act act, const std::string& said,
               const std::string& user) {
    const Answer answer = answered(TakeFileCommand{sha256(name), act, said}, user);
    book();
    return answer;
  }
  // One proposes to put it aside.
  Answer aside(const std::string& name, const std::string& by, const std::string& user = "wang") {
    TakeFileCommand asked{sha256(name), TakeFileCommand::Act::kPropose, "the bank sent another"};
    asked.set_aside = true;
    if (!by.empty()) asked.replaced_by = sha256(by);
    return answered(std::move(asked), user);
  }
  v1::BankFileView view(const std::string& name) const {
    const auto record = site.records().get_message<v1::BankFileRecord>(
        Family::kFunds, layout::bank_file_key(sha256(name)));
    return view_bank_file(sha256(name), **record);
  }
};

using Act = TakeFileCommand::Act;

Refusal refusal_in(const Answer& answer) {
  return answer.rejection ? answer.rejection->refusal : Refusal::kNone;
}

}  // namespace

TEST_CASE(
    "a file whose lines lead from balance to balance is booked, and one without is unproved") {
  Books books;
  const v1::BankFileView proved = books.send("a", {books.line(1)}, {statement(0, kBalance)});
  CHECK(proved.proof() == "proved");
  CHECK(proved.state() == "booking");
  CHECK(books.moved(1) == kBalance);
  CHECK(books.send("b", {bank_line("x", 5, "R2")}, {}).proof() == "unproved");
  v1::Statement open = statement(7, 0);
  open.set_has_closing(false);
  CHECK(books.send("c", {bank_line("x", 5, "R3")}, {open}).proof() == "unproved");
  CHECK(books.suspense() == 10);
}

TEST_CASE("a file whose lines do not lead from balance to balance waits until two people take it") {
  Books books;
  const v1::BankFileView held = books.send("a", {books.line(1)}, {statement(0, kBalance + 1)});
  CHECK(held.proof() == "differs");
  CHECK(held.state() == "held");
  CHECK(books.moved(1) == 0);
  books.site.restart();
  books.book();
  CHECK(books.moved(1) == 0);
  CHECK(refusal_in(books.about("a", Act::kPropose, "", "wang")) == Refusal::kInputMissing);
  CHECK(refusal_in(books.about("a", Act::kApprove, "ab", "li")) == Refusal::kUnknownProposal);
  const Answer proposed = books.about("a", Act::kPropose, "the bank says so", "wang");
  REQUIRE_FALSE(proposed.rejection);
  const std::string content = proposed.bank_file.decisions(0).content();
  CHECK(refusal_in(books.about("a", Act::kApprove, content, "wang")) == Refusal::kOwnProposal);
  CHECK(refusal_in(books.about("a", Act::kApprove, "ab", "li")) == Refusal::kProposalChanged);
  SECTION("they do") {
    CHECK(refusal_in(books.about("a", Act::kApprove, content, "li")) == Refusal::kNone);
    CHECK(books.moved(1) == kBalance);
    CHECK(refusal_in(books.about("a", Act::kApprove, content, "li")) == Refusal::kNone);
    CHECK(refusal_in(books.about("a", Act::kPropose, "x", "li")) == Refusal::kBankFileNotHeld);
    CHECK(books.moved(1) == kBalance);
  }
  SECTION("the proposal is dropped") {
    CHECK(refusal_in(books.about("a", Act::kRetract, "", "li")) == Refusal::kNone);
    CHECK(refusal_in(books.about("a", Act::kApprove, content, "li")) == Refusal::kUnknownProposal);
    CHECK(books.moved(1) == 0);
  }
  SECTION("the right file comes") {
    CHECK(books.send("b", {books.line(1)}, {statement(0, kBalance)}).proof() == "proved");
    CHECK(books.moved(1) == kBalance);
    CHECK(refusal_in(books.about("a", Act::kApprove, content, "li")) == Refusal::kNone);
    CHECK(books.moved(1) == kBalance);  // its line is known
  }
}

TEST_CASE("a held file is put aside by two people, and shows what stands for it") {
  Books books;
  books.send("a", {books.line(1)}, {statement(0, kBalance + 1)});
  CHECK(books.view("a").held_for() == "balances");
  CHECK(refusal_in(books.aside("a", "b")) == Refusal::kBankFileUnknown);
  CHECK(refusal_in(books.aside("a", "a")) == Refusal::kBankFileUnknown);
  books.send("b", {books.line(1)}, {statement(0, kBalance)});
  CHECK(refusal_in(books.aside("b", "")) == Refusal::kBankFileNotHeld);
  const Answer proposed = books.aside("a", "b");
  REQUIRE_FALSE(proposed.rejection);
  CHECK(proposed.bank_file.decisions(0).act() == "set-aside");
  CHECK(proposed.bank_file.decisions(0).replaced_by() == books.view("b").digest());
  const std::string content = proposed.bank_file.decisions(0).content();
  CHECK(refusal_in(books.about("a", Act::kPropose, "take it", "li")) == Refusal::kProposalOpen);
  CHECK(refusal_in(books.aside("a", "", "li")) == Refusal::kProposalOpen);
  CHECK(refusal_in(books.about("a", Act::kApprove, content, "wang")) == Refusal::kOwnProposal);
  CHECK(books.site.standing(AlarmKind::kBankHeld, in_site()));
  CHECK(refusal_in(books.about("a", Act::kApprove, content, "li")) == Refusal::kNone);
  CHECK(refusal_in(books.about("a", Act::kApprove, content, "li")) == Refusal::kNone);
  CHECK_FALSE(books.site.standing(AlarmKind::kBankHeld, in_site()));
  CHECK(books.view("a").state() == "set_aside");
  CHECK(books.view("a").replaced_by() == books.view("b").digest());
  CHECK(books.view("b").replaces() == books.view("a").digest());
  CHECK(books.moved(1) == kBalance);
  books.site.restart();
  books.book();
  CHECK(books.moved(1) == kBalance);
  CHECK(refusal_in(books.aside("a", "")) == Refusal::kBankFileNotHeld);
  SECTION("it may be taken after all") {
    const Answer back = books.about("a", Act::kPropose, "it was right", "wang");
    REQUIRE_FALSE(back.rejection);
    const std::string seen = back.bank_file.decisions(1).content();
    CHECK(refusal_in(books.about("a", Act::kApprove, seen, "li")) == Refusal::kNone);
    CHECK(books.view("a").state() == "done");
    CHECK(books.view("a").replaced_by().empty());
    CHECK(books.view("b").replaces().empty());
    CHECK(books.moved(1) == kBalance);  // its line is known
  }
  CHECK(books.site.ledger_sum() == 0);
}

TEST_CASE("a file with a booking day that cannot be is held for it, and names the line") {
  Books books;
  const int32_t day = GENERATE(19990101, 20270101);
  v1::BankLine odd = bank_line("x", 5, "R2");
  odd.set_booked_on(day);
  odd.set_file_line(9);
  const bool balances = GENERATE(true, false);
  std::vector<v1::Statement> statements;
  if (balances) statements.push_back(statement(0, kBalance + 5, 2));
  const v1::BankFileView held = books.send("a", {books.line(1), odd}, statements);
  CHECK(held.state() == "held");
  CHECK(held.held_for() == "day");
  CHECK(held.why() == "line 9: " + Date::from_yyyymmdd(day)->str());
  CHECK(books.moved(1) == 0);
  CHECK(books.site.standing(AlarmKind::kBankHeld, in_site()));
  const Answer proposed = books.about("a", Act::kPropose, "the bank says so", "wang");
  REQUIRE_FALSE(proposed.rejection);
  const std::string content = proposed.bank_file.decisions(0).content();
  CHECK(refusal_in(books.about("a", Act::kApprove, content, "li")) == Refusal::kNone);
  CHECK(books.moved(1) == kBalance);
  CHECK(books.suspense() == 5);
}

TEST_CASE("a line that comes by itself on a day that cannot be is not taken, and says why") {
  Books books;
  v1::BankLine odd = books.line(1);
  odd.set_booked_on(19990101);
  CHECK(books.import(odd) == "invalid");
  CHECK(books.results[0].why() == "the booking day lies more than a year back");
  CHECK(books.moved(1) == 0);
}

TEST_CASE("each statement of a file proves its own lines") {
  Books books;
  const std::vector<v1::BankLine> lines = {bank_line("x", 5, "R1"), bank_line("x", 7, "R2")};
  const auto both = [&](int64_t end) {
    return std::vector{statement(0, 5), statement(5, end, 1, 1)};
  };
  CHECK(books.send("a", lines, both(12)).proof() == "proved");
  CHECK(books.send("b", lines, both(13)).proof() == "differs");
  CHECK(books.send("c", lines, {statement(0, 5)}).proof() == "unproved");  // whose is the second?
  CHECK(books.send("d", lines, {statement(0, 5), statement(5, 12, 2, 1)}).state() == "refused");
}

TEST_CASE("a statement that does not join the one before is shown and alarmed, and stops nothing") {
  Books books;
  books.send("a", {bank_line("x", 5, "R1")}, {statement(0, 5)});
  books.send("b", {bank_line("x", 7, "R2")}, {statement(5, 12)});
  CHECK(books.site.alarms.empty());
  const v1::BankFileView gap = books.send("c", {bank_line("x", 7, "R3")}, {statement(20, 27)});
  CHECK(gap.statements(0).gap_fen() == 8);
  CHECK(gap.statements(0).follows());
  CHECK(books.site.alarms.size() == 1);
  CHECK(books.suspense() == 19);
  CHECK(books.site.standing(AlarmKind::kBankGap, in_site()));
  books.site.restart();
  CHECK(books.site.standing(AlarmKind::kBankGap, in_site()));
  // What is missing comes.
  books.send("d", {bank_line("x", 8, "R4")}, {statement(12, 20)});
  CHECK_FALSE(books.site.standing(AlarmKind::kBankGap, in_site()));
  books.send("e", {bank_line("x", 3, "R5")}, {statement(27, 30)});
  CHECK_FALSE(books.site.standing(AlarmKind::kBankGap, in_site()));
}

TEST_CASE("a statement that is told again is no gap") {
  Books books;
  v1::Statement day = statement(0, 5);
  day.set_opened_on(20261120);
  day.set_closed_on(20261120);
  books.send("a", {bank_line("x", 5, "R1")}, {day});
  day.set_lines(2);
  day.set_closing_fen(12);
  books.send("b", {bank_line("x", 5, "R1"), bank_line("y", 7, "R2")}, {day});
  CHECK(books.view("b").statements(0).gap_fen() == 0);
  CHECK_FALSE(books.site.standing(AlarmKind::kBankGap, in_site()));
  CHECK(books.site.alarms.empty());
}

TEST_CASE("a file of an account that is not ours is refused") {
  Books books;
  v1::BankLine other = books.line(1);
  other.set_account_number("99");
  other.set_account_number("9900000000001234");
  const v1::BankFileView refused = books.send("a", {books.line(1), other}, {});
  CHECK(refused.state() == "not_ours");
  CHECK(refused.why() == "line 2: *1234");
  CHECK(books.moved(1) == 0);
  CHECK(books.send("a", {books.line(1)}, {}).state() == "booking");
}

TEST_CASE("an entry that cannot be read waits alone, with its amount if that can be read") {
  Books books;
  v1::BankLine damaged;
  damaged.set_account_number("41001500000000000001");
  damaged.set_amount_fen(7);
  damaged.set_unreadable("the day is none");
  damaged.set_raw("<Ntry>");
  SECTION("it can") {
    const auto file = books.send("a", {damaged, books.line(1)}, {statement(0, kBalance + 7, 2)});
    CHECK(file.proof() == "proved");
    CHECK(books.suspense() == 7);
  }
  SECTION("it cannot: the balances prove nothing") {
    damaged.clear_amount_fen();
    const auto file = books.send("a", {damaged, books.line(1)}, {statement(0, kBalance + 7, 2)});
    CHECK(file.proof() == "unproved");
    CHECK(books.suspense() == 0);
  }
  CHECK(books.moved(1) == kBalance);
  const auto waiting = list_waiting_lines(books.site.records(), BankOutcome::kUnreadable, {}, 9);
  REQUIRE(waiting);
  REQUIRE(waiting->lines.size() == 1);
  CHECK(waiting->lines[0].record.line().raw() == "<Ntry>");
  const Answer aside =
      books.site.decide({waiting->lines[0].digest, LineAct::kSetAside, {}, "a fee", {}});
  CHECK_FALSE(aside.rejection);
  CHECK(books.site.ledger_sum() == 0);
}

TEST_CASE("without a number of the bank's the balances of two statements can tell what lines are") {
  Books books;
  v1::BankLine rent = bank_line("rent", 700, "S1#1");
  rent.set_made_number(true);
  books.send("a", {rent}, {statement(0, 700)});
  CHECK(books.suspense() == 700);
  SECTION("one begins where the other ends: another booking") {
    books.send("b", {rent}, {statement(700, 1400)});
    CHECK(books.count("b", BankOutcome::kNoCase) == 1);
    CHECK(books.suspense() == 1400);
  }
  SECTION("the same statement told again") {
    books.send("b", {rent}, {statement(0, 700)});
    CHECK(books.count("b", BankOutcome::kDuplicate) == 1);
    CHECK(books.suspense() == 700);
  }
  SECTION("neither: a person says") {
    books.send("b", {rent}, {statement(50, 750)});
    CHECK(books.count("b", BankOutcome::kMayRepeat) == 1);
  }
}

}  // namespace file_proof_test
