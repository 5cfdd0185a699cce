// What two people decide about bank lines, and what takes it back.
#include <catch2/catch.hpp>

#include "daemon/bank/bank_queries.h"
#include "tests/agency/payer.h"
#include "tests/bank/fund.h"

using namespace jiexu;

namespace line_acts_test {
namespace {

// A line of case 1's money that names nothing.
struct Desk : Fund {
  Desk() : Fund(2) { line = bring(bank_line("nothing", kBalance, "R1")); }

  std::string bring(const v1::BankLine& credit) {
    import(credit);
    return results[0].line_id();
  }
  Digest digest(const std::string& id) const { return *to_array<32>(*from_hex(id)); }
  Answer ask(const std::string& user, decltype(Asking::what) what) {
    site.user = user;
    const size_t before = site.answers.size();
    site.post(std::move(what));
    while (site.answers.size() == before) REQUIRE(site.commit());
    return site.answers.back();
  }
  SettleLineCommand match(int n = 1) const {
    return {digest(line), LineAct::kMatch, {{case_number(n), Fen{kBalance}}}, "asked", {}};
  }
  void match_by_hand(int n = 1) {
    REQUIRE_FALSE(site.decide(match(n)).rejection);
    REQUIRE(outcome(line) == "matched_by_hand");
  }
  Refusal refused(LineAct act, const std::string& id, const std::string& note = "so") {
    const Answer answer = site.decide({digest(id), act, {}, note, {}});
    return answer.rejection ? answer.rejection->refusal : Refusal::kNone;
  }
  // How often OUT was told that money of case 1 or 2 has left.
  size_t told() {
    size_t count = 0;
    for (int n = 1; n <= 2; ++n) {
      for (const v1::TimelineRecord& entry : site.timeline(case_number(n))) {
        const bool left = entry.event() == static_cast<uint32_t>(EventKind::kBankReversal);
        count += left && entry.sent_size() > 0 ? 1 : 0;
      }
    }
    return count;
  }
  void credit() {
    REQUIRE_FALSE(site.act(EventKind::kConfirmForm, case_number(1)).rejection);
    REQUIRE_FALSE(site.act(EventKind::kCredit, case_number(1)).rejection);
    REQUIRE(funds(1) == Funds::kCredited);
  }

