// What the machine's clock may say, and what becomes of time when it says something else.
#include <catch2/catch.hpp>

#include "daemon/base/limits.h"
#include "daemon/base/sleep_watch.h"
#include "daemon/base/time.h"

using namespace jiexu;
using Catch::Matchers::Contains;

namespace {

constexpr int64_t kHour = 3'600'000;

Instant noon(int year, int month, int day) {
  return end_of(
             {static_cast<int16_t>(year), static_cast<uint8_t>(month), static_cast<uint8_t>(day)})
      .plus_ms(-12 * kHour + 1);
}

class TestClock final : public Clock {
 public:
  Instant now() const override { return wall; }
  Steady steady() const override { return {steady_ms}; }

  Instant wall = noon(2026, 9, 18);
  int64_t steady_ms = 1000;
};

}  // namespace

TEST_CASE("a clock that cannot be right is refused in words, with what it shows") {
  for (const auto& [year, shown] :
       std::initializer_list<std::pair<int, const char*>>{{1970, "1970-01-01T"},
                                                          {2019, "2019-01-01T"},
                                                          {2099, "2099-01-01T"},
                                                          {2107, "2107-01-01T"},
                                                          {9999, "9999-01-01T"}}) {
    const auto judged = check_wall_clock(noon(year, 1, 1));
    REQUIRE_FALSE(judged);
    CHECK(judged.error().code == Errc::kInvalid);
    CHECK_THAT(judged.error().text, Contains(shown));
    CHECK_THAT(judged.error().text, Contains("set it"));
  }
  CHECK_FALSE(check_wall_clock({-1}));
  CHECK_FALSE(check_wall_clock({INT64_MAX / 1'000'000}));
}

TEST_CASE("the bounds of the clock are the first and the last day that are right") {
  CHECK(Instant{limits::kWallClockMsMin}.str() == "2020-01-01T00:00:00.000+08:00");
  CHECK(Instant{limits::kWallClockMsMax}.str() == "2098-12-31T23:59:59.999+08:00");
  CHECK(check_wall_clock({limits::kWallClockMsMin}));
  CHECK(check_wall_clock({limits::kWallClockMsMax}));
  CHECK_FALSE(check_wall_clock({limits::kWallClockMsMin - 1}));
  CHECK_FALSE(check_wall_clock({limits::kWallClockMsMax + 1}));
}

TEST_CASE("while the machine's clock is wrong, time goes on from when it was right") {
  TestClock machine;
  const SoundClock clock(machine);
  const Instant right = clock.now();
  CHECK(right == machine.wall);
  for (const Instant wrong : {Instant{0}, noon(2107, 5, 1), noon(9999, 12, 31), Instant{-1}}) {
    machine.wall = wrong;
    machine.steady_ms += kHour;
    CHECK(clock.now().ms == right.ms + machine.steady_ms - 1000);
    CHECK(clock.wrong() == wrong);
  }
  machine.wall = noon(2026, 9, 19);
  CHECK(clock.now() == machine.wall);
  CHECK_FALSE(clock.wrong());
}

TEST_CASE("a clock that is wrong from the beginning stays within the bounds") {
  TestClock machine;
  machine.wall = noon(1970, 1, 1);
  CHECK(SoundClock(machine).now().ms == limits::kWallClockMsMin);
  machine.wall = noon(9999, 1, 1);
  CHECK(SoundClock(machine).now().ms == limits::kWallClockMsMax);
}

TEST_CASE("a clock that is set forward or back within the bounds is believed") {
  TestClock machine;
  const SoundClock clock(machine);
  for (const Instant set : {noon(2028, 1, 1), noon(2021, 1, 1)}) {
    machine.wall = set;
    CHECK(clock.now() == set);
    CHECK_FALSE(clock.wrong());
  }
}

TEST_CASE("a process that was stopped has not waited for the disk meanwhile") {
  SleepWatch watch;
  const int64_t began = 10'000;  // a commit
  for (int64_t ms = 9'000; ms <= 12'000; ms += 1'000) CHECK(watch.come_round({ms}) == 0);
  CHECK(watch.patience_ms(2'000, {12'000}) == 2'000);
  CHECK(watch.come_round({52'000}) == 40'000);
  CHECK(watch.patience_ms(52'000 - began, {52'000}) == 0);
  // If the disk still does not answer, it is waited for as long as ever.
  for (int64_t ms = 53'000; ms <= 73'000; ms += 1'000) CHECK(watch.come_round({ms}) == 0);
  CHECK(watch.patience_ms(73'000 - began, {73'000}) == 21'000);
}
