#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <thread>

#include "tests/bench/exchange/modes.h"
#include "tests/bench/exchange/submit.h"

namespace jiexu::bench {
namespace {

constexpr size_t kLettersBatch = 1000;
constexpr size_t kLoaders = 3;  // so that the next submission is there when one has been answered

double own_cpu_s() {
  return Usage::of({::getpid()}).cpu_s;
}

void load(const std::vector<std::string>& bodies, size_t messages, const Site& site) {
  std::atomic<size_t> next{0};
  std::vector<std::thread> loaders;
  for (size_t i = 0; i < kLoaders; ++i) {
    loaders.emplace_back([&] {
      const auto at = site.connect(0);
      for (size_t mine = next++; mine < bodies.size(); mine = next++) {
        submit(*at, bodies[mine], std::min(kLettersBatch, messages - mine * kLettersBatch));
      }
    });
  }
  for (std::thread& loader : loaders) loader.join();
}

}  // namespace

void letters(const Options& options, Site& site) {
  std::vector<std::string> bodies;
  for (size_t n = 0; n < options.messages; n += kLettersBatch) {
    bodies.push_back(submission(n, std::min(kLettersBatch, options.messages - n), site));
  }
  const Usage before = site.usage();
  const Usage sender_before = site.usage(0);
  const double loader_before = own_cpu_s();
  load(bodies, options.messages, site);
  const double accepted_s = monotonic_s() - before.at_s;
  wait_received(site, options.messages, options.site.under.empty() ? 5 : 500);
  const Usage used = site.usage() - before;
  const Usage sender = site.usage(0) - sender_before;
  const auto count = static_cast<double>(options.messages);
  print_row("letters", options.messages, options.site.letter_bytes, used);
  print_row("letters-parts",
            {{"sender_cpu_us", sender.cpu_s * 1e6 / count},
             {"receivers_cpu_us", (used.cpu_s - sender.cpu_s) * 1e6 / count},
             {"load_cpu_us", (own_cpu_s() - loader_before) * 1e6 / count},
             {"sender_rss_mib", static_cast<double>(sender.rss_peak_bytes) / (1 << 20)},
             {"accepted_seconds", accepted_s}});
}

}  // namespace jiexu::bench
