#include "daemon/engine/loop.h"

#include <algorithm>
#include <chrono>

#include "daemon/base/limits.h"

namespace jiexu {
namespace {

// How long the engine sleeps at most, so that a clock that is set back delays timers no longer.
constexpr int64_t kSleepMsMax = 1000;
// How long the committer waits for work before it counts as idle.
constexpr auto kCommitIdle = std::chrono::milliseconds(100);
// Of the last commit: above it the engine goes on deciding while the disk works.
constexpr int64_t kQuickCommitUs = 2000;

int64_t monotonic_ns() {
  return std::chrono::steady_clock::now().time_since_epoch().count();
}

int64_t age_ms(int64_t since_ns) {
  return since_ns == 0 ? 0 : (monotonic_ns() - since_ns) / 1000000;
}

}  // namespace

EngineLoop::EngineLoop(Kernel& kernel, Store& store, const Clock& clock, LoopHandlers handlers)
    : kernel_(kernel), store_(store), clock_(clock), handlers_(std::move(handlers)) {
  turn_began_ns_ = monotonic_ns();
  engine_thread_ = std::thread([this] { run(); });
  commit_thread_ = std::thread([this] { run_committer(); });
}

EngineLoop::~EngineLoop() {
  stop();
}

void EngineLoop::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  commit_wake_.notify_all();
  if (engine_thread_.joinable()) engine_thread_.join();
  if (commit_thread_.joinable()) commit_thread_.join();
}

void EngineLoop::enqueue(Event event, size_t bytes) {
  bool was_empty = false;
  {
    const std::lock_guard lock(mutex_);
    was_empty = inbox_.empty();
    inbox_.push(std::move(event), bytes);
  }
  if (was_empty) wake_.notify_one();
}

bool EngineLoop::post(Command command) {
  if (!may_receive()) return false;
  enqueue(std::move(command), sizeof(Command));
  return true;
}

void EngineLoop::post(PeerFrame frame, size_t bytes) {
  enqueue(std::move(frame), bytes);
}

void EngineLoop::post_own(Command command) {
  enqueue(std::move(command), sizeof(Command));
}

void EngineLoop::post_connected(AgencyId peer) {
  enqueue(peer, 0);
}

bool EngineLoop::may_receive() const {
  const std::lock_guard lock(mutex_);
  return inbox_.has_room();
}

bool EngineLoop::may_receive_from(AgencyId peer) const {
  const std::lock_guard lock(mutex_);
  return inbox_.has_room_for(peer);
}

int64_t EngineLoop::commit_age_ms() const {
  return age_ms(commit_began_ns_.load());
}
int64_t EngineLoop::turn_age_ms() const {
  return age_ms(turn_began_ns_.load());
}

void EngineLoop::take() {
  round_.clear();
  const int64_t sleep = std::min<int64_t>(kernel_.wait_ms(now()), kSleepMsMax);
  std::unique_lock lock(mutex_);
  wake_.wait_for(lock, std::chrono::milliseconds(sleep),
                 [&] { return stopping_ || committed_ || !inbox_.empty(); });
  inbox_.take_round(round_);
}

bool EngineLoop::treat(Event& event) {
  {
    const std::lock_guard lock(mutex_);
    if (failed_) return false;
  }
  Result<void> done;
  if (auto* command = std::get_if<Command>(&event)) {
    done = kernel_.handle(std::move(*command), now());
  } else if (auto* frame = std::get_if<PeerFrame>(&event)) {
    done = kernel_.handle(*frame, now());
  } else {
    kernel_.connected(std::get<AgencyId>(event), now());
  }
  if (!done) fatal(done.error());
  return done.has_value();
}

bool EngineLoop::nobody_waits() const {
  const std::lock_guard lock(mutex_);
  return inbox_.empty() && last_commit_us_ < kQuickCommitUs;
}

bool EngineLoop::commit(const Batch& batch) {
  const std::lock_guard lock(commit_mutex_);
  const int64_t began = monotonic_ns();
  commit_began_ns_ = began;
  const auto done = store_.commit(batch);
  commit_began_ns_ = 0;
  if (!done) {
    fatal(done.error());
    return false;
  }
  last_commit_us_ = (monotonic_ns() - began) / 1000;
  if (handlers_.on_commit) handlers_.on_commit(last_commit_us_);
  return true;
}

bool EngineLoop::advance_commit() {
  bool finished = false;
  {
    const std::lock_guard lock(mutex_);
    finished = std::exchange(committed_, false);
  }
  if (finished) kernel_.commit_done(now());
  if (!kernel_.wants_commit(now())) return true;
  const Batch& batch = kernel_.begin_commit();
  if (nobody_waits()) {
    if (!commit(batch)) return false;
    kernel_.commit_done(now());
    return true;
  }
  {
    const std::lock_guard lock(mutex_);
    to_commit_ = &batch;
  }
  commit_wake_.notify_one();
  return true;
}

void EngineLoop::run() {
  while (true) {
    take();
    turn_began_ns_ = monotonic_ns();
    {
      const std::lock_guard lock(mutex_);
      if (stopping_) return;
    }
    for (Event& event : round_) {
      if (!treat(event)) return;
      // A long inbox must not keep the disk idle.
      if (!advance_commit()) return;
    }
    if (auto done = kernel_.wake(now()); !done) return fatal(done.error());
    if (!advance_commit()) return;
  }
}

void EngineLoop::run_committer() {
  while (true) {
    const Batch* batch = nullptr;
    {
      std::unique_lock lock(mutex_);
      commit_wake_.wait_for(lock, kCommitIdle, [&] { return stopping_ || to_commit_ != nullptr; });
      batch = to_commit_;
      if (batch == nullptr && stopping_) return;
    }
    if (batch == nullptr) {
      const std::lock_guard lock(commit_mutex_);
      if (handlers_.on_commit_idle) handlers_.on_commit_idle();
      continue;
    }
    if (!commit(*batch)) return;
    {
      const std::lock_guard lock(mutex_);
      to_commit_ = nullptr;
      committed_ = true;
    }
    wake_.notify_one();
  }
}

void EngineLoop::fatal(const Error& error) {
  {
    const std::lock_guard lock(mutex_);
    if (std::exchange(failed_, true)) return;
    stopping_ = true;
  }
  wake_.notify_all();
  commit_wake_.notify_all();
  if (handlers_.on_fatal) handlers_.on_fatal(error);
}

}  // namespace jiexu
