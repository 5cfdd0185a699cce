// Gives the engine its threads: one that owns it and treats events in the order of arrival, and one
// that commits, so that the next steps are decided while the last ones are on their way to the
// disk. When nothing else waits and the last commit was quick, the engine's thread commits itself:
// two changes of thread would cost a lone message more than the overlap could gain. If the disk
// hangs just then, the engine does too; both ages below say so.
//
// The inbox (inbox.h) is bounded, and whoever sends has a turn. When it is full, post() refuses
// (the API answers 429) and may_receive() is false (the transport stops reading, so that peers hold
// their frames).
//
// Fail-stop: if the store fails, `on_fatal` is called once, on one of the two threads, and nothing
// is answered or sent any more; it must end the process.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "daemon/base/time.h"
#include "daemon/engine/inbox.h"
#include "daemon/engine/kernel.h"

namespace jiexu {

struct LoopHandlers {
  std::function<void(const Error&)> on_fatal;
  // Called on the thread that committed, with the commit's duration.
  std::function<void(int64_t microseconds)> on_commit;
  // Called when no commit has been due for a while; never while one runs.
  std::function<void()> on_commit_idle;
};

class EngineLoop final : public CommandPort {
 public:
  // `kernel` and `store` must outlive the loop. stop() or the destructor ends the threads.
  EngineLoop(Kernel& kernel, Store& store, const Clock& clock, LoopHandlers handlers);
  ~EngineLoop() override;

  bool post(Command command) override;
  // Frames are not refused: the transport asks before it reads one.
  void post(PeerFrame frame, size_t bytes);
  // A command of the daemon itself, which is not refused.
  void post_own(Command command);
  void post_connected(AgencyId peer);
  bool may_receive() const;
  // The same for what this peer sends. Of one that sends more than its share, nothing is taken.
  bool may_receive_from(AgencyId peer) const;

  // Lets a running commit finish and joins. Events that were not treated are dropped: nobody has
  // been told anything about them.
  void stop();

  // Time since the running commit began, 0 if none runs: a disk that hangs shows here.
  int64_t commit_age_ms() const;
  // Time since the engine's thread last came round; grows if it hangs.
  int64_t turn_age_ms() const;

 private:
  using Event = Inbox::Event;

  void run();
  void run_committer();
  // Waits for work or time; takes the next round of what has arrived into round_.
  void take();
  bool treat(Event& event);
  bool advance_commit();
  // On either thread. False: the store failed, and the loop ends.
  bool commit(const Batch& batch);
  bool nobody_waits() const;
  void fatal(const Error& error);
  void enqueue(Event event, size_t bytes);
  Moment now() const { return clock_.moment(); }

  Kernel& kernel_;
  Store& store_;
  const Clock& clock_;
  LoopHandlers handlers_;

  mutable std::mutex mutex_;
  std::condition_variable wake_;
  Inbox inbox_;
  bool stopping_ = false;
  bool failed_ = false;     // on_fatal has been called
  bool committed_ = false;  // the committer has finished what it was given

  std::mutex commit_mutex_;                         // held while the store is written to
  std::atomic<int64_t> last_commit_us_{INT64_MAX};  // until one was quick, none counts as quick
  std::condition_variable commit_wake_;
  const Batch* to_commit_ = nullptr;
  std::atomic<int64_t> commit_began_ns_{0};
  std::atomic<int64_t> turn_began_ns_{0};

  std::vector<Event> round_;  // of the engine's thread
  std::thread engine_thread_;
  std::thread commit_thread_;
};

}  // namespace jiexu
