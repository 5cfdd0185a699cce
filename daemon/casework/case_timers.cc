// Timers of deadlines: found at start, fired when their day is over.
#include <algorithm>

#include "daemon/casework/case_service.h"
#include "storage/layout.h"

namespace jiexu {
namespace {

// After this, timers are looked for again that were not on the disk yet.
constexpr int64_t kLookAgainMs = 1'000;

}  // namespace

Result<void> CaseService::start(std::shared_ptr<const Calendar> calendar, Date today) {
  TRY(auto judged, tx_.get_message<v1::JudgedRecord>(layout::judged_key()));
  rejudge_ = Rejudge(judged.value_or(v1::JudgedRecord()));
  calendar_ = std::move(calendar);
  use_edition(today);
  TRY_DO(take_letter_number(today, ""));
  TRY(const auto greatest, greatest_case(tx_.store()));
  greatest_ = greatest;
  next_deadline_ = Instant{INT64_MAX};
  Result<void> read;
  const auto done = tx_.scan(Family::kTimer, "", layout::prefix_end(""),
                             [&](std::string_view key, std::string_view) {
                               const auto timer = layout::parse_timer_key(key);
                               if (timer) next_deadline_ = timer->due;
                               if (!timer) read = tl::unexpected(timer.error());
                               return false;
                             });
  return read ? done : read;
}

// The timers that are over, `limit` at most. next_deadline_ is then the first one that is not.
Result<std::vector<layout::TimerKey>> CaseService::find_due(Instant now, size_t limit) {
  Result<std::vector<layout::TimerKey>> due = std::vector<layout::TimerKey>();
  next_deadline_ = Instant{INT64_MAX};
  const auto scanned = tx_.scan(Family::kTimer, "", layout::prefix_end(""),
                                [&](std::string_view key, std::string_view) {
                                  const std::string known(key);
                                  if (fired_.contains(known) || held_.contains(known)) return true;
                                  const auto timer = layout::parse_timer_key(key);
                                  if (!timer) {
                                    due = tl::unexpected(timer.error());
                                    return false;
                                  }
                                  if (timer->due >= now || due->size() == limit) {
                                    next_deadline_ = timer->due;
                                    return false;
                                  }
                                  due->push_back(*timer);
                                  return true;
                                });
  if (!scanned) return tl::unexpected(scanned.error());
  return due;
}

Result<bool> CaseService::fire_deadlines(Instant now, size_t limit) {
  if (now < next_deadline_) return false;
  TRY(const auto due, find_due(now, limit));
  // The scan has not seen timers that are still on their way to the disk.
  if (earliest_written_ < now) {
    const bool all_seen = tx_.all_durable();
    earliest_written_ = all_seen ? Instant{INT64_MAX} : now.plus_ms(kLookAgainMs);
  }
  next_deadline_ = std::min(next_deadline_, earliest_written_);
  for (const layout::TimerKey& timer : due) {
    auto done = fire(timer, now);
    if (done) done = end_step();
    if (!done) return tl::unexpected(done.error());
  }
  return !due.empty();
}

Result<void> CaseService::fire(const layout::TimerKey& timer, Instant now) {
  const RecordKey key = layout::timer_key(timer.due, timer.id, timer.kind);
  TRY(const auto subject, load(timer.id, now));
  if (subject != nullptr && recovering(subject->peer)) {
    held_.insert(key.str());
    return {};
  }
  fired_.insert(key.str());
  tx_.remove(key);
  if (subject == nullptr) return {};
  Event event;
  event.kind = EventKind::kDeadlinePassed;
  event.at = now;
  event.actor = kTimerActor;
  event.deadline = static_cast<DeadlineKind>(timer.kind);
  const auto outcome = apply(*subject, event);
  return outcome ? Result<void>() : tl::unexpected(outcome.error());
}

void CaseService::landed(Moment) {
  fired_.clear();
  rejudge_.landed();
}

}  // namespace jiexu
