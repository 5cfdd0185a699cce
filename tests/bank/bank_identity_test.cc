// Lines that are alike: which are the same booking told again, which are another one, and which
// wait for a person.
#include <catch2/catch.hpp>

#include "daemon/bank/bank_queries.h"
#include "tests/agency/payer.h"
#include "tests/bank/fund.h"

using namespace jiexu;

namespace bank_identity_test {
namespace {

using Outcomes = std::vector<std::string>;

}  // namespace

TEST_CASE("details of an entry that all bear its reference are each a booking") {
  Fund fund(2);
  CHECK(fund.import({fund.line(1), fund.line(2)}) == Outcomes{"matched", "matched"});
  CHECK(fund.funds(1) == Funds::kMatched);
  CHECK(fund.funds(2) == Funds::kMatched);
}

TEST_CASE("a bank's number that begins anew each day, or with each page, hides no money") {
  Fund fund(2);
  CHECK(fund.import(fund.line(1)) == "matched");
  v1::BankLine other = fund.line(2);
  SECTION("on another day") {
    other.set_booked_on(20261121);
  }
  SECTION("on the same day") {}
  CHECK(fund.import(other) == "matched");
  CHECK(fund.import(other) == "duplicate, matched");
  CHECK(fund.import(fund.line(1)) == "duplicate, matched");
  CHECK(fund.moved(1) == kBalance);
  CHECK(fund.moved(2) == kBalance);
}

TEST_CASE("one booking is one, however its payer is written") {
  Fund fund(1);
  v1::BankLine line = fund.line(1);
  CHECK(fund.import(line) == "matched");
  line.set_counterparty_name("ORIGIN FUND");
  CHECK(fund.import(line) == "duplicate, matched");
  line.clear_counterparty_name();
  line.clear_counterparty_account();
  CHECK(fund.import(line) == "duplicate, matched");
  CHECK(fund.moved(1) == kBalance);
}

TEST_CASE("a payer that only the later of two reports names makes no second booking") {
  Fund fund(1);
  v1::BankLine without = fund.line(1);
  without.clear_counterparty_name();
  without.clear_counterparty_account();
  CHECK(fund.import(without) == "matched");
  CHECK(fund.import(fund.line(1)) == "duplicate, matched");
  CHECK(fund.moved(1) == kBalance);
}

TEST_CASE("equal lines of one file are bookings; of another file as many are known as are here") {
  Fund fund(1);
  const v1::BankLine stranger = bank_line("nothing", 700, "R1");
  fund.import_file("first", {stranger, stranger});
  CHECK(fund.count("first", BankOutcome::kNoCase) == 2);
  CHECK(fund.suspense() == 1400);
  fund.import_file("second", {stranger});
  CHECK(fund.count("second", BankOutcome::kDuplicate) == 1);
  fund.import_file("third", {stranger, stranger, stranger});
  CHECK(fund.count("third", BankOutcome::kDuplicate) == 2);
  CHECK(fund.count("third", BankOutcome::kNoCase) == 1);
  CHECK(fund.suspense() == 2100);
  const auto before = fund.site.contents();
  fund.import_file("third", {stranger, stranger, stranger});
  CHECK(fund.site.contents() == before);
}

TEST_CASE("a file of more equal lines than one commit books counts them all") {
  Fund fund(1);
  const v1::BankLine stranger = bank_line("nothing", 1, "R1");
  const std::vector<v1::BankLine> lines(20, stranger);
  fund.import_file("first", lines);
  CHECK(fund.suspense() == 20);
  fund.import_file("second", lines);
  CHECK(fund.count("second", BankOutcome::kDuplicate) == 20);
  CHECK(fund.suspense() == 20);
}

TEST_CASE("lines that are entered together are each a booking; entered again, they are known") {
  Fund fund(1);
  const v1::BankLine stranger = bank_line("nothing", 700, "R1");
  CHECK(fund.import({stranger, stranger}) == Outcomes{"no_case", "no_case"});
  CHECK(fund.results[0].line_id() != fund.results[1].line_id());
  CHECK(fund.import({stranger, stranger}) == Outcomes{"duplicate, no_case", "duplicate, no_case"});
  CHECK(fund.suspense() == 1400);
}

TEST_CASE("a line of the same number and letter, booked on another day, waits for a person") {
  Fund fund(1);
  CHECK(fund.import(fund.line(1)) == "matched");
  const std::string first = fund.results[0].line_id();
  v1::BankLine later = fund.line(1);
  later.set_booked_on(20261121);
  CHECK(fund.import(later) == "may_repeat");
  const std::string id = fund.results[0].line_id();
  CHECK(fund.results[0].case_id() == case_number(1).str());
  CHECK(to_hex(fund.record(id).may_repeat()) == first);
  CHECK(fund.record(id).queued_at_ms() != 0);
  CHECK(fund.suspense() == kBalance);
  CHECK(fund.moved(1) == kBalance);
  SECTION("that it is the same booking takes it out of suspense") {
    REQUIRE_FALSE(fund.decide(id, LineAct::kSame).rejection);
    CHECK(fund.suspense() == 0);
    CHECK(fund.moved(1) == kBalance);
    CHECK(fund.record(id).settled_by() == "clerk, reviewer");
  }
  SECTION("that it is another one brings it to the case") {
    REQUIRE_FALSE(fund.decide(id, LineAct::kMatch, {{case_number(1), Fen{kBalance}}}).rejection);
    CHECK(fund.suspense() == 0);
    CHECK(fund.moved(1) == 2 * kBalance);
  }
  CHECK(fund.record(id).queued_at_ms() == 0);
  CHECK(fund.import(later).starts_with("duplicate, "));
  CHECK(fund.site.ledger_sum() == 0);
}

TEST_CASE("a line that an older version has booked under its five fields is known") {
  Fund fund(1);
  v1::BankLineRecord old;
  *old.mutable_line() = bank_line("nothing", 700, "R1");
  old.set_outcome(static_cast<uint32_t>(BankOutcome::kSetAside));
  old.set_settled_by("clerk");
  Batch batch;
  Records(*fund.site.store, *fund.site.vault)
      .put_message(batch, Family::kFunds, layout::bank_line_key(old_digest_of(old.line())), old);
  REQUIRE(fund.site.store->commit(batch));
  fund.site.restart();
  CHECK(fund.import({old.line(), old.line()}) == Outcomes{"duplicate, set_aside", "no_case"});
  v1::BankLine tomorrow = old.line();
  tomorrow.set_booked_on(20261121);
  CHECK(fund.import(tomorrow) == "no_case");
}

TEST_CASE("equal debits under one reference pay the payments that their EndToEndIds name") {
  Payer payer(2);
  payer.pay();
  std::vector<v1::BankLine> debits;
  for (int n = 1; n <= 2; ++n) {
    v1::BankLine debit = bank_line("", -kBalance, "DB3");
    debit.set_end_to_end_id(payer.payment(n));
    debits.push_back(debit);
  }
  const Answer answer = payer.site.bank(debits);
  CHECK(answer.bank.results(0).outcome() == "paid_out");
  CHECK(answer.bank.results(1).outcome() == "paid_out");
  for (int n = 1; n <= 2; ++n) CHECK(payer.state(n) == "paid");
  CHECK(payer.site.bank({debits[1]}).bank.results(0).outcome() == "duplicate, paid_out");
}

TEST_CASE("without a number of the bank's, what is all the same waits, and another text does not") {
  Fund fund(1);
  const auto numbered = [&](const std::string& number, const std::string& text) {
    v1::BankLine line = bank_line(text, 700, number);
    line.set_made_number(true);
    return line;
  };
  CHECK(fund.import(numbered("S1#1", "rent")) == "no_case");
  const std::string first = fund.results[0].line_id();
  CHECK(fund.import(numbered("S2#5", "wages")) == "no_case");
  SECTION("another statement with the same line") {
    CHECK(fund.import(numbered("S2#1", "rent")) == "may_repeat");
    CHECK(to_hex(fund.record(fund.results[0].line_id()).may_repeat()) == first);
    CHECK(fund.suspense() == 2100);
  }
  SECTION("one that has a number") {
    CHECK(fund.import(bank_line("rent", 700, "R7")) == "may_repeat");
    CHECK(fund.import(bank_line("rent", 700, "R7")).starts_with("duplicate, may_repeat"));
  }
  SECTION("of two equal lines the first may be known, the other is not") {
    const auto two = fund.import({numbered("S2#1", "rent"), numbered("S2#2", "rent")});
    CHECK(two == Outcomes{"may_repeat", "no_case"});
  }
  CHECK(fund.site.ledger_sum() == 0);
}

TEST_CASE("a booking day that one side alone gives makes a line wait") {
  Fund fund(1);
  CHECK(fund.import(fund.line(1)) == "matched");
  v1::BankLine undated = fund.line(1);
  undated.set_made_day(true);
  CHECK(fund.import(undated) == "may_repeat");
  CHECK(fund.moved(1) == kBalance);
  CHECK(fund.import(undated) == "duplicate, may_repeat");
}

TEST_CASE("an entry and its details are one booking, and the details stay") {
  Fund fund(2);
  v1::BankLine whole = bank_line("", 2 * kBalance, "E1");
  std::vector<v1::BankLine> parts = {fund.line(1), fund.line(2)};
  for (size_t i = 0; i < parts.size(); ++i) {
    parts[i].set_host_sequence("E1/" + std::to_string(i + 1));
    parts[i].set_entry_reference("E1");
    parts[i].set_entry_fen(2 * kBalance);
  }
  const Outcomes again = {"duplicate, matched", "duplicate, matched"};
  SECTION("the details first") {
    CHECK(fund.import(parts) == Outcomes{"matched", "matched"});
    CHECK(fund.import(whole) == "duplicate, matched");
    CHECK(fund.import({whole, whole}) == Outcomes{"duplicate, matched", "no_case"});
    CHECK(fund.suspense() == 2 * kBalance);
  }
  SECTION("the entry first") {
    CHECK(fund.import(whole) == "no_case");
    const std::string id = fund.results[0].line_id();
    CHECK(fund.import(parts) == Outcomes{"matched", "matched"});
    CHECK(fund.suspense() == 0);
    CHECK(fund.outcome(id) == "reported_again");
    CHECK(fund.import(whole) == "duplicate, reported_again");
  }
  SECTION("the entry first, and a person has matched it") {
    CHECK(fund.import(whole) == "no_case");
    const std::string id = fund.results[0].line_id();
    const Fen half{kBalance};
    REQUIRE_FALSE(fund.decide(id, LineAct::kMatch, {{case_number(1), half}, {case_number(2), half}})
                      .rejection);
    const Outcomes by_hand = {"duplicate, matched_by_hand", "duplicate, matched_by_hand"};
    CHECK(fund.import(parts) == by_hand);
    CHECK(fund.suspense() == 0);
  }
  SECTION("the entry first, and it names the letter of one part, whose case then has all of it") {
    whole.set_remark(parts[0].remark());
    CHECK(fund.import(whole) == "amount_differs");
    const std::string id = fund.results[0].line_id();
    CHECK(fund.moved(1) == 2 * kBalance);
    CHECK(fund.import(parts) == Outcomes{"matched", "matched"});
    CHECK(fund.outcome(id) == "reported_again");
    CHECK(fund.suspense() == 0);
  }
  SECTION("another entry of the same number and another sum") {
    CHECK(fund.import(parts) == Outcomes{"matched", "matched"});
    whole.set_amount_fen(3 * kBalance);
    CHECK(fund.import(whole) == "no_case");
  }
  CHECK(fund.import(parts).size() == 2);
  CHECK(fund.moved(1) == kBalance);
  CHECK(fund.moved(2) == kBalance);
  CHECK(fund.site.ledger_sum() == 0);
}

TEST_CASE("each line of a file has its place, also one that is known") {
  Fund fund(1);
  v1::BankLine spelled = fund.line(1);
  spelled.set_counterparty_name("ORIGIN FUND");
  fund.import_file("first", {fund.line(1)});
  fund.import_file("second", {spelled, bank_line("nothing", 700, "R2")});
  const auto page = list_file_lines(fund.site.records(), sha256(std::string("second")), {}, 10);
  REQUIRE(page);
  REQUIRE(page->lines.size() == 2);
  const FileLineEntry& known = page->lines[0];
  CHECK(known.place.repeated());
  CHECK(known.place.line().counterparty_name() == "ORIGIN FUND");
  REQUIRE(known.line);
  CHECK(known.line->record.outcome() == static_cast<uint32_t>(BankOutcome::kMatched));
  CHECK_FALSE(page->lines[1].place.repeated());
  CHECK(page->lines[1].line->record.line().host_sequence() == "R2");
}

TEST_CASE("lines of all times are found by what they say") {
  Fund fund(1);
  fund.import(fund.line(1));
  fund.import(bank_line("rent of the house", 700, "R2"));
  const auto found = [&](LineFilter filter) {
    const auto lines = find_lines(fund.site.records(), filter, {}, 10);
    REQUIRE(lines);
    CHECK_FALSE(lines->next);
    return lines->lines.size();
  };
  const int32_t day = fund.line(1).booked_on();
  CHECK(found({}) == 2);
  CHECK(found({BankOutcome::kMatched, {}, {}, "", "", ""}) == 1);
  CHECK(found({{}, 700, day, "", "house", ""}) == 1);
  CHECK(found({{}, 701, {}, "", "", ""}) == 0);
  CHECK(found({{}, {}, 20200101, "", "", ""}) == 0);
  CHECK(found({{}, {}, {}, "nobody", "", ""}) == 0);
  const std::string id = *from_hex(fund.results[0].line_id());
  CHECK(found({{}, {}, {}, "", "", id.substr(0, 8)}) == 1);
}

}  // namespace bank_identity_test
