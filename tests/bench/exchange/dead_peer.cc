#include <algorithm>
#include <chrono>
#include <thread>

#include "daemon/base/check.h"
#include "tests/bench/exchange/modes.h"
#include "tests/bench/exchange/queue.h"
#include "tests/bench/exchange/submit.h"

namespace jiexu::bench {
namespace {

constexpr size_t kBatch = 1000;
constexpr size_t kRounds = 5;
constexpr size_t kRoundProbes = 1000;
constexpr size_t kProbes = kRounds * kRoundProbes;
constexpr size_t kLive = 50'000;  // of the letters are handed in while the daemon runs
constexpr double kIdleSeconds = 5;
constexpr size_t kAlive = 1, kDead = 2;

std::string letters_to(size_t agency, size_t first, size_t count, const Site& site) {
  v1::SubmitInput input;
  for (size_t n = first; n < first + count; ++n) {
    *input.add_applications() = application(n, site.code(agency));
  }
  return input.SerializeAsString();
}

struct Latency {
  double p50_ms, p99_ms;
};

double median(std::vector<double> values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
}

// One letter after the other to the agency that lives, each until it is there. The medians of a few
// rounds, as one slow spell of the disk decides the 99th percentile of one.
Latency probe(const Site& site, size_t first) {
  const auto sender = site.connect(0), receiver = site.connect(kAlive);
  std::vector<double> p50s, p99s;
  uint64_t there = received(*receiver, site);
  for (size_t round = 0; round < kRounds; ++round) {
    std::vector<double> times;
    for (size_t n = 0; n < kRoundProbes; ++n) {
      const std::string body = letters_to(kAlive, first++, 1, site);
      const double began = monotonic_s();
      submit(*sender, body, 1);
      while (received(*receiver, site) == there) {
      }
      ++there;
      times.push_back((monotonic_s() - began) * 1e3);
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
    std::ranges::sort(times);
    p50s.push_back(times[times.size() / 2]);
    p99s.push_back(times[times.size() * 99 / 100]);
  }
  return {median(std::move(p50s)), median(std::move(p99s))};
}

struct Idle {
  double cpu_percent, rss_mib, peers_ms;
};

// What it costs the sender to have nothing to do, and to say how its links stand.
Idle idle(const Site& site) {
  const auto sender = site.connect(0);
  const double began = monotonic_s();
  constexpr int kAsks = 100;
  for (int i = 0; i < kAsks; ++i) Site::peer(*sender, site.code(kDead));
  const double peers_ms = (monotonic_s() - began) * 1e3 / kAsks;
  const Usage before = site.usage(0);
  std::this_thread::sleep_for(std::chrono::duration<double>(kIdleSeconds));
  const Usage used = site.usage(0) - before;
  return {used.cpu_s / used.at_s * 100, static_cast<double>(site.usage(0).rss_bytes) / (1 << 20),
          peers_ms};
}

double wait_for(const Site& site, uint64_t letters) {
  const double began = monotonic_s();
  const auto receiver = site.connect(kDead);
  while (received(*receiver, site) < letters) {
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  return monotonic_s() - began;
}

}  // namespace

void dead_peer(const Options& options, Site& site) {
  CHECK(site.size() > kDead);
  const Idle before = idle(site);
  const Latency latency_before = probe(site, 0);
  site.stop(kDead);
  const size_t live = std::min(kLive, options.messages / 2);
  site.stop(0);
  queue_letters(site.folder(0), site.code(kDead), options.messages - live, 3 * kProbes + live);
  site.start(0);
  const double ready_s = site.wait_ready(0);
  {
    const auto sender = site.connect(0);
    for (size_t n = 0; n < live; n += kBatch) {
      const size_t count = std::min(kBatch, live - n);
      submit(*sender, letters_to(kDead, 3 * kProbes + n, count, site), count);
    }
  }
  const double rss_queueing = static_cast<double>(site.usage(0).rss_peak_bytes) / (1 << 20);
  const Latency latency_queued = probe(site, kProbes);
  const Idle queued = idle(site);
  site.start(kDead);
  site.wait_ready(kDead);
  const double first_s = wait_for(site, 1);
  const double all_s = first_s + wait_for(site, options.messages);
  // A disk that grows slower or faster meanwhile shows in one of them and not in the ratio.
  const Latency latency_after = probe(site, 2 * kProbes);
  print_row("dead-peer",
            {{"queued", static_cast<double>(options.messages)},
             {"ready_seconds", ready_s},
             {"idle_rss_mib", before.rss_mib},
             {"queued_rss_mib", queued.rss_mib},
             {"peak_queueing_rss_mib", rss_queueing},
             {"peak_rss_mib", static_cast<double>(site.usage(0).rss_peak_bytes) / (1 << 20)},
             {"idle_cpu_percent", before.cpu_percent},
             {"queued_cpu_percent", queued.cpu_percent},
             {"peers_ms", before.peers_ms},
             {"queued_peers_ms", queued.peers_ms},
             {"p50_ms", (latency_before.p50_ms + latency_after.p50_ms) / 2},
             {"queued_p50_ms", latency_queued.p50_ms},
             {"p99_ms", (latency_before.p99_ms + latency_after.p99_ms) / 2},
             {"queued_p99_ms", latency_queued.p99_ms},
             {"first_seconds", first_s},
             {"all_seconds", all_s},
             {"per_second", static_cast<double>(options.messages) / all_s}});
}

}  // namespace jiexu::bench
