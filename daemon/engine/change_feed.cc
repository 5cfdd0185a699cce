#include "daemon/engine/change_feed.h"

#include <utility>

namespace jiexu {
namespace {

bool same(const ChangeFeed::Reach& a, const ChangeFeed::Reach& b) {
  return a.through == b.through && a.queues == b.queues && a.users == b.users;
}

}  // namespace

template <class Set>
void ChangeFeed::set(const Set& change) {
  std::map<const Waiter*, std::function<void()>> woken;
  {
    const std::lock_guard lock(mutex_);
    if (!change()) return;
    woken.swap(waiting_);
  }
  for (const auto& [who, wake] : woken) wake();
}

void ChangeFeed::publish(ChangePlace through) {
  set([&] {
    reach_.through = through;
    return true;
  });
}

void ChangeFeed::forget(ChangePlace through) {
  const std::lock_guard lock(mutex_);
  reach_.gone = through;
}

void ChangeFeed::set_queue(AgencyId peer, uint64_t queued, int64_t oldest_ms) {
  set([&] {
    Queue& queue = queues_[peer];
    const bool changed = queue.version == 0 || queue.queued != queued;
    queue.peer = peer;
    queue.queued = queued;
    queue.oldest_ms = oldest_ms;
    if (changed) queue.version = ++reach_.queues;
    return changed;
  });
}

void ChangeFeed::users_changed() {
  set([&] {
    ++reach_.users;
    return true;
  });
}

ChangeFeed::Reach ChangeFeed::reach() const {
  const std::lock_guard lock(mutex_);
  return reach_;
}

std::vector<ChangeFeed::Queue> ChangeFeed::queues_after(uint64_t version) const {
  const std::lock_guard lock(mutex_);
  std::vector<Queue> out;
  for (const auto& [peer, queue] : queues_) {
    if (queue.version > version) out.push_back(queue);
  }
  return out;
}

void ChangeFeed::wait(const Waiter* who, const Reach& seen, std::function<void()> wake) {
  {
    const std::lock_guard lock(mutex_);
    if (same(seen, reach_)) {
      waiting_.insert_or_assign(who, std::move(wake));
      return;
    }
  }
  wake();
}

void ChangeFeed::leave(const Waiter* who) {
  const std::lock_guard lock(mutex_);
  waiting_.erase(who);
}

}  // namespace jiexu
