#include "daemon/api/worker.h"

#include <system_error>
#include <utility>

namespace jiexu {

Worker::~Worker() {
  const std::lock_guard lock(mutex_);
  thread_.request_stop();
}

bool Worker::start(HttpRespond respond, Job job) {
  const std::lock_guard lock(mutex_);
  if (busy_.exchange(true)) return false;
  try {
    thread_ = std::jthread(
        [this, job = std::move(job), respond = std::move(respond)](const std::stop_token& stop) {
          auto make = job(stop);
          busy_ = false;
          respond(std::move(make));
        });
    return true;
  } catch (const std::system_error&) {  // no thread is to be had just now
    busy_ = false;
    return false;
  }
}

}  // namespace jiexu
