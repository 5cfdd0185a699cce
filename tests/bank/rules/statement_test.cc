// What balances prove, and what they say of lines that are the same in two statements.
#include "daemon/bank/rules/statement.h"

#include <catch2/catch.hpp>

using namespace jiexu;

namespace statement_test {
namespace {

StatementFacts of(int64_t opening, int64_t sum, int64_t closing, int32_t day = 20261120) {
  StatementFacts facts;
  facts.sum = Fen{sum};
  facts.lines = 1;
  facts.opening = Fen{opening};
  facts.closing = Fen{closing};
  facts.opened_on = facts.closed_on = day;
  return facts;
}

}  // namespace

TEST_CASE("opening balance and lines give the closing balance, or two people look") {
  CHECK(prove(of(100, 50, 150)) == Proof::kProved);
  CHECK(prove(of(-100, 50, -50)) == Proof::kProved);
  CHECK(prove(of(100, 50, 151)) == Proof::kDiffers);
  CHECK(prove(of(INT64_MAX, 1, 0)) == Proof::kDiffers);
  StatementFacts open = of(100, 50, 0);
  open.closing.reset();
  CHECK(prove(open) == Proof::kUnproved);
  CHECK(prove({}) == Proof::kUnproved);
  StatementFacts damaged = of(100, 50, 160);
  damaged.without_amount = 1;
  CHECK(prove(damaged) == Proof::kUnproved);
  CHECK(name(Proof::kProved) == "proved");
  CHECK(name(Proof::kUnproved) == "unproved");
  CHECK(name(Proof::kDiffers) == "differs");
}

TEST_CASE("what lies between two statements is told") {
  CHECK(gap_between(of(0, 100, 100), of(100, 5, 105)) == Fen{});
  CHECK(gap_between(of(0, 100, 100), of(130, 5, 135)) == Fen{30});
  CHECK(gap_between(of(0, 100, 100), of(0, 5, 5)) == Fen{-100});
  CHECK_FALSE(gap_between({}, of(0, 5, 5)));
  CHECK_FALSE(gap_between(of(0, 5, 5), {}));
}

TEST_CASE("two statements are the same told again, or apart, or nobody knows") {
  const StatementFacts first = of(0, 100, 100);
  CHECK(relate(first, first) == Statements::kSame);
  CHECK(relate(first, of(100, 100, 200)) == Statements::kApart);
  CHECK(relate(of(100, 100, 200), first) == Statements::kApart);
  CHECK(relate(first, of(0, 200, 200)) == Statements::kUnknown);
  CHECK(relate(first, {}) == Statements::kUnknown);
  CHECK(relate(of(0, 0, 0), of(0, 0, 0)) == Statements::kUnknown);  // the same, and joins itself
  CHECK(relate(first, of(100, 100, 200, 20261119)) == Statements::kUnknown);
  CHECK(relate(first, of(0, 100, 100, 20261121)) == Statements::kUnknown);
  StatementFacts longer = first;
  longer.lines = 2;
  CHECK(relate(first, longer) == Statements::kUnknown);
}

}  // namespace statement_test
