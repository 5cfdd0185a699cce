// Timers of deadlines: found at start, fired when their day is over.
#include <algorithm>

#include "daemon/engine/case_desk.h"
#include "storage/layout.h"

namespace jiexu {
namespace {

// After this, timers are looked for again that were not on the disk yet.
constexpr int64_t kLookAgainMs = 1'000;

}  // namespace

Result<void> CaseDesk::start(std::shared_ptr<const Calendar> calendar, Date today) {
  auto judged = records_.get_message<v1::JudgedRecord>(Family::kMeta, layout::kJudgedKey);
  if (!judged) return tl::unexpected(judged.error());
  rejudge_ = Rejudge(judged->value_or(v1::JudgedRecord()));
  calendar_ = std::move(calendar);
  use_edition(today);
  if (auto done = take_letter_number(today, ""); !done) return done;
  const auto greatest = greatest_case(durable_);
  if (!greatest) return tl::unexpected(greatest.error());
  greatest_ = *greatest;
  next_deadline_ = Instant{INT64_MAX};
  return durable_.scan(Family::kTimer, "", std::string(26, '\xff'),
                       [&](std::string_view key, std::string_view) {
                         next_deadline_ = layout::parse_timer_key(key).due;
                         return false;
                       });
}

Result<bool> CaseDesk::fire_deadlines(Instant now, size_t limit) {
  if (now < next_deadline_) return false;
  std::vector<std::string> due;
  next_deadline_ = Instant{INT64_MAX};
  const auto scanned = durable_.scan(Family::kTimer, "", std::string(26, '\xff'),
                                     [&](std::string_view key, std::string_view) {
                                       const std::string known(key);
                                       if (fired_.contains(known) || held_.contains(known)) {
                                         return true;
                                       }
                                       const Instant at = layout::parse_timer_key(key).due;
                                       if (at >= now || due.size() == limit) {
                                         next_deadline_ = at;
                                         return false;
                                       }
                                       due.emplace_back(key);
                                       return true;
                                     });
  if (!scanned) return tl::unexpected(scanned.error());
  // The scan has not seen timers that are still on their way to the disk.
  if (earliest_written_ < now) {
    const bool all_seen = pending_.open().batch().empty() && pending_.in_flight().batch().empty();
    earliest_written_ = all_seen ? Instant{INT64_MAX} : now.plus_ms(kLookAgainMs);
  }
  next_deadline_ = std::min(next_deadline_, earliest_written_);
  for (const std::string& key : due) {
    const layout::TimerKey timer = layout::parse_timer_key(key);
    const auto subject = load(timer.id, now);
    if (!subject) return tl::unexpected(subject.error());
    if (*subject != nullptr && recovering((*subject)->peer)) {
      held_.insert(key);
      continue;
    }
    fired_.insert(key);
    pending_.open().batch().remove(Family::kTimer, key);
    if (*subject == nullptr) continue;
    Event event;
    event.kind = EventKind::kDeadlinePassed;
    event.at = now;
    event.actor = kTimerActor;
    event.deadline = static_cast<DeadlineKind>(timer.kind);
    const auto outcome = apply(**subject, event);
    if (!outcome) return tl::unexpected(outcome.error());
  }
  return !due.empty();
}

void CaseDesk::landed(Moment) {
  fired_.clear();
  rejudge_.landed();
}

}  // namespace jiexu
