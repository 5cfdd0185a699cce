#include "daemon/api/http/http_workers.h"

#include <utility>

namespace jiexu {
namespace {

// Beginnings between two turns of what goes on, at most.
constexpr size_t kInARowMax = 8;

// Whose thread this is.
thread_local const HttpWorkers* workers_here = nullptr;

}  // namespace

HttpWorkers::HttpWorkers(size_t threads) {
  for (size_t i = 0; i < threads; ++i) threads_.emplace_back([this] { run(); });
}

void HttpWorkers::stop() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  waiting_.notify_all();
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

void HttpWorkers::put(std::deque<Work>& queue, Work work) {
  {
    const std::lock_guard lock(mutex_);
    queue.push_back(std::move(work));
  }
  waiting_.notify_one();
}

HttpWorkers::Work HttpWorkers::next() {
  std::unique_lock lock(mutex_);
  waiting_.wait(lock, [this] { return ending_ || !beginning_.empty() || !going_on_.empty(); });
  if (ending_) return nullptr;
  const bool begin = going_on_.empty() || (!beginning_.empty() && begun_in_a_row_ < kInARowMax);
  begun_in_a_row_ = begin ? begun_in_a_row_ + 1 : 0;
  std::deque<Work>& queue = begin ? beginning_ : going_on_;
  Work work = std::move(queue.front());
  queue.pop_front();
  return work;
}

void HttpWorkers::run() {
  workers_here = this;
  while (const Work work = next()) work();
}

}  // namespace jiexu
