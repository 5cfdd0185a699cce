// A TCP relay between two ports of loopback that takes one connection, passes at most so many bytes
// each way, and then holds the rest back while both ends stay open. What was said through it stays
// unfinished, however fast the machine is. Errors end the connection.
#pragma once

#include <atomic>
#include <cstdint>
#include <thread>

namespace jiexu {

class HoldingRelay {
 public:
  // `port` 0: any free one.
  HoldingRelay(uint16_t to_port, uint64_t bytes_each_way, uint16_t port = 0);
  ~HoldingRelay();
  HoldingRelay(const HoldingRelay&) = delete;
  HoldingRelay& operator=(const HoldingRelay&) = delete;

  uint16_t port() const { return port_; }

 private:
  void run();
  void relay(int near, int far) const;

  const uint16_t to_port_;
  const uint64_t bytes_each_way_;
  int listener_;
  uint16_t port_ = 0;
  std::atomic<bool> stop_ = false;
  std::thread thread_;
};

}  // namespace jiexu
