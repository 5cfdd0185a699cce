// What other threads hand to the transport's thread, and the figures that it shows them. Both are
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

// A queue of frames, the directory, and the order to stop. The thread sleeps on wake_fd().
class ZmqMailbox {
 public:
  explicit ZmqMailbox(std::shared_ptr<const Directory> directory);
  ~ZmqMailbox();
  ZmqMailbox(const ZmqMailbox&) = delete;
  ZmqMailbox& operator=(const ZmqMailbox&) = delete;

  // False: more is waiting than the bound allows, or it is closed.
  bool push(OutgoingFrame frame);
  void set_directory(std::shared_ptr<const Directory> directory);
  void stop();

  // How long the transport's thread sleeps at most: a wake-up may fail.
  static constexpr std::chrono::milliseconds kSleepMax{1000};

  // For the transport's thread. -1: the system had no descriptor for it.
  int wake_fd() const { return wake_fd_; }
  // Makes wake_fd() quiet. Call before looking at anything else, or a wake-up is lost.
  void clear_wake();
  // Swaps the waiting frames into `frames`, which must be empty.
  void take(std::vector<OutgoingFrame>& frames);
  // Rises with each set_directory(); cheap enough to be asked for each frame.
  uint64_t directory_version() const { return directory_version_.load(std::memory_order_acquire); }
  std::shared_ptr<const Directory> directory() const;
  bool stopped() const { return stopped_.load(std::memory_order_acquire); }
  // From now on push() refuses.
  void close();

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
  ListenerStats listener() const;

 private:
  mutable std::mutex mutex_;
  std::map<AgencyId, TransportStats> peers_;
  ListenerStats listener_;
};

}  // namespace jiexu
