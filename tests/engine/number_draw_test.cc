// Numbers are drawn once, whatever was forgotten between two runs.
#include "daemon/engine/number_draw.h"

#include <catch2/catch.hpp>

#include "storage/memory/memory_numbers.h"

namespace jiexu::number_draw_test {
namespace {

constexpr Date kDay{2026, 11, 20};
constexpr uint32_t kMax = 99'999;

struct Run {
  explicit Run(MemoryNumbers& numbers, uint32_t max = kMax)
      : draw(numbers, NumberKind::kLetter, max) {}
  uint32_t next(Date day = kDay) {
    const auto number = draw.at_least(day, last + 1);
    REQUIRE(number);
    last = *number;
    return *number;
  }
  NumberDraw draw;
  uint32_t last = 0;  // what the store remembers
};

}  // namespace

TEST_CASE("numbers of a run follow each other; each is reserved before it is given") {
  MemoryNumbers numbers;
  Run run(numbers);
  for (uint32_t n = 1; n <= 1'000; ++n) {
    REQUIRE(run.next() == n);
    REQUIRE(numbers.reserved(NumberKind::kLetter, kDay) >= n);
  }
}

TEST_CASE("no run gives a number of an earlier one, though the store has forgotten all of them") {
  MemoryNumbers numbers;
  uint32_t greatest = 0;
  for (int restart = 0; restart < 50; ++restart) {
    Run run(numbers);  // from 1, says the store
    for (int n = 0; n < 20; ++n) {
      const uint32_t number = run.next();
      REQUIRE(number > greatest);
      greatest = number;
    }
  }
}

TEST_CASE("restarts alone do not use a day up, and each of its last numbers is given") {
  MemoryNumbers numbers;
  for (int restart = 0; restart < 1'500; ++restart) REQUIRE(Run(numbers).next() != 0);
  Run run(numbers, 20);
  MemoryNumbers few;
  Run last(few, 20);
  for (uint32_t n = 1; n <= 20; ++n) REQUIRE(last.next() == n);
  CHECK(last.draw.at_least(kDay, 21).value() == 0);
  CHECK(Run(few, 20).next() == 0);
  CHECK(Run(few, 20).next({2026, 11, 21}) == 1);
}

TEST_CASE("after a loss numbers go on behind the block, and not below the number that was said") {
  MemoryNumbers numbers;
  Run run(numbers);
  CHECK(run.next() == 1);
  run.draw.skip(kDay, 0);
  const uint32_t behind = numbers.reserved(NumberKind::kLetter, kDay) + 1;
  CHECK(run.next() == behind);
  run.draw.skip(kDay, 12'345);
  CHECK(run.draw.has_skipped());
  REQUIRE(run.draw.keep_skip());
  CHECK_FALSE(run.draw.has_skipped());
  CHECK(Run(numbers).next() == 12'345);  // also after a restart
  CHECK(run.next({2026, 11, 21}) != 12'346);
}

TEST_CASE("a skip past the end of the day leaves it without numbers") {
  MemoryNumbers numbers;
  Run run(numbers);
  run.draw.skip(kDay, kMax + 5);
  REQUIRE(run.draw.keep_skip());
  CHECK(run.next() == 0);
  CHECK(Run(numbers).next() == 0);
}

}  // namespace jiexu::number_draw_test
