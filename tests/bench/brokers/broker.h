// A store-and-forward system as its users see it: messages go in at A, A acknowledges them, and
// some time later they are at B. The servers are started and stopped by others (suite/); here are
// only their clients, one .cc a system, each linked into a load program of its own.
//
// A client is used by one thread. Whatever goes wrong with a connection is said by `false` or null;
// the load then either gives up or connects again.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace jiexu::bench {

class Publisher {
 public:
  virtual ~Publisher() = default;
  // Hands in the messages `first` to `first + count`.
  virtual bool publish(uint64_t first, size_t count) = 0;
  // Appends the ids that A has acknowledged; waits for one, but not longer than `wait`.
  virtual bool collect(std::chrono::microseconds wait, std::vector<uint64_t>& acknowledged) = 0;
};

class Reader {
 public:
  virtual ~Reader() = default;
  // Takes messages out of B and appends their ids; waits for one, but not longer than `wait`.
  virtual bool read(std::chrono::microseconds wait, std::vector<uint64_t>& ids) = 0;
};

// How a system is loaded at its best.
struct Pace {
  size_t publishers = 1;
  size_t batch = 100;             // messages handed in at once
  size_t window = 1000;           // without acknowledgement, by publisher
  uint64_t lag_max = 20000;       // handed in and not yet at B, all together
  bool count_by_reading = false;  // B cannot say how many it holds
};

struct Setup {
  std::string a, b;  // where the servers are, as the client wants it
  size_t bytes = 1024;
};

class Broker {
 public:
  virtual ~Broker() = default;
  virtual Pace pace() const = 0;
  // Makes queues, streams or tables, once, on fresh servers. False: a server is not there yet.
  virtual bool prepare() = 0;
  // Null: A is not there.
  virtual std::unique_ptr<Publisher> publisher() = 0;
  // Of all messages at B, or only of those that arrive from now on. Null: B is not there.
  virtual std::unique_ptr<Reader> reader(bool only_new) = 0;
  // How many messages B holds, by a question that costs it little. REQUIRES: prepare() was called
  // on these servers, and pace() does not say count_by_reading.
  virtual std::optional<uint64_t> count_at_b() = 0;
};

// Each system's file defines it.
std::unique_ptr<Broker> make_broker(const Setup& setup);

}  // namespace jiexu::bench
