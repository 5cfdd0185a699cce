#include "daemon/api/worker.h"

#include <algorithm>
#include <system_error>
#include <utility>

namespace jiexu {

Worker::~Worker() {
  const std::lock_guard lock(mutex_);
  for (Slot& slot : slots_) slot.thread.request_stop();
}

bool Worker::busy() const {
  return std::ranges::all_of(slots_, [](const Slot& slot) { return slot.taken.load(); });
}

bool Worker::start(HttpRespond respond, Job job) {
  const std::lock_guard lock(mutex_);
  for (Slot& slot : slots_) {
    if (!slot.taken.exchange(true)) return run(slot, std::move(respond), std::move(job));
  }
  return false;
}

bool Worker::run(Slot& slot, HttpRespond respond, Job job) {
  try {
    slot.thread = std::jthread(
        [&slot, job = std::move(job), respond = std::move(respond)](const std::stop_token& stop) {
          auto make = job(stop);
          slot.taken = false;
          respond(std::move(make));
        });
    return true;
  } catch (const std::system_error&) {  // no thread is to be had just now
    slot.taken = false;
    return false;
  }
}

}  // namespace jiexu
