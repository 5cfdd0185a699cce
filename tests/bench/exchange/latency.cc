#include <algorithm>
#include <atomic>
#include <chrono>
#include <thread>

#include "tests/bench/exchange/modes.h"
#include "tests/bench/exchange/submit.h"

namespace jiexu::bench {
namespace {

// Letters of the start that are not counted: connections and caches are cold.
constexpr size_t kWarmUp = 200;

struct Times {
  double due = 0, accepted = 0, applied = 0;  // monotonic seconds
};

// Notes when each letter became durable at the receiver, by asking again and again while any is
// on its way.
void watch(const Site& site, uint64_t base, const std::atomic<size_t>& posted,
           std::vector<Times>& times) {
  const auto at = site.connect(1);
  for (size_t done = 0; done < times.size();) {
    if (done == posted) std::this_thread::sleep_for(std::chrono::microseconds(50));
    const uint64_t now_at = done < posted ? received(*at, site) - base : done;
    const double now = monotonic_s();
    while (done < now_at) times[done++].applied = now;
  }
}

void load(const Options& options, const Site& site, std::atomic<size_t>& posted,
          std::vector<Times>& times) {
  const auto sender = site.connect(0);
  const double start = monotonic_s();
  for (size_t n = 0; n < times.size(); ++n) {
    const std::string body = submission(n, 1, site);
    times[n].due = start + static_cast<double>(n) / static_cast<double>(options.per_second);
    const double early = times[n].due - monotonic_s();
    if (early > 0) std::this_thread::sleep_for(std::chrono::duration<double>(early));
    posted = n + 1;
    submit(*sender, body, 1);
    times[n].accepted = monotonic_s();
  }
}

// In milliseconds, from one moment of each letter to another.
std::vector<double> sorted_ms(const std::vector<Times>& times, double Times::*from,
                              double Times::*to) {
  std::vector<double> out;
  for (size_t n = std::min(kWarmUp, times.size() / 2); n < times.size(); ++n) {
    out.push_back(std::max(0.0, times[n].*to - times[n].*from) * 1e3);
  }
  std::ranges::sort(out);
  return out;
}

double quantile(const std::vector<double>& sorted, double q) {
  return sorted[static_cast<size_t>(q * static_cast<double>(sorted.size() - 1))];
}

}  // namespace

void latency(const Options& options, Site& site) {
  const uint64_t base = received(*site.connect(1), site);
  std::vector<Times> times(options.messages);
  std::atomic<size_t> posted{0};
  std::thread watcher([&] { watch(site, base, posted, times); });
  load(options, site, posted, times);
  watcher.join();
  const auto accept = sorted_ms(times, &Times::due, &Times::accepted);
  const auto apply = sorted_ms(times, &Times::accepted, &Times::applied);
  const auto whole = sorted_ms(times, &Times::due, &Times::applied);
  print_row("latency", {{"offered_per_second", static_cast<double>(options.per_second)},
                        {"accept_p50_ms", quantile(accept, 0.5)},
                        {"accept_p99_ms", quantile(accept, 0.99)},
                        {"apply_p50_ms", quantile(apply, 0.5)},
                        {"apply_p99_ms", quantile(apply, 0.99)},
                        {"whole_p50_ms", quantile(whole, 0.5)},
                        {"whole_p99_ms", quantile(whole, 0.99)}});
}

}  // namespace jiexu::bench
