#include "daemon/api/worker.h"

#include <utility>

namespace jiexu {

Worker::~Worker() {
  const std::lock_guard lock(mutex_);
  thread_.request_stop();
}

bool Worker::start(HttpRespond respond, Job job) {
  const std::lock_guard lock(mutex_);
  if (busy_.exchange(true)) return false;
  thread_ = std::jthread(
      [this, job = std::move(job), respond = std::move(respond)](const std::stop_token& stop) {
        auto make = job(stop);
        busy_ = false;
        respond(std::move(make));
      });
  return true;
}

}  // namespace jiexu
