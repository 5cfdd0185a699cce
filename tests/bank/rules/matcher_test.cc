#include <catch2/catch.hpp>

#include "tests/bank/rules/memory_book.h"

using namespace jiexu;

namespace matcher_test {
namespace {

const AgencyId kIn = *AgencyId::parse("S35050000101");
const AgencyId kOut = *AgencyId::parse("S41132810207");
const AgencyId kOther = *AgencyId::parse("S41132810208");

std::string letter(uint32_t sequence) {
  return LetterNumber::make(kIn, {2026, 11, 20}, sequence)->text();
}

std::string batch_number(uint32_t sequence) {
  return BatchNumber::make(kOut, {2026, 11, 20}, sequence)->text();
}

CaseId id(uint8_t n) {
  return *CaseId::from_bytes(std::string(15, '\1') + static_cast<char>(n));
}

ExpectedCase expected(uint8_t n, int64_t missing) {
  return {id(n), kOut, true, true, Fen{missing}};
}

// A book with letters 1, 2, 3 that miss 100, 200, 300 fen and a batch of the three.
struct Office {
  MemoryBook book;
  ExpectedBatch batch{kOut, 3, Fen{600}, {{id(1), Fen{100}}, {id(2), Fen{200}}, {id(3), Fen{300}}}};

