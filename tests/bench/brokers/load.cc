#include "tests/bench/brokers/load.h"

#include <algorithm>
#include <thread>

#include "tests/bench/measure.h"

namespace jiexu::bench {
namespace {

using namespace std::chrono_literals;

// A system that has been killed is back within that time, or the run has failed.
constexpr double kReconnectSeconds = 60;
// How long run() waits for the last acknowledgements.
constexpr double kPatienceSeconds = 20;

}  // namespace

Load::Load(Broker& broker, const Plan& plan)
    : broker_(broker),
      plan_(plan),
      pace_(broker.pace()),
      due_(plan.messages),
      accepted_(plan.messages) {}

bool Load::connect() {
  for (size_t i = 0; i < pace_.publishers; ++i) {
    publishers_.push_back(broker_.publisher());
    if (publishers_.back() == nullptr) return false;
  }
  return true;
}

void Load::run() {
  start_s_ = monotonic_s();
  std::vector<std::thread> threads;
  for (auto& publisher : publishers_) {
    threads.emplace_back([this, &publisher] { drive(std::move(publisher)); });
  }
  for (std::thread& thread : threads) thread.join();
  publishers_.clear();
}

uint64_t Load::acknowledged() const {
  return static_cast<uint64_t>(std::ranges::count_if(accepted_, [](double at) { return at > 0; }));
}

// How many messages may go now, and from which on.
size_t Load::take(size_t in_flight, uint64_t& first) {
  const std::lock_guard lock(taking_);
  const uint64_t next = next_;
  uint64_t until = plan_.messages;
  const double now = monotonic_s();
  if (plan_.per_second > 0) {
    until = std::min(until, static_cast<uint64_t>((now - start_s_) * plan_.per_second) + 1);
  } else {
    until = std::min(until, at_b_ + pace_.lag_max);
  }
  if (until <= next || in_flight >= pace_.window) return 0;
  const size_t count =
      std::min({static_cast<size_t>(until - next), pace_.batch, pace_.window - in_flight});
  // One by one as acknowledgements come would be dear for both sides.
  const bool is_rest = next + count == plan_.messages;
  if (plan_.per_second == 0 && count < pace_.batch / 2 && !is_rest) return 0;
  for (uint64_t n = next; n < next + count; ++n) {
    due_[n] = plan_.per_second > 0 ? start_s_ + static_cast<double>(n) / plan_.per_second : now;
  }
  first = next;
  next_ = next + count;
  return count;
}

// With nothing to send, until something may be due.
std::chrono::microseconds Load::pause() const {
  if (plan_.per_second == 0 || next_ >= plan_.messages) return 1ms;
  const double due = start_s_ + static_cast<double>(next_) / plan_.per_second;
  const double left_us = (due - monotonic_s()) * 1e6;
  return std::chrono::microseconds(static_cast<int64_t>(std::clamp(left_us, 0.0, 20'000.0)));
}

void Load::note(const std::vector<uint64_t>& acknowledged) {
  const double now = monotonic_s();
  for (const uint64_t id : acknowledged) accepted_[id - plan_.first] = now;
}

std::unique_ptr<Publisher> Load::connect_again() {
  lost_ = true;
  if (!plan_.reconnect) return nullptr;
  const double until = monotonic_s() + kReconnectSeconds;
  std::unique_ptr<Publisher> out;
  while (out == nullptr && monotonic_s() < until) {
    std::this_thread::sleep_for(50ms);
    out = broker_.publisher();
  }
  return out;
}

void Load::drive(std::unique_ptr<Publisher> publisher) {
  size_t in_flight = 0;
  std::vector<uint64_t> acknowledged;
  double last_news_s = monotonic_s();
  while (publisher != nullptr) {
    uint64_t first = 0;
    const size_t count = take(in_flight, first);
    const bool finished = count == 0 && next_ >= plan_.messages;
    if (finished && (in_flight == 0 || monotonic_s() - last_news_s > kPatienceSeconds)) return;
    bool alive = count == 0 || publisher->publish(plan_.first + first, count);
    in_flight += count;
    acknowledged.clear();
    if (alive) alive = publisher->collect(count > 0 ? 0us : pause(), acknowledged);
    note(acknowledged);
    in_flight -= acknowledged.size();
    if (count > 0 || !acknowledged.empty()) last_news_s = monotonic_s();
    if (alive) continue;
    in_flight = 0;  // what became of these is unknown
    publisher.reset();
    publisher = connect_again();
  }
}

}  // namespace jiexu::bench
