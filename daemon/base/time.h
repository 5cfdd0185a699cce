// Time. Inside: UTC milliseconds, carried by every event, never read by the code that decides.
// At the edge: dates in China Standard Time, UTC+8 all year (no daylight saving since 1991).
#pragma once

#include <atomic>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "daemon/base/result.h"

namespace jiexu {

// A point in time, in milliseconds since 1970-01-01T00:00:00Z.
struct Instant {
  int64_t ms = 0;

  auto operator<=>(const Instant&) const = default;
  Instant plus_ms(int64_t delta) const { return {ms + delta}; }
  // RFC 3339 at +08:00 with milliseconds, such as 2026-09-18T09:30:00.000+08:00.
  std::string str() const;
};

// A point on a clock that nobody sets: it only goes forward, evenly. For patience and intervals;
// means nothing outside of this run.
struct Steady {
  int64_t ms = 0;

  auto operator<=>(const Steady&) const = default;
  Steady plus_ms(int64_t delta) const { return {ms + delta}; }
};

// Now, on both clocks: records and terms take the wall's time, timers of links the steady one,
// which a change of the wall clock neither delays nor hastens.
struct Moment {
  Instant wall;
  Steady steady;
};

// A civil date in China Standard Time.
struct Date {
  int16_t year = 1970;
  uint8_t month = 1;
  uint8_t day = 1;

  auto operator<=>(const Date&) const = default;
  // YYYY-MM-DD.
  std::string str() const;
  // As the number YYYYMMDD.
  int32_t yyyymmdd() const { return year * 10000 + month * 100 + day; }
  // nullopt unless `text` is YYYY-MM-DD and the day exists.
  static std::optional<Date> parse(std::string_view text);
  static std::optional<Date> from_yyyymmdd(int32_t number);
  // Days since 1970-01-01.
  int32_t days() const;
  static Date from_days(int32_t days);
};

// The date in China Standard Time on which `instant` falls.
Date date_of(Instant instant);

// The last millisecond of `date` in China Standard Time: a term ends at 24:00 of its last day
// (Civil Code art. 203).
Instant end_of(Date date);

// Source of time for the outer layers. Tests and the simulator bring their own.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual Instant now() const = 0;
  virtual Steady steady() const = 0;
  Moment moment() const { return {now(), steady()}; }
};

// The system's real-time clock, and the one that counts since the machine was started.
class SystemClock final : public Clock {
 public:
  Instant now() const override;
  Steady steady() const override;
};

// Whether a machine's clock can be right: error kInvalid, saying what it shows and what to do, for
// times outside of limits::kWallClockMsMin and kWallClockMsMax. The first is what a machine without
// a clock of its own shows, the last what no letter number can say.
Result<void> check_wall_clock(Instant now);

// A clock that never leaves those bounds: while `source` does, its time goes on from when it was
// last right, by the steady clock. So whatever is written meanwhile has a time that is nearly true,
// and nothing is decided by a time that cannot be. Threads: any.
class SoundClock final : public Clock {
 public:
  // `source` must outlive this clock. If it is wrong from the beginning, time begins at the bound.
  explicit SoundClock(const Clock& source);
  Instant now() const override;
  Steady steady() const override { return source_.steady(); }
  // What the source says, while that cannot be right.
  std::optional<Instant> wrong() const;

 private:
  const Clock& source_;
  mutable std::atomic<int64_t> ahead_ms_;  // of the steady clock, when the source was last right
};

}  // namespace jiexu
