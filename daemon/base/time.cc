#include "daemon/base/time.h"

#include <time.h>

#include <algorithm>
#include <chrono>
#include <cstdio>

#include "daemon/base/limits.h"

namespace jiexu {
namespace {

constexpr int64_t kDayMs = 24LL * 3600 * 1000;
constexpr int64_t kChinaOffsetMs = 8LL * 3600 * 1000;

int64_t floor_div(int64_t a, int64_t b) {
  return a / b - (a % b < 0 ? 1 : 0);
}

// Messages may name any time of 64 bits; what is beyond all calendars has no right date.
int64_t local_ms(Instant instant) {
  return instant.ms > INT64_MAX - kChinaOffsetMs ? instant.ms : instant.ms + kChinaOffsetMs;
}

bool can_be(Instant wall) {
  return wall.ms >= limits::kWallClockMsMin && wall.ms <= limits::kWallClockMsMax;
}

}  // namespace

int32_t Date::days() const {
  const std::chrono::year_month_day ymd{std::chrono::year(year), std::chrono::month(month),
                                        std::chrono::day(day)};
  return std::chrono::sys_days(ymd).time_since_epoch().count();
}

Date Date::from_days(int32_t days) {
  const std::chrono::year_month_day ymd{std::chrono::sys_days(std::chrono::days(days))};
  return {static_cast<int16_t>(static_cast<int>(ymd.year())),
          static_cast<uint8_t>(static_cast<unsigned>(ymd.month())),
          static_cast<uint8_t>(static_cast<unsigned>(ymd.day()))};
}

std::optional<Date> Date::from_yyyymmdd(int32_t number) {
  if (number < 10000101 || number > 99991231) return std::nullopt;
  const Date date{static_cast<int16_t>(number / 10000), static_cast<uint8_t>(number / 100 % 100),
                  static_cast<uint8_t>(number % 100)};
  const std::chrono::year_month_day ymd{std::chrono::year(date.year),
                                        std::chrono::month(date.month), std::chrono::day(date.day)};
  if (!ymd.ok()) return std::nullopt;
  return date;
}

std::optional<Date> Date::parse(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  int32_t number = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    if (i == 4 || i == 7) continue;
    if (text[i] < '0' || text[i] > '9') return std::nullopt;
    number = number * 10 + (text[i] - '0');
  }
  return from_yyyymmdd(number);
}

std::string Date::str() const {
  char out[16];
  std::snprintf(out, sizeof out, "%04d-%02d-%02d", year, month, day);
  return out;
}

Date date_of(Instant instant) {
  return Date::from_days(static_cast<int32_t>(floor_div(local_ms(instant), kDayMs)));
}

Instant end_of(Date date) {
  return {(date.days() + 1) * kDayMs - kChinaOffsetMs - 1};
}

std::string Instant::str() const {
  const int64_t local = local_ms(*this);
  const int64_t in_day = local - floor_div(local, kDayMs) * kDayMs;
  char out[64];
  std::snprintf(out, sizeof out, "%sT%02d:%02d:%02d.%03d+08:00", date_of(*this).str().c_str(),
                static_cast<int>(in_day / 3600000), static_cast<int>(in_day / 60000 % 60),
                static_cast<int>(in_day / 1000 % 60), static_cast<int>(in_day % 1000));
  return out;
}

Instant SystemClock::now() const {
  // Not by std::chrono, whose nanoseconds overflow in the year 2262, and come round to a time that
  // looks right.
  timespec now{};
  ::clock_gettime(CLOCK_REALTIME, &now);
  return {static_cast<int64_t>(now.tv_sec) * 1000 + now.tv_nsec / 1'000'000};
}

Steady SystemClock::steady() const {
  const auto since = std::chrono::steady_clock::now().time_since_epoch();
  return {std::chrono::duration_cast<std::chrono::milliseconds>(since).count()};
}

Result<void> check_wall_clock(Instant now) {
  if (can_be(now)) return {};
  return fail(Errc::kInvalid, "this machine's clock shows " + now.str() +
                                  ", which cannot be: it must be between 2020 and 2098, because "
                                  "letters and terms need the true date; set it (`timedatectl`)");
}

SoundClock::SoundClock(const Clock& source) : source_(source) {
  const int64_t now = std::clamp(source.now().ms, limits::kWallClockMsMin, limits::kWallClockMsMax);
  ahead_ms_ = now - source.steady().ms;
}

Instant SoundClock::now() const {
  const Instant shown = source_.now();
  const int64_t steady = source_.steady().ms;
  if (!can_be(shown)) return {steady + ahead_ms_.load(std::memory_order_relaxed)};
  ahead_ms_.store(shown.ms - steady, std::memory_order_relaxed);
  return shown;
}

std::optional<Instant> SoundClock::wrong() const {
  const Instant shown = source_.now();
  return can_be(shown) ? std::nullopt : std::optional(shown);
}

}  // namespace jiexu
