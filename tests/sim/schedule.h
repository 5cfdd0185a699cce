// The one event queue of a simulated world, ordered by time and then by the order of asking. Time
// runs in milliseconds from 0 and never backward; wall clocks are made from it elsewhere.
#pragma once

#include <cstdint>
#include <functional>
#include <queue>
#include <utility>
#include <vector>

namespace jiexu::sim {

class Schedule {
 public:
  using Action = std::function<void()>;

  int64_t now() const { return now_; }
  uint64_t events() const { return events_; }

  void after(int64_t delay_ms, Action action) {
    queue_.push({now_ + (delay_ms > 0 ? delay_ms : 0), counter_++, std::move(action)});
  }

  // Runs the next event if there is one at or before `until`; otherwise moves time there.
  bool run_next(int64_t until) {
    if (queue_.empty() || queue_.top().at > until) {
      now_ = until;
      return false;
    }
    // The queue gives out const elements only; the action is moved out just before it is dropped.
    Action action = std::move(const_cast<Item&>(queue_.top()).action);
    now_ = queue_.top().at;
    queue_.pop();
    ++events_;
    action();
    return true;
  }

 private:
  struct Item {
    int64_t at;
    uint64_t number;
    Action action;
    bool operator<(const Item& other) const {
      return std::pair(at, number) > std::pair(other.at, other.number);
    }
  };

  std::priority_queue<Item> queue_;
  int64_t now_ = 0;
  uint64_t counter_ = 0;
  uint64_t events_ = 0;
};

}  // namespace jiexu::sim
