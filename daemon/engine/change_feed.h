// How far the changes that are durable reach, and who is to be woken when there are more. Between
// the engine, which publishes, and those who read the changes from the store at their own pace: it
// holds none of them, so that a slow reader costs nothing.
//
// It also holds how many messages wait for each peer. That is no change of a commit: who follows it
// gets the present number, and nothing in between.
//
// Threads: any. Nobody is called with its lock held.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <vector>

#include "daemon/base/ids.h"
#include "daemon/engine/change.h"

namespace jiexu {

class ChangeFeed {
 public:
  struct Reach {
    ChangePlace through;  // the last change that is durable
    ChangePlace gone;     // all up to this one have been deleted; epoch 0: none
    uint64_t queues = 0;  // rises whenever the number for a peer is another one
    uint64_t users = 0;   // rises when who may what has changed
  };
  struct Queue {
    AgencyId peer;
    uint64_t queued = 0;
    int64_t oldest_ms = 0;  // how long the oldest has waited for its receipt
    uint64_t version = 0;   // Reach::queues when it last changed
  };

  // Of the engine.
  void publish(ChangePlace through);
  void forget(ChangePlace through);
  // Of whoever measures them, at most once a second.
  void set_queue(AgencyId peer, uint64_t queued, int64_t oldest_ms);
  // Wakes everybody: each looks whether he still may.
  void users_changed();

  Reach reach() const;
  // Those that changed after `version`.
  std::vector<Queue> queues_after(uint64_t version) const;

  // Who waits, for as long as it is there.
  class Waiter {
   public:
    explicit Waiter(ChangeFeed& feed) : feed_(feed) {}
    ~Waiter() { feed_.leave(this); }
    Waiter(const Waiter&) = delete;
    Waiter& operator=(const Waiter&) = delete;

    // Calls `wake` once, as soon as the reach is another one than `seen`: at once if it is. `wake`
    // must not block, and may be called once more while the waiter is being destroyed.
    void wait(const Reach& seen, std::function<void()> wake) {
      feed_.wait(this, seen, std::move(wake));
    }

   private:
    ChangeFeed& feed_;
  };

 private:
  template <class Set>
  void set(const Set& change);
  void wait(const Waiter* who, const Reach& seen, std::function<void()> wake);
  void leave(const Waiter* who);

  mutable std::mutex mutex_;
  Reach reach_;
  std::map<AgencyId, Queue> queues_;
  std::map<const Waiter*, std::function<void()>> waiting_;
};

}  // namespace jiexu
