// What others hand to the thread of ZeroMQ, and the figures that it shows them. Both are
// thread-safe.
#pragma once

#include <atomic>
#include <chrono>
#include <map>
#include <mutex>
#include <vector>

#include "daemon/link/zmq_transport.h"

namespace jiexu {

struct OutgoingFrame {
  AgencyId peer;
  Lane lane = Lane::kForward;
  FrameBytes bytes;
};

// A queue of frames, the directory, and the order to stop. The thread sleeps on wake_fd() and calls
// all of these. In the gate they come from another process (daemon/gate/orders.h).
class ZmqOrders {
 public:
  virtual ~ZmqOrders() = default;

  // How long the thread sleeps at most: a wake-up may fail.
  static constexpr std::chrono::milliseconds kSleepMax{1000};

  // Readable while there is news. -1: the system had no descriptor for it.
  virtual int wake_fd() const = 0;
  // Makes wake_fd() quiet. Call before looking at anything else, or a wake-up is lost.
  virtual void clear_wake() = 0;
  // Moves the waiting frames into `frames`, which must be empty.
  virtual void take(std::vector<OutgoingFrame>& frames) = 0;
  // Rises with each new directory; cheap enough to be asked for each frame.
  virtual uint64_t directory_version() const = 0;
  virtual std::shared_ptr<const Directory> directory() const = 0;
  virtual bool stopped() const = 0;
  // From now on nothing is taken.
  virtual void close() = 0;
  // A round is over: what the handlers were told may leave. False: not all of it could, ask soon.
  virtual bool flush() { return true; }
};

// The orders of other threads of this process.
class ZmqMailbox final : public ZmqOrders {
 public:
  explicit ZmqMailbox(std::shared_ptr<const Directory> directory);
  ~ZmqMailbox() override;
  ZmqMailbox(const ZmqMailbox&) = delete;
  ZmqMailbox& operator=(const ZmqMailbox&) = delete;

  // False: more is waiting than the bound allows, or it is closed.
  bool push(OutgoingFrame frame);
  void set_directory(std::shared_ptr<const Directory> directory);
  void stop();

  int wake_fd() const override { return wake_fd_; }
  void clear_wake() override;
  void take(std::vector<OutgoingFrame>& frames) override;
  uint64_t directory_version() const override {
    return directory_version_.load(std::memory_order_acquire);
  }
  std::shared_ptr<const Directory> directory() const override;
  bool stopped() const override { return stopped_.load(std::memory_order_acquire); }
  void close() override;

 private:
  void wake();

  const int wake_fd_;
  mutable std::mutex mutex_;
  std::vector<OutgoingFrame> frames_;
  size_t bytes_ = 0;
  std::shared_ptr<const Directory> directory_;
  std::atomic<uint64_t> directory_version_ = 1;
  std::atomic<bool> stopped_ = false;
  bool closed_ = false;
  std::atomic<bool> wake_failed_ = false;  // and was logged
};

class ZmqStats {
 public:
  // Calls `change` with the figures of `peer`.
  template <class Change>
  void peer(AgencyId id, Change change) {
    const std::lock_guard lock(mutex_);
    change(peers_[id]);
  }
  template <class Change>
  void listener(Change change) {
    const std::lock_guard lock(mutex_);
    change(listener_);
  }
  TransportStats peer(AgencyId id) const;
  std::map<AgencyId, TransportStats> peers() const;
  ListenerStats listener() const;

 private:
  mutable std::mutex mutex_;
  std::map<AgencyId, TransportStats> peers_;
  ListenerStats listener_;
};

}  // namespace jiexu
