// How far something is, on a terminal: one line that is written over and is gone at the end. In
// pipes and files there is none.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <thread>

namespace jiexu::cli {

class Meter {
 public:
  // `what` is said already (say.h). `total` 0: nobody knows.
  Meter(std::string what, uint64_t total);
  ~Meter();
  Meter(const Meter&) = delete;
  Meter& operator=(const Meter&) = delete;

  void show(uint64_t done);
  // Before anything else is printed on the terminal.
  void clear();

 private:
  const std::string what_;
  const uint64_t total_;
  const bool shown_;  // there is a terminal
  bool drawn_ = false;
  std::chrono::steady_clock::time_point next_{};
};

// The seconds of something of which nobody knows how far it is; gone with the object.
class Elapsed {
 public:
  explicit Elapsed(const std::string& what);

 private:
  std::jthread thread_;
};

// "[#####.....]  50 %  what", in so many columns at most.
std::string meter_line(const std::string& what, uint64_t done, uint64_t total, size_t columns);

}  // namespace jiexu::cli
