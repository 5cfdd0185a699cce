// A TCP relay on loopback that does to what passes what bad networks do: a byte is flipped, one is
// put in, a frame says that it is longer than any, the connection is cut. One fault each time that
// it is asked for one.
#pragma once

#include <atomic>
#include <cstdint>
#include <list>
#include <thread>

namespace jiexu::faults {

class BadPath {
 public:
  enum class Harm : uint8_t { kNone, kFlip, kInsert, kLength, kCut };

  BadPath(uint16_t port, uint16_t to_port);
  ~BadPath();
  BadPath(const BadPath&) = delete;
  BadPath& operator=(const BadPath&) = delete;

  // To the next bytes that pass, whichever way; kLength: to the caller.
  void harm(Harm harm) { next_ = harm; }
  uint64_t harmed() const { return harmed_; }

 private:
  void run();
  void relay(int near);
  bool pass(int from, int to, uint64_t& random, bool back = false);

  const uint16_t to_port_;
  const int listener_;
  std::atomic<bool> stop_ = false;
  std::atomic<Harm> next_ = Harm::kNone;
  std::atomic<uint64_t> harmed_ = 0;
  std::list<std::thread> connections_;  // of the listening thread
  std::thread thread_;
};

}  // namespace jiexu::faults
