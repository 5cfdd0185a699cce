#include "daemon/api/http/http_workers.h"

#include <sys/resource.h>
#include <unistd.h>

#include <utility>

namespace jiexu {
namespace {

// Whose thread this is.
thread_local const HttpWorkers* workers_here = nullptr;

// How far the thread of further turns stands behind the others: it gets a third of a processor that
// it has to share with one of them.
constexpr int kNicer = 5;

// Of the calling thread alone. If the system refuses, all are equal.
void step_back() {
  const auto self = static_cast<id_t>(::gettid());
  ::setpriority(PRIO_PROCESS, self, ::getpriority(PRIO_PROCESS, self) + kNicer);
}

}  // namespace

HttpWorkers::HttpWorkers(size_t threads) {
  for (size_t i = 0; i < threads; ++i) threads_.emplace_back([this] { run(beginning_); });
  threads_.emplace_back([this] {
    step_back();
    run(going_on_);
  });
}

void HttpWorkers::stop() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  beginning_.waiting.notify_all();
  going_on_.waiting.notify_all();
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

bool HttpWorkers::is_here() const {
  return workers_here == this;
}

void HttpWorkers::post(Work work) {
  put(beginning_, std::move(work));
}

void HttpWorkers::go_on(Work work) {
  put(going_on_, std::move(work));
}

void HttpWorkers::put(Queue& queue, Work work) {
  {
    const std::lock_guard lock(mutex_);
    queue.work.push_back(std::move(work));
  }
  queue.waiting.notify_one();
}

HttpWorkers::Work HttpWorkers::next(Queue& queue) {
  std::unique_lock lock(mutex_);
  queue.waiting.wait(lock, [&] { return ending_ || !queue.work.empty(); });
  if (ending_) return nullptr;
  Work work = std::move(queue.work.front());
  queue.work.pop_front();
  return work;
}

void HttpWorkers::run(Queue& queue) {
  workers_here = this;
  while (const Work work = next(queue)) work();
}

}  // namespace jiexu