  Office() {
    for (uint8_t n = 1; n <= 3; ++n) book.add(letter(n), expected(n, 100 * n));
    book.add(batch_number(1), batch);
    book.add_owner("6100", kOut);
    book.add_owner("6101", kOther);
  }
  BankMatch line(const std::string& remark, int64_t amount, const std::string& from = "6100",
                 const std::string& end_to_end = "") {
    v1::BankLine line;
    line.set_remark(remark);
    line.set_amount_fen(amount);
    line.set_counterparty_account(from);
    line.set_end_to_end_id(end_to_end);
    return *match_line(line, book);
  }
  BankMatch batch_line(const ExpectedBatch& changed, int64_t amount) {
    book.add(batch_number(1), changed);
    return line(batch_number(1), amount);
  }
};

}  // namespace

TEST_CASE("a line of what its case misses, to the fen, is matched") {
  Office office;
  const BankMatch match = office.line("转移 " + letter(2), 200);
  CHECK(match.outcome == BankOutcome::kMatched);
  CHECK(match.evidence == Evidence::kLetterNumber);
  CHECK(match.to == std::vector<Allocation>{{id(2), Fen{200}}});
}

TEST_CASE("one fen more or less differs and stays with its case (X23)") {
  Office office;
  for (const int64_t amount : {199, 201}) {
    const BankMatch match = office.line(letter(2), amount);
    CHECK(match.outcome == BankOutcome::kAmountDiffers);
    CHECK(match.to == std::vector<Allocation>{{id(2), Fen{amount}}});
  }
}

TEST_CASE("money before its form is early and stays with its case (X24)") {
  Office office;
  ExpectedCase early = expected(2, 0);
  early.form_known = false;
  office.book.add(letter(2), early);
  CHECK(office.line(letter(2), 200).outcome == BankOutcome::kEarly);
  CHECK(office.line(letter(2), 200).to.size() == 1);
}

TEST_CASE("one transfer for a batch is shared out by the notices (X26)") {
  Office office;
  const BankMatch match = office.line("划转 " + batch_number(1), 600);
  CHECK(match.outcome == BankOutcome::kMatched);
  CHECK(match.evidence == Evidence::kBatchNumber);
  CHECK(match.to == office.batch.noticed);
  CHECK(match.settles_batch);
}

TEST_CASE("a batch waits until all its notices are here") {
  Office office;
  ExpectedBatch batch = office.batch;
  batch.noticed.pop_back();
  const BankMatch match = office.batch_line(batch, 600);
  CHECK(match.outcome == BankOutcome::kEarly);
  CHECK(match.to.empty());
  CHECK(match.batch == batch_number(1));
}

TEST_CASE("several transfers for a batch wait until they are all here (X28)") {
  Office office;
  CHECK(office.line(batch_number(1), 250).outcome == BankOutcome::kEarly);
  ExpectedBatch batch = office.batch;
  batch.waiting = Fen{250};
  const BankMatch match = office.batch_line(batch, 350);
  CHECK(match.outcome == BankOutcome::kMatched);
  CHECK(match.to == office.batch.noticed);
}

TEST_CASE("a batch whose total, notices or transfers disagree is held as a whole (X27)") {
  Office office;
  CHECK(office.line(batch_number(1), 601).outcome == BankOutcome::kBatchDiffers);
  ExpectedBatch batch = office.batch;
  batch.noticed[0].amount = Fen{99};
  CHECK(office.batch_line(batch, 600).outcome == BankOutcome::kBatchDiffers);
  batch.noticed[0].amount = Fen{101};
  CHECK(office.batch_line(batch, 600).outcome == BankOutcome::kBatchDiffers);
  batch = office.batch;
  batch.lines = 2;
  CHECK(office.batch_line(batch, 600).outcome == BankOutcome::kBatchDiffers);
  CHECK(office.batch_line(batch, 600).to.empty());
}

TEST_CASE("a batch that was settled takes no more money") {
  Office office;
  ExpectedBatch batch = office.batch;
  batch.settled = true;
  CHECK(office.batch_line(batch, 600).outcome == BankOutcome::kNotExpected);
}

TEST_CASE("one transfer that names several letters is shared out if the sum agrees") {
  Office office;
  const BankMatch match = office.line(letter(1) + "," + letter(3), 400);
  CHECK(match.outcome == BankOutcome::kMatched);
  CHECK(match.to == std::vector<Allocation>{{id(1), Fen{100}}, {id(3), Fen{300}}});
  const BankMatch differs = office.line(letter(1) + "," + letter(3), 401);
  CHECK(differs.outcome == BankOutcome::kAmountDiffers);
  CHECK(differs.to.empty());
  CHECK(differs.proposals == std::vector<CaseId>{id(1), id(3)});
  CHECK(office.line(letter(1) + "," + letter(9), 100).outcome == BankOutcome::kUnknownReference);
}

TEST_CASE("the batch number counts before letter numbers, these before the EndToEndId") {
  Office office;
  CHECK(office.line(letter(1) + " " + batch_number(1), 600).evidence == Evidence::kBatchNumber);
  CHECK(office.line(letter(1), 100, "6100", letter(2) + "-1").to[0].id == id(1));
  const BankMatch by_id = office.line("", 200, "6100", letter(2) + "-1");
  CHECK(by_id.evidence == Evidence::kEndToEndId);
  CHECK(by_id.to[0].id == id(2));
  CHECK(office.line(letter(9), 200, "6100", letter(2) + "-1").evidence == Evidence::kEndToEndId);
}

TEST_CASE("amount and payer only propose") {
  Office office;
  const BankMatch match = office.line("利息", 300);
  CHECK(match.outcome == BankOutcome::kNoCase);
  CHECK(match.evidence == Evidence::kAmountAndPayer);
  CHECK(match.to.empty());
  CHECK(match.proposals == std::vector<CaseId>{id(3)});
  CHECK(office.line("利息", 301).evidence == Evidence::kNone);
  CHECK(office.line(letter(9), 300).outcome == BankOutcome::kUnknownReference);
}

TEST_CASE("money that another agency paid goes to no case by itself") {
  Office office;
  const BankMatch match = office.line(letter(1), 100, "6101");
  CHECK(match.outcome == BankOutcome::kForeignPayer);
  CHECK(match.to.empty());
  CHECK(match.proposals == std::vector<CaseId>{id(1)});
  CHECK(office.line(batch_number(1), 600, "6101").outcome == BankOutcome::kForeignPayer);
  CHECK(office.line(letter(1), 100, "9999").outcome == BankOutcome::kMatched);
  CHECK(office.line(letter(1), 100, "").outcome == BankOutcome::kMatched);
}

TEST_CASE("a letter number that a loss has given twice only proposes") {
  Office office;
  ExpectedCase one = expected(4, 400);
  one.namesake = id(5);
  office.book.add(letter(4), one);
  const BankMatch match = office.line(letter(4), 300);
  CHECK(match.outcome == BankOutcome::kUnknownReference);
  CHECK(match.to.empty());
  CHECK(match.proposals == std::vector{id(3)});  // the one that misses the amount
  const BankMatch other = office.line(letter(4), 301);
  CHECK(other.outcome == BankOutcome::kUnknownReference);
  CHECK(other.proposals == std::vector{id(4), id(5)});
  CHECK(office.line(letter(4) + " " + letter(3), 700).to.empty());
}

TEST_CASE("a case that is due nothing takes nothing") {
  Office office;
  ExpectedCase closed = expected(1, 0);
  closed.takes = false;
  office.book.add(letter(1), closed);
  const BankMatch match = office.line(letter(1), 100);
  CHECK(match.outcome == BankOutcome::kNotExpected);
  CHECK(match.to.empty());
}

TEST_CASE("whatever is allotted adds up to the line, or to the batch with what waited") {
  Office office;
  for (int64_t amount = 1; amount <= 700; ++amount) {
    for (const std::string& remark : {letter(1), letter(1) + " " + letter(2), batch_number(1)}) {
      const BankMatch match = office.line(remark, amount);
      if (match.to.empty()) continue;
      int64_t sum = 0;
      for (const Allocation& part : match.to) sum += part.amount.value;
      CHECK(sum == amount);
    }
  }
}

TEST_CASE("every outcome has a name of its own, and what waits says what to do") {
  for (const OutcomeRule& rule : outcome_rules()) {
    CHECK(find_outcome(rule.name) == &rule);
    CHECK(&rule_of(rule.outcome) == &rule);
    CHECK(rule.waits == !rule.what_to_do.empty());
  }
  CHECK(find_outcome("perhaps") == nullptr);
}

}  // namespace matcher_test