  std::string line;
};

std::vector<BankLineEntry> proposed(const Desk& desk) {
  const auto lines = list_proposed_acts(desk.site.records(), 10);
  REQUIRE(lines);
  return *lines;
}

}  // namespace

TEST_CASE("what one person proposes of a line changes no money before another approves it") {
  Desk desk;
  const Answer first = desk.ask("wang", desk.match());
  REQUIRE_FALSE(first.rejection);
  const std::string content = first.bank.results(0).content();
  CHECK(desk.outcome(desk.line) == "no_case");
  CHECK(desk.funds(1) == Funds::kExpected);
  CHECK(proposed(desk).size() == 1);
  const auto approve = [&](const std::string& user, const std::string& seen) {
    const Answer answer = desk.ask(user, DecideLineCommand{desk.digest(desk.line), seen});
    return answer.rejection ? answer.rejection->refusal : Refusal::kNone;
  };
  SECTION("again by the same person: one proposal") {
    CHECK(desk.ask("wang", desk.match()).bank.results(0).content() == content);
    CHECK(desk.record(desk.line).acts_size() == 1);
  }
  SECTION("by the same person it is not approved") {
    CHECK(approve("wang", content) == Refusal::kOwnProposal);
  }
  SECTION("what was not shown is not approved") {
    CHECK(approve("li", std::string(64, 'a')) == Refusal::kProposalChanged);
  }
  SECTION("another one approves it, and again") {
    CHECK(approve("li", content) == Refusal::kNone);
    CHECK(desk.outcome(desk.line) == "matched_by_hand");
    CHECK(desk.funds(1) == Funds::kMatched);
    CHECK(approve("li", content) == Refusal::kNone);
    CHECK(approve("zhao", content) == Refusal::kUnknownProposal);
    CHECK(desk.moved(1) == kBalance);
    CHECK(proposed(desk).empty());
    CHECK(desk.record(desk.line).settled_by() == "wang, li");
  }
  SECTION("it is taken back") {
    REQUIRE_FALSE(desk.ask("li", DecideLineCommand{desk.digest(desk.line), {}}).rejection);
    CHECK(proposed(desk).empty());
    CHECK(approve("li", content) == Refusal::kUnknownProposal);
    CHECK(desk.ask("li", DecideLineCommand{desk.digest(desk.line), {}}).rejection->refusal ==
          Refusal::kUnknownProposal);
  }
  SECTION("another proposal does not take its place") {
    const SettleLineCommand aside{desk.digest(desk.line), LineAct::kSetAside, {}, "rent", {}};
    CHECK(desk.ask("zhao", aside).rejection->refusal == Refusal::kProposalOpen);
    CHECK(desk.ask("wang", aside).rejection->refusal == Refusal::kProposalOpen);
    CHECK(approve("li", content) == Refusal::kNone);
    CHECK(desk.outcome(desk.line) == "matched_by_hand");
  }
  SECTION("a restart loses nothing") {
    desk.site.restart();
    CHECK(approve("li", content) == Refusal::kNone);
  }
  CHECK(desk.site.ledger_sum() == 0);
}

TEST_CASE("money that was matched by mistake leaves its case before anybody was told") {
  Desk desk;
  desk.match_by_hand(2);
  CHECK(desk.funds(2) == Funds::kMatched);
  REQUIRE(desk.refused(LineAct::kUndo, desk.line) == Refusal::kNone);
  CHECK(desk.outcome(desk.line) == "no_case");
  CHECK(desk.record(desk.line).queued_at_ms() != 0);
  CHECK(desk.funds(2) == Funds::kExpected);
  CHECK(desk.moved(2) == 0);
  CHECK(desk.suspense() == kBalance);
  CHECK(desk.told() == 0);
  CHECK(desk.refused(LineAct::kUndo, desk.line) == Refusal::kBankLineNotDecided);
  desk.match_by_hand(1);
  CHECK(desk.funds(1) == Funds::kMatched);
  CHECK(desk.suspense() == 0);
  CHECK(desk.site.ledger_sum() == 0);
}

TEST_CASE("money that found the wrong case by itself leaves it, and is matched by hand") {
  Desk desk;
  const bool credited = GENERATE(false, true);
  CHECK(desk.import(desk.line_of(1, "B1")) == "matched");
  const std::string wrong = desk.results[0].line_id();
  if (credited) desk.credit();
  REQUIRE(desk.refused(LineAct::kUndo, wrong) == Refusal::kNone);
  CHECK(desk.outcome(wrong) == "not_expected");
  CHECK(desk.record(wrong).queued_at_ms() != 0);
  CHECK(desk.moved(1) == 0);
  CHECK(desk.suspense() == 2 * kBalance);
  CHECK(desk.told() == (credited ? 1 : 0));
  desk.site.wake();  // it does not go where it was
  CHECK(desk.moved(1) == 0);
  CHECK(desk.refused(LineAct::kUndo, wrong) == Refusal::kBankLineNotDecided);
  const SettleLineCommand right = {
      desk.digest(wrong), LineAct::kMatch, {{case_number(2), Fen{kBalance}}}, "asked", {}};
  REQUIRE_FALSE(desk.site.decide(right).rejection);
  CHECK(desk.funds(2) == Funds::kMatched);
  CHECK(desk.import(desk.line_of(1, "B1")) == "duplicate, matched_by_hand");
  CHECK(desk.site.ledger_sum() == 0);
}

TEST_CASE("of money that differs the line that is another case's leaves, and the rest is right") {
  Desk desk;
  CHECK(desk.import(desk.line_of(1, "B1")) == "matched");
  const std::string first = desk.results[0].line_id();
  CHECK(desk.import(desk.line_of(1, "B2")) == "amount_differs");
  const std::string second = desk.results[0].line_id();
  const bool later = GENERATE(true, false);
  const std::string& gone = later ? second : first;
  REQUIRE(desk.refused(LineAct::kUndo, gone) == Refusal::kNone);
  CHECK(desk.outcome(gone) == "not_expected");
  CHECK(desk.outcome(later ? first : second) == "matched");
  CHECK(desk.funds(1) == Funds::kMatched);
  CHECK(desk.moved(1) == kBalance);
  CHECK(desk.site.ledger_sum() == 0);
}

TEST_CASE("money that was credited leaves its case with a difference that is told") {
  Desk desk;
  desk.match_by_hand();
  desk.credit();
  REQUIRE(desk.refused(LineAct::kUndo, desk.line) == Refusal::kNone);
  CHECK(desk.moved(1) == 0);
  CHECK(desk.site.subject(case_number(1)).credited.value == 0);
  CHECK(desk.told() == 1);
  CHECK(desk.suspense() == kBalance);
  CHECK(desk.site.ledger_sum() == 0);
}

TEST_CASE("money of a closed case leaves it only after the case was opened again") {
  Desk desk;
  desk.match_by_hand();
  desk.credit();
  REQUIRE_FALSE(desk.site.act(EventKind::kClose, case_number(1)).rejection);
  CHECK(desk.refused(LineAct::kUndo, desk.line) == Refusal::kBankLineCaseClosed);
  CHECK(desk.moved(1) == kBalance);
}

TEST_CASE("money that a case no longer has is not taken from it") {
  Desk desk;
  desk.match_by_hand();
  v1::BankLine reversal = bank_line("", -kBalance, "R9");
  const std::string debit = desk.bring(reversal);
  const SettleLineCommand of = {
      desk.digest(debit), LineAct::kMatch, {{case_number(1), Fen{kBalance}}}, "asked", {}};
  REQUIRE_FALSE(desk.site.decide(of).rejection);
  REQUIRE(desk.moved(1) == 0);
  CHECK(desk.refused(LineAct::kUndo, desk.line) == Refusal::kBankLineMoneyGone);
}

TEST_CASE("a line that was set aside comes back to its queue") {
  Desk desk;
  REQUIRE(desk.refused(LineAct::kSetAside, desk.line) == Refusal::kNone);
  CHECK(desk.record(desk.line).queued_at_ms() == 0);
  CHECK(desk.suspense() == kBalance);
  REQUIRE(desk.refused(LineAct::kUndo, desk.line) == Refusal::kNone);
  CHECK(desk.outcome(desk.line) == "no_case");
  CHECK(desk.record(desk.line).queued_at_ms() != 0);
  CHECK(desk.suspense() == kBalance);
}

TEST_CASE("a line that was booked twice is void when two people say that it is the other") {
  Desk desk;
  CHECK(desk.import(desk.line_of(1, "B1")) == "matched");
  const std::string first = desk.results[0].line_id();
  CHECK(desk.import(desk.line_of(1, "B2")) == "amount_differs");
  const std::string second = desk.results[0].line_id();
  REQUIRE(desk.moved(1) == 2 * kBalance);
  CHECK(desk.refused(LineAct::kSame, second) == Refusal::kBankLineUnknown);  // as which?
  const SettleLineCommand same = {
      desk.digest(second), LineAct::kSame, {}, "the bank says so", desk.digest(first)};
  REQUIRE_FALSE(desk.site.decide(same).rejection);
  CHECK(desk.outcome(second) == "reported_again");
  CHECK(desk.moved(1) == kBalance);
  CHECK(desk.funds(1) == Funds::kMatched);
  CHECK(desk.import(desk.line_of(1, "B2")) == "duplicate, reported_again");
  SECTION("and that was wrong") {
    REQUIRE(desk.refused(LineAct::kUndo, second) == Refusal::kNone);
    CHECK(desk.moved(1) == 2 * kBalance);
  }
  SECTION("a reversal is not of the void line") {
    v1::BankLine reversal = desk.line_of(1, "B3");
    reversal.set_amount_fen(-kBalance);
    reversal.set_reversal(true);
    CHECK(desk.import(reversal) == "reversed");
    CHECK(desk.moved(1) == 0);
    CHECK(desk.outcome(first) == "reversed");
  }
  CHECK(desk.site.ledger_sum() == 0);
}

TEST_CASE("a line that may be one that is void by now is the one that that stands for") {
  Desk desk;
  v1::BankLine first = bank_line(desk.site.subject(case_number(1)).letter_number, kBalance, "R2");
  const std::string known = desk.bring(first);
  v1::BankLine second = first;
  second.set_booked_on(first.booked_on() + 1);
  const std::string again = desk.bring(second);
  REQUIRE(desk.outcome(again) == "may_repeat");
  second.set_counterparty_account("35001600000000000002");
  const std::string third = desk.bring(second);
  REQUIRE(desk.outcome(third) == "may_repeat");
  REQUIRE(desk.record(third).may_repeat() == view(desk.digest(again)));

  REQUIRE(desk.refused(LineAct::kSame, again) == Refusal::kNone);
  CHECK(desk.refused(LineAct::kSame, third) == Refusal::kNone);
  CHECK(desk.outcome(third) == "reported_again");
  CHECK(desk.record(third).may_repeat() == view(desk.digest(known)));
}

TEST_CASE("a line that may be known is placed as any other if it is another booking") {
  Desk desk;
  CHECK(desk.import(desk.line_of(1, "B1")) == "matched");
  v1::BankLine later = desk.line_of(1, "B1");
  later.set_booked_on(20261121);
  CHECK(desk.import(later) == "may_repeat");
  const std::string id = desk.results[0].line_id();
  SECTION("it is") {
    REQUIRE(desk.refused(LineAct::kAnother, id) == Refusal::kNone);
    CHECK(desk.outcome(id) == "amount_differs");
    CHECK(desk.moved(1) == 2 * kBalance);
  }
  SECTION("it is not, and that was wrong") {
    REQUIRE(desk.refused(LineAct::kSame, id) == Refusal::kNone);
    CHECK(desk.suspense() == kBalance);  // the desk's own line
    REQUIRE(desk.refused(LineAct::kUndo, id) == Refusal::kNone);
    CHECK(desk.outcome(id) == "may_repeat");
    CHECK(desk.suspense() == 2 * kBalance);
  }
  SECTION("set aside, its money stays in suspense") {
    REQUIRE(desk.refused(LineAct::kSetAside, id) == Refusal::kNone);
    CHECK(desk.suspense() == 2 * kBalance);
  }
  CHECK(desk.refused(LineAct::kAnother, desk.line) == Refusal::kBankLineNotUnsure);
  CHECK(desk.refused(LineAct::kSame, desk.line, "") == Refusal::kInputMissing);
  CHECK(desk.site.ledger_sum() == 0);
}

TEST_CASE("a line of a payment of ours is neither void nor undone") {
  Payer payer(1);
  payer.pay();
  v1::BankLine debit = bank_line("", -kBalance, "D1");
  debit.set_end_to_end_id(payer.payment(1));
  const auto paid = payer.site.bank({debit, debit}).bank;
  CHECK(paid.results(0).outcome() == "paid_out");
  const Digest first = *to_array<32>(*from_hex(paid.results(0).line_id()));
  const Digest second = *to_array<32>(*from_hex(paid.results(1).line_id()));
  const Answer same = payer.site.decide({second, LineAct::kSame, {}, "one booking", first});
  REQUIRE(same.rejection);
  CHECK(same.rejection->refusal == Refusal::kBankLineOfPayment);
}

TEST_CASE("a credit that names a case that pays waits for the word of who got the money") {
  Payer payer(1);
  payer.pay();
  payer.hear(1, EventKind::kFundsAckIn);
  const std::string letter = payer.site.subject(Payer::id(1)).letter_number;
  const auto credit = [&](const std::string& number) {
    return payer.site.bank({bank_line(letter, kBalance, number)}).bank.results(0);
  };
  const v1::BankLineResult line = credit("1");
  CHECK(line.outcome() == "may_be_sent_back");
  CHECK(payer.site.subject(Payer::id(1)).returned.value == 0);
  CHECK(payer.site.balance(out_site(), LedgerAccount::kSuspense) == -kBalance);
  SECTION("which comes") {
    payer.hear(1, EventKind::kFundsReturnedIn);
    payer.site.wake();
    payer.site.commit();
    const Case after = payer.site.subject(Payer::id(1));
    CHECK(after.returned.value == kBalance);
    CHECK(payer.site.balance(out_site(), LedgerAccount::kSuspense) == 0);
    CHECK(credit("2").outcome() == "may_be_sent_back");  // said once
  }
  SECTION("which does not, and two people match it") {
    const Digest id = *to_array<32>(*from_hex(line.line_id()));
    const Answer matched =
        payer.site.decide({id, LineAct::kMatch, {{Payer::id(1), Fen{kBalance}}}, "asked", {}});
    CHECK_FALSE(matched.rejection);
    CHECK(payer.site.subject(Payer::id(1)).returned.value == kBalance);
  }
  CHECK(payer.site.ledger_sum() == 0);
}

}  // namespace line_acts_test
