// What the tests with real daemons share, and those of them that have a file of their own.
#pragma once

#include <fmt/format.h>
#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include "tests/faults/processes.h"

namespace jiexu::faults {

struct Setup {
  std::filesystem::path bin;
  std::filesystem::path folder;
  uint16_t port_base = 17500;
  size_t cases = 30;
  size_t rounds = 2;
  bool campaign = false;       // hostile, gate: many more of everything
  std::filesystem::path disk;  // power: an ext4 of its own, and the file that it is in
  std::string image;
  std::string preload;               // power, order: loaded into the daemon
  std::filesystem::path small_disk;  // full: a file system of some 500 MiB of our own
};

class Failure {
 public:
  void operator()(const std::string& text) {
    fmt::print("FAULT: {}\n", text);
    failed_ = true;
  }
  bool failed() const { return failed_; }

 private:
  bool failed_ = false;
};

// Closes `cases` more cases with the daemon whole, and judges everything.
void work_to_end(TracedWorld& traced, size_t cases, Failure& fault);
bool start_world(TracedWorld& traced, const std::vector<std::string>& options, Failure& fault);

// Seconds until `done` says yes; nullopt after `seconds_max`.
template <class Done>
std::optional<double> wait_until(double seconds_max, const Done& done) {
  const auto began = std::chrono::steady_clock::now();
  while (true) {
    const bool yes = done();
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
    if (yes) return took.count();
    if (took.count() > seconds_max) return std::nullopt;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
}

// The configuration of the world's first agency, with its ports five higher.
std::string config_on_other_ports(const std::filesystem::path& config, uint16_t port_base);

// Applications of `people` from number `next` on, handed in at agency `from` of the two until
// `count` letters go to the other one. REQUIRES: without_second_person().
void submit_letters(e2e::World& world, size_t from, e2e::People& people, size_t& next, size_t count,
                    Failure& fault);

// What agency `at` says of its link with the other one of the two, or with any.
v1::PeerView link_of(e2e::World& world, size_t at);
v1::PeerView peer_of(e2e::World& world, size_t at, const std::string& code);

// disk_full.cc: other programs fill the disk, again and again.
void test_full(const Setup& setup, Failure& fault);
// second_copy.cc: a clone with the same keys.
void test_copy(const Setup& setup, Failure& fault);
// restore.cc: old backups after `cases` letters.
void test_restore(const Setup& setup, Failure& fault);
// power_cut.cc: what was not synced is gone.
void test_power(const Setup& setup, Failure& fault);
// hostile.cc: strangers and a hostile peer at the link port.
void test_hostile(const Setup& setup, Failure& fault);
// gate_faults.cc: the process that has ZeroMQ dies.
void test_gate(const Setup& setup, Failure& fault);
// The gate of a daemon; -1: it has none at the moment.
pid_t gate_of(pid_t daemon);

}  // namespace jiexu::faults
