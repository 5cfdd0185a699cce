// Agencies under measurement: folders made by `jiexu init`, real daemons on loopback.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "jiexu/v1/api.pb.h"
#include "tests/bench/exchange/http.h"
#include "tests/bench/measure.h"
#include "tests/e2e/process.h"

namespace jiexu::bench {

// Ends the program: the measurement means nothing any more.
[[noreturn]] void give_up(const std::string& why);

struct SiteOptions {
  std::filesystem::path bin;      // jiexu, jiexud
  std::filesystem::path folder;   // made new
  std::filesystem::path preload;  // empty: nothing is counted
  size_t letter_bytes = 1024;
  int sync_ms = 0;  // each sync of a daemon takes so much longer
  bool count_allocations = false;
  // A program with arguments, apart by spaces, that runs each daemon, such as a profiler; AGENCY in
  // them becomes the agency's code. Daemons are then so slow that they must not be asked all the
  // time.
  std::string under;
  uint16_t port_base = 17600;
};

class Site {
 public:
  // Of every agency.
  static constexpr const char* kName = "Bench";
  static constexpr const char* kBankAccount = "41001500000000000001";

  // Makes `count` agencies that know each other; the first of them sends. Ends the program if that
  // fails.
  Site(SiteOptions options, size_t count);

  void start(size_t index);
  void stop(size_t index);
  // Monotonic seconds at which its syncs returned, in order. REQUIRES: a preloaded library.
  std::vector<double> sync_times(size_t index) const;
  // Waits until the daemon is ready; the seconds since start().
  double wait_ready(size_t index);

  size_t size() const { return agencies_.size(); }
  const std::string& code(size_t index) const { return agencies_[index]->code; }
  std::filesystem::path folder(size_t index) const { return agencies_[index]->folder; }
  std::unique_ptr<HttpConnection> connect(size_t index) const;
  // With the gates.
  Usage usage() const;
  Usage usage(size_t index) const;

  // Of agency `from` as agency `at` sees the link to or from it.
  static v1::PeerView peer(HttpConnection& at, const std::string& from);

 private:
  struct Agency {
    std::string code;
    std::filesystem::path folder;
    uint16_t link_port = 0;
    uint16_t api_port = 0;
    std::string token;
    e2e::Process process;
    double started_s = 0;
  };
  void init(Agency& agency) const;
  std::vector<std::string> under(const std::string& code) const;
  std::string run(const Agency& agency, std::vector<std::string> args) const;

  SiteOptions options_;
  std::vector<std::unique_ptr<Agency>> agencies_;
};

// The n-th application, of a person who does not exist.
v1::Application application(size_t n, const std::string& origin_agency);

}  // namespace jiexu::bench
