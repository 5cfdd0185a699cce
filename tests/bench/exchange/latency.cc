#include <algorithm>
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

// A letter is applied when the receiver's first sync after its acceptance has returned: it cannot
// have left before, and the receiver syncs for nothing else. One that was applied even before the
// acceptance was heard of counts with the next letter's sync, which is too late, never too early.
void find_applied(const std::vector<double>& syncs, std::vector<Times>& times) {
  auto sync = syncs.begin();
  for (Times& letter : times) {
    sync = std::ranges::find_if(sync, syncs.end(), [&](double at) { return at > letter.accepted; });
    letter.applied = sync == syncs.end() ? letter.accepted : *sync;
  }
}

void load(const Options& options, const Site& site, std::vector<Times>& times) {
  const auto sender = site.connect(0);
  const double start = monotonic_s();
  for (size_t n = 0; n < times.size(); ++n) {
    const std::string body = submission(n, 1, site);
    times[n].due = start + static_cast<double>(n) / static_cast<double>(options.per_second);
    const double early = times[n].due - monotonic_s();
    if (early > 0) std::this_thread::sleep_for(std::chrono::duration<double>(early));
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
  if (options.site.preload.empty()) give_up("latency needs --preload, which notes the syncs");
  std::vector<Times> times(options.messages);
  load(options, site, times);
  wait_received(site, options.messages, 5);
  find_applied(site.sync_times(1), times);
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
