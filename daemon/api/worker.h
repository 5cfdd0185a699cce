// What takes long must not hold up the other requests: it runs on a thread of its own, one job at a
// time. From the HTTP thread.
#pragma once

#include <atomic>
#include <functional>
#include <mutex>
#include <stop_token>
#include <thread>

#include "daemon/api/http/http_message.h"

namespace jiexu {

class Worker {
 public:
  // Returns the answer, which is given when the worker is free again.
  using Job = std::function<std::function<HttpResponse()>(const std::stop_token&)>;
  // Asks a running job to stop, and waits.
  ~Worker();
  // False if one runs, or the system gives no thread.
  [[nodiscard]] bool start(HttpRespond respond, Job job);
  bool busy() const { return busy_; }

 private:
  std::mutex mutex_;
  std::atomic<bool> busy_{false};
  std::jthread thread_;
};

}  // namespace jiexu
