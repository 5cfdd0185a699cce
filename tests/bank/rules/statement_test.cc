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

TEST_CASE("a statement that is told again is no gap, whatever its lines are then") {
  const StatementFacts first = of(0, 100, 100);
  CHECK(tells_again(first, first));
  CHECK(tells_again(first, of(0, 130, 130)));
  CHECK_FALSE(tells_again(first, of(0, 5, 5, 20261121)));
  CHECK_FALSE(tells_again(first, of(100, 5, 105)));
  CHECK_FALSE(tells_again(first, {}));
}

TEST_CASE("a gap is there until what is missing has come, in whatever order") {
  // Of the 3rd to the 6th nothing is here: 100 to 400.
  const std::vector<StatementGap> gap = {{Fen{100}, 20261102, Fen{400}, 20261107}};
  const StatementFacts third = of(100, 100, 200, 20261103);
  const StatementFacts fourth = of(200, 50, 250, 20261104);
  const StatementFacts fifth = of(250, 150, 400, 20261105);
  CHECK(fill_gaps(fill_gaps(fill_gaps(gap, third), fourth), fifth).empty());
  CHECK(fill_gaps(fill_gaps(fill_gaps(gap, fourth), fifth), third).empty());
  CHECK(fill_gaps(fill_gaps(fill_gaps(gap, fourth), third), fifth).empty());
  CHECK(fill_gaps(gap, fourth).size() == 2);
  CHECK(fills_gap(gap, fourth));
  CHECK_FALSE(fills_gap(gap, of(400, 5, 405, 20261108)));
  CHECK(fill_gaps(gap, of(400, 5, 405, 20261108)) == gap);
  CHECK(fill_gaps(gap, of(400, 5, 405, 20261107)) == gap);
  CHECK(fill_gaps(gap, of(50, 50, 100, 20261102)) == gap);  // what is before it, told again
  CHECK(fill_gaps(gap, {}) == gap);
  CHECK(fill_gaps(gap, of(900, 5, 905, 20270301)).empty());  // given up
}

TEST_CASE("without days a gap is filled by what joins one of its ends") {
  std::vector<StatementGap> gap = {{Fen{100}, 0, Fen{400}, 0}};
  CHECK(fill_gaps(gap, of(100, 300, 400, 0)).empty());
  CHECK(fill_gaps(gap, of(100, 50, 150, 0)) ==
        std::vector<StatementGap>{{Fen{150}, 0, Fen{400}, 0}});
  CHECK(fill_gaps(gap, of(7, 50, 57, 0)) == gap);
}

}  // namespace statement_test
