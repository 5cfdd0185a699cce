#include "daemon/engine/kernel.h"

#include <algorithm>

#include "daemon/base/check.h"

namespace jiexu {

Kernel::Kernel(Transaction& tx, EngineObserver& observer, int64_t lazy_commit_ms)
    : tx_(tx), observer_(observer), lazy_commit_ms_(lazy_commit_ms), keys_(tx) {
  add_duty({"idempotency keys", [this](Moment now) { return keys_.wait_ms(now.wall); },
            [this](Moment now) { return keys_.forget_old(now.wall); }});
}

void Kernel::add_handler(std::type_index type, Registered handler) {
  CHECK(handlers_.emplace(type, std::move(handler)).second);
}

// --- the life of an event ---

Result<void> Kernel::handle(Command command, Moment now) {
  const auto found = handlers_.find(command.request->type());
  CHECK(found != handlers_.end());
  return live(found->second, std::move(command), now);
}

Result<void> Kernel::live(const Registered& handler, Command command, Moment now) {
  moment_ = now;
  Request& request = *command.request;
  // 1 admit: who may ask is known; what is left is the room on the disk.
  if (handler.kind == CommandKind::kAct && room_ != Room::kAmple) {
    request.refuse({Refusal::kStorageLow, ""});
    request.deliver();
    return {};
  }
  // 2 seen?
  TRY(const bool seen_before, seen(command));
  // 3 load, 4 decide, 5 write: as the domain does it, into the open commit.
  if (!seen_before) TRY_DO(do_once(handler, command, now));
  // 6 commit, and 7 release after it; 8 observe is commit_done()'s.
  if (handler.kind == CommandKind::kQuestion) {
    request.deliver();
  } else {
    answer_after_commit(std::move(command.request));
  }
  return {};
}

Result<bool> Kernel::seen(const Command& command) {
  if (!command.key) return false;
  TRY(auto found, keys_.find(*command.key));
  if (!found) return false;
  if (*found) {
    command.request->repeat(std::move(**found));
  } else {
    command.request->refuse(std::move(found->error()));
  }
  return true;
}

Result<void> Kernel::do_once(const Registered& handler, const Command& command, Moment now) {
  asked_for_commit_ = false;
  const size_t before = tx_.size();
  TRY_DO(handler.run(*command.request, command.user, now));
  TRY_DO(end_step());
  const bool changed = tx_.size() > before || asked_for_commit_;
  if (!command.key || !changed) return {};
  auto reply = command.request->kept();
  return reply ? keys_.keep(*command.key, std::move(*reply), now.wall) : Result<void>();
}

Result<void> Kernel::handle(const PeerFrame& frame, Moment now) {
  moment_ = now;
  auto done = frames_->received(frame, now);
  return done ? end_step() : done;
}

void Kernel::connected(AgencyId peer, Moment now) {
  moment_ = now;
  frames_->connected(peer, now);
}

// --- time ---

Result<void> Kernel::wake(Moment now) {
  moment_ = now;
  for (const Duty& duty : duties_) {
    if (is_held_up(duty) || duty.wait_ms(now) > 0) continue;
    TRY(const auto wrote, duty.run(now));
    TRY_DO(end_step());
    if (wrote) request_commit(duty.urgency);
  }
  return {};
}

int64_t Kernel::wait_ms(Moment now) const {
  int64_t wait = INT64_MAX;
  if (open_.since && !in_flight_) {
    const Steady due = open_.since->plus_ms(open_.urgent ? 0 : lazy_commit_ms_);
    wait = due.ms - now.steady.ms;
  }
  for (const Duty& duty : duties_) {
    if (wait <= 0) break;
    if (!is_held_up(duty)) wait = std::min(wait, duty.wait_ms(now));
  }
  return std::max<int64_t>(0, wait);
}

// --- commits ---

void Kernel::request_commit(Urgency urgency) {
  asked_for_commit_ = true;
  if (!open_.since) open_.since = moment_.steady;
  open_.urgent |= urgency == Urgency::kUrgent;
}

// Also a refusal may rest on a step that is not durable yet, even on one that was written for it
// alone (a letter's delivery, taken note of when its case is loaded); it then waits for that
// commit.
void Kernel::answer_after_commit(std::unique_ptr<Request> request) {
  if (open_.since || !tx_.empty()) {
    open_.answers.push_back(std::move(request));
    request_commit(Urgency::kUrgent);
  } else if (in_flight_) {
    in_flight_->answers.push_back(std::move(request));
  } else {
    request->deliver();
  }
}

bool Kernel::wants_commit(Moment now) const {
  if (in_flight_) return false;
  if (!open_.since) return !tx_.empty();
  return open_.urgent || now.steady >= open_.since->plus_ms(lazy_commit_ms_);
}

const Batch& Kernel::begin_commit() {
  CHECK(!in_flight_);
  for (CommitListener* listener : listeners_) listener->sealing();
  in_flight_ = std::exchange(open_, {});
  tx_.launch();
  return tx_.in_flight();
}

void Kernel::commit_done(Moment now) {
  moment_ = now;
  CHECK(in_flight_.has_value());
  const Batch& batch = tx_.in_flight();
  observer_.committed(batch.size(), batch.bytes());
  tx_.land();
  const Gathered done = std::move(*in_flight_);
  in_flight_.reset();
  for (CommitListener* listener : listeners_) listener->landed(now);
  for (const auto& request : done.answers) request->deliver();
}

}  // namespace jiexu
