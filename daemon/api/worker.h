// What takes long must not hold up the other requests: each job runs on a thread of its own, a few
// at a time. From any thread.
#pragma once

#include <array>
#include <atomic>
#include <functional>
#include <mutex>
#include <stop_token>
#include <thread>

#include "daemon/api/http/http_message.h"
#include "daemon/base/limits.h"

namespace jiexu {

class Worker {
 public:
  // Returns the answer, which is given when there is room for another job again. Jobs run beside
  // one another, and share nothing that is not safe for that.
  using Job = std::function<std::function<HttpResponse()>(const std::stop_token&)>;
  // Asks the running jobs to stop, and waits.
  ~Worker();
  // False if limits::kReportsAtOnceMax run, or the system gives no thread.
  [[nodiscard]] bool start(HttpRespond respond, Job job);
  // Whether no other job would be taken now.
  bool busy() const;

 private:
  struct Slot {
    std::atomic<bool> taken{false};
    std::jthread thread;  // of the slot's last job
  };
  static bool run(Slot& slot, HttpRespond respond, Job job);

  std::mutex mutex_;
  std::array<Slot, limits::kReportsAtOnceMax> slots_;
};

}  // namespace jiexu
