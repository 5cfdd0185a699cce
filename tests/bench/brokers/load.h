// The load that every system gets: as fast as it goes (windows, a bounded lag), or open (each
// message when it is due, however the ones before fare).
#pragma once

#include <atomic>
#include <mutex>
#include <vector>

#include "tests/bench/brokers/broker.h"

namespace jiexu::bench {

struct Plan {
  uint64_t first = 0;
  uint64_t messages = 0;
  double per_second = 0;   // 0: as fast as it goes
  bool reconnect = false;  // go on after a lost connection, never sending anything again
};

class Load {
 public:
  Load(Broker& broker, const Plan& plan);

  // Connects; true if A is there. Before run(), so that connecting is not measured.
  bool connect();
  // Until A has acknowledged all, or, if connections were lost, all that still can be.
  void run();
  // Told by whoever watches B; run() never is more than lag_max ahead of it.
  void at_b(uint64_t messages) { at_b_ = messages; }

  // Monotonic seconds by message, from `first`; accepted is 0 if it was never acknowledged.
  const std::vector<double>& due() const { return due_; }
  const std::vector<double>& accepted() const { return accepted_; }
  uint64_t acknowledged() const;
  bool lost_connection() const { return lost_; }

 private:
  void drive(std::unique_ptr<Publisher> publisher);
  std::unique_ptr<Publisher> connect_again();
  size_t take(size_t in_flight, uint64_t& first);
  std::chrono::microseconds pause() const;
  void note(const std::vector<uint64_t>& acknowledged);

  Broker& broker_;
  const Plan plan_;
  const Pace pace_;
  std::vector<std::unique_ptr<Publisher>> publishers_;
  double start_s_ = 0;
  std::mutex taking_;
  std::atomic<uint64_t> next_{0};
  std::atomic<uint64_t> at_b_{0};
  std::atomic<bool> lost_{false};
  std::vector<double> due_, accepted_;  // each element is written by one thread
};

}  // namespace jiexu::bench
