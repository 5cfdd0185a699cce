// Lines that are alike: which are the same booking told again, which are another one, and which
// wait for a person.
#include <catch2/catch.hpp>

#include "daemon/trust/suite.h"
#include "storage/layout.h"
#include "tests/agency/payer.h"
#include "tests/agency/site.h"
#include "tests/cases/party.h"
#include "tests/rules/sample_forms.h"

using namespace jiexu;

namespace bank_identity_test {
namespace {

// A transfer-in agency with cases of different people whose forms are here.
struct Fund {
  explicit Fund(int cases) {
    for (int n = 1; n <= cases; ++n) open_case(n);
  }

  void open_case(int n) {
    v1::ActionInput input = sound_input(Case(), EventKind::kApply);
    make_another(n, *input.mutable_application()->mutable_person());
    REQUIRE_FALSE(site.act(EventKind::kApply, case_number(n), input).rejection);
    REQUIRE_FALSE(site.act(EventKind::kAccept, case_number(n)).rejection);
    REQUIRE_FALSE(site.act(EventKind::kSendLetter, case_number(n)).rejection);
    for (const EventKind kind : {EventKind::kLetterAcceptIn, EventKind::kInfoFormIn}) {
      v1::Message message = sound_message(site.subject(case_number(n)), kind);
      if (message.has_information_form()) {
        *message.mutable_information_form()->mutable_person() = site.subject(case_number(n)).person;
      }
      Forger(out_site(), site).deliver(message);
      site.commit();
    }
    REQUIRE(site.quarantine().empty());
  }

  // A credit of what case `n` is due, under the bank's number R1.
  v1::BankLine line(int n) const {
    return bank_line(site.subject(case_number(n)).letter_number, kBalance, "R1");
  }
  // The outcomes of lines that come together.
  std::vector<std::string> import(std::vector<v1::BankLine> lines) {
    const Answer answer = site.bank(std::move(lines));
    results.assign(answer.bank.results().begin(), answer.bank.results().end());
    std::vector<std::string> outcomes;
    for (const auto& result : results) outcomes.push_back(result.outcome());
    return outcomes;
  }
  std::string import(const v1::BankLine& line) { return import(std::vector{line})[0]; }
  // The same as a file of its own, over a restart of the daemon after each of its commits.
  void import_file(const std::string& name, const std::vector<v1::BankLine>& lines) {
    auto input = std::make_shared<v1::BankFileInput>();
    input->set_name(name);
    input->set_lines_total(lines.size());
    for (const v1::BankLine& line : lines) {
      *input->add_lines() = line;
      input->set_credited_fen(input->credited_fen() + line.amount_fen());
    }
    site.post(BankFileCommand{sha256(name), std::move(input)});
    do {
      site.commit();
      site.restart();
      site.wake();
    } while (site.commit());
  }
  uint64_t count(const std::string& file, BankOutcome outcome) const {
    const auto record = **site.records().get_message<v1::BankFileRecord>(
        Family::kFunds, layout::bank_file_key(sha256(file)));
    const auto at = static_cast<int>(outcome);
    return at < record.outcomes_size() ? record.outcomes(at) : 0;
  }
  v1::BankLineRecord record(const std::string& id) const {
    const Key key = layout::bank_line_key(*to_array<32>(*from_hex(id)));
    return **site.records().get_message<v1::BankLineRecord>(Family::kFunds, key);
  }
  Answer settle(const std::string& id, std::vector<Allocation> to) {
    site.post(SettleLineCommand{*to_array<32>(*from_hex(id)), std::move(to), "asked the bank"});
    site.commit();
    return site.answers.back();
  }
  Funds funds(int n) const { return site.subject(case_number(n)).funds; }
  int64_t moved(int n) const { return site.subject(case_number(n)).moved.value; }
  int64_t suspense() const { return -site.balance(in_site(), LedgerAccount::kSuspense); }

  Site site{in_site(), kNow};
  std::vector<v1::BankLineResult> results;
};

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
    REQUIRE_FALSE(fund.settle(id, {}).rejection);
    CHECK(fund.suspense() == 0);
    CHECK(fund.moved(1) == kBalance);
    CHECK(fund.record(id).settled_by() == "clerk");
  }
  SECTION("that it is another one brings it to the case") {
    REQUIRE_FALSE(fund.settle(id, {{case_number(1), Fen{kBalance}}}).rejection);
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

}  // namespace bank_identity_test
