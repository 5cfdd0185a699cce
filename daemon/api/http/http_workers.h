// The threads that treat requests, and the queues before them. Work that is long is done in turns,
// and the further ones on a thread of their own behind the others, so that a question of a few
// microseconds waits neither for lists that others ask for nor for a processor that they hold.
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

  // `threads` for first turns, and one for further ones.
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
  struct Queue {
    std::condition_variable waiting;
    std::deque<Work> work;
  };

  void put(Queue& queue, Work work);
  // Empty: the end has come.
  Work next(Queue& queue);
  void run(Queue& queue);

  std::mutex mutex_;
  Queue beginning_;
  Queue going_on_;
  bool ending_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace jiexu
