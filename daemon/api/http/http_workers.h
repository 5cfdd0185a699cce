// The threads that treat requests, and the queue before them. Work that is long is done in turns:
// what begins goes before what goes on, so that a question of a few microseconds does not wait for
// lists of others; now and then what goes on has its turn all the same.
//
// Threads: post() and go_on() from any. Work must not throw.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace jiexu {

class HttpWorkers {
 public:
  using Work = std::function<void()>;

  explicit HttpWorkers(size_t threads);
  ~HttpWorkers() { stop(); }
  HttpWorkers(const HttpWorkers&) = delete;
  HttpWorkers& operator=(const HttpWorkers&) = delete;

  // A request's first turn.
  void post(Work work);
  // A further one.
  void go_on(Work work);
  // Whether the calling thread is one of them.
  bool is_here() const;
  // Waits for what runs; what is queued is not done any more. Not on a thread of theirs.
  void stop();

 private:
  void run();
  // Empty: the end has come.
  Work next();
  void put(std::deque<Work>& queue, Work work);

  std::mutex mutex_;
  std::condition_variable waiting_;
  std::deque<Work> beginning_;
  std::deque<Work> going_on_;
  size_t begun_in_a_row_ = 0;
  bool ending_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace jiexu
