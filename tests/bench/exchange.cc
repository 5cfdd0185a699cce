// Real daemons under load, each a process of its own with a store of its own:
//
//   letters   one way as fast as it goes: applications in bulk into the first agency, letters to
//             the others, until all are durable at their receivers
//   latency   an open load of single applications; from the API's answer at the sender (the letter
//             is durable there) until the letter is durable at the receiver
//
// Both may run over stores that hold open cases already. One JSON line a result; ops/bench makes
// the table.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <atomic>
#include <iostream>
#include <thread>

#include "daemon/api/json.h"
#include "daemon/base/check.h"
#include "tests/bench/open_cases.h"
#include "tests/bench/site.h"

namespace jiexu::bench {
namespace {

constexpr size_t kBatch = 1000;
constexpr size_t kLoaders = 3;  // so that the next submission is there when one has been answered

struct Options {
  SiteOptions site;
  std::string what = "letters";
  size_t messages = 60'000;
  size_t peers = 1;
  size_t open_cases = 0;
  size_t per_second = 200;
};

std::string protobuf_body(size_t first, size_t count, const Site& site) {
  v1::SubmitInput input;
  for (size_t n = first; n < first + count; ++n) {
    *input.add_applications() = application(n, site.code(1 + n % (site.size() - 1)));
  }
  return input.SerializeAsString();
}

// Posts a submission; every application of it must become a letter.
void submit(HttpConnection& at, const std::string& body, size_t count) {
  int status = 0;
  v1::SubmitResults results;
  do {
    const std::string answer =
        at.ask("POST", "/v1/letters:submit", "application/x-protobuf", body, &status);
    CHECK(status == 429 || status == 200);
    if (status == 200) CHECK(results.ParseFromString(answer));
  } while (status == 429);
  CHECK(static_cast<size_t>(results.results_size()) == count);
  for (const v1::SubmitResult& result : results.results()) CHECK(result.refusal().empty());
}

uint64_t received(HttpConnection& at, const Site& site) {
  return Site::peer(at, site.code(0)).in_last_seq();
}

// Until every receiver has its share; checks that none of it went into quarantine.
void wait_received(const Site& site, size_t messages) {
  for (size_t i = 1; i < site.size(); ++i) {
    const auto at = site.connect(i);
    const size_t others = site.size() - 1;
    const size_t share = messages / others + (i - 1 < messages % others ? 1 : 0);
    while (received(*at, site) < share) {
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    CHECK(at->ask("GET", "/v1/quarantine", "", "").find("\"refusal\"") == std::string::npos);
  }
}

double own_cpu_s() {
  return Usage::of({::getpid()}).cpu_s;
}

void letters(const Options& options, Site& site) {
  std::vector<std::string> bodies;
  for (size_t n = 0; n < options.messages; n += kBatch) {
    bodies.push_back(protobuf_body(n, std::min(kBatch, options.messages - n), site));
  }
  const Usage before = site.usage();
  const Usage sender_before = site.usage(0);
  const double loader_before = own_cpu_s();
  std::atomic<size_t> next{0};
  std::vector<std::thread> loaders;
  for (size_t i = 0; i < kLoaders; ++i) {
    loaders.emplace_back([&] {
      const auto at = site.connect(0);
      for (size_t mine = next++; mine < bodies.size(); mine = next++) {
        submit(*at, bodies[mine], std::min(kBatch, options.messages - mine * kBatch));
      }
    });
  }
  for (std::thread& loader : loaders) loader.join();
  const double accepted_s = monotonic_s() - before.at_s;
  wait_received(site, options.messages);
  const Usage used = site.usage() - before;
  const Usage sender = site.usage(0) - sender_before;
  const auto count = static_cast<double>(options.messages);
  print_row("letters", options.messages, options.site.letter_bytes, used);
  print_row("letters-parts", {{"sender_cpu_us", sender.cpu_s * 1e6 / count},
                              {"receivers_cpu_us", (used.cpu_s - sender.cpu_s) * 1e6 / count},
                              {"loader_cpu_us", (own_cpu_s() - loader_before) * 1e6 / count},
                              {"accepted_seconds", accepted_s}});
}

double quantile(const std::vector<double>& sorted, double q) {
  return sorted[static_cast<size_t>(q * static_cast<double>(sorted.size() - 1))];
}

// Notes when each letter became durable at the receiver, by asking again and again while any is
// on its way.
void watch(const Site& site, uint64_t base, const std::atomic<size_t>& posted,
           std::vector<double>& applied_s) {
  const auto at = site.connect(1);
  for (size_t done = 0; done < applied_s.size();) {
    if (done == posted) std::this_thread::sleep_for(std::chrono::microseconds(50));
    const uint64_t now_at = done < posted ? received(*at, site) - base : done;
    const double now = monotonic_s();
    while (done < now_at) applied_s[done++] = now;
  }
}

void latency(const Options& options, Site& site) {
  const auto sender = site.connect(0);
  const uint64_t base = received(*site.connect(1), site);
  std::vector<double> accepted, applied, applied_s(options.messages);
  std::atomic<size_t> posted{0};
  std::thread watcher([&] { watch(site, base, posted, applied_s); });
  const double start = monotonic_s();
  for (size_t n = 0; n < options.messages; ++n) {
    const std::string body = protobuf_body(n, 1, site);
    // An open load: each comes at its time, whatever became of those before.
    const double due = start + static_cast<double>(n) / static_cast<double>(options.per_second);
    std::this_thread::sleep_for(std::chrono::duration<double>(std::max(0.0, due - monotonic_s())));
    posted = n + 1;
    submit(*sender, body, 1);
    applied.push_back(monotonic_s());
    accepted.push_back((applied.back() - due) * 1e3);
  }
  watcher.join();
  for (size_t n = 0; n < applied.size(); ++n) {
    applied[n] = std::max(0.0, applied_s[n] - applied[n]) * 1e3;
  }
  std::ranges::sort(accepted);
  std::ranges::sort(applied);
  print_row("latency", {{"per_second", static_cast<double>(options.per_second)},
                        {"accept_p50_ms", quantile(accepted, 0.5)},
                        {"accept_p99_ms", quantile(accepted, 0.99)},
                        {"apply_p50_ms", quantile(applied, 0.5)},
                        {"apply_p99_ms", quantile(applied, 0.99)}});
}

void run(const Options& options) {
  Site site(options.site, options.peers + 1);
  if (options.open_cases > 0) {
    for (size_t i = 0; i < site.size(); ++i) make_open_cases(site.folder(i), options.open_cases);
  }
  double ready_s = 0;
  for (size_t i = 0; i < site.size(); ++i) {
    site.start(i);
    ready_s = std::max(ready_s, site.wait_ready(i));
  }
  const auto at = site.connect(0);
  for (size_t i = 1; i < site.size(); ++i) {
    while (Site::peer(*at, site.code(i)).state() != "flowing") {
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
  }
  if (options.open_cases > 0) {
    print_row("open-cases",
              {{"cases", static_cast<double>(options.open_cases)},
               {"ready_seconds", ready_s},
               {"rss_mib", static_cast<double>(site.usage(0).rss_bytes) / (1 << 20)}});
  }
  options.what == "latency" ? latency(options, site) : letters(options, site);
  for (size_t i = 0; i < site.size(); ++i) site.stop(i);
}

}  // namespace
}  // namespace jiexu::bench

int main(int argc, char** argv) {
  using namespace jiexu::bench;
  Options options;
  SiteOptions& site = options.site;
  site.bin = std::filesystem::path(argv[0]).parent_path();
  site.folder = "/var/tmp/jiexu-exchange";
  CLI::App app("Real daemons under load");
  app.add_option("what", options.what)->check(CLI::IsMember({"letters", "latency"}));
  app.add_option("--messages", options.messages)->capture_default_str();
  app.add_option("--bytes", site.letter_bytes, "Of one letter, 300 to 1024")->capture_default_str();
  app.add_option("--peers", options.peers, "Receiving agencies")->check(CLI::Range(1, 200));
  app.add_option("--open-cases", options.open_cases, "That each store holds at the start");
  app.add_option("--per-second", options.per_second, "Of the open load")->capture_default_str();
  app.add_option("--slow-fsync", site.sync_ms, "Each sync takes so many ms longer");
  app.add_option("--preload", site.preload, "The library that counts syncs");
  app.add_flag("--allocations", site.count_allocations, "Count these too; costs time");
  app.add_option("--folder", site.folder, "Made new")->capture_default_str();
  app.add_option("--port-base", site.port_base)->capture_default_str();
  app.add_option("--bin", site.bin, "Where jiexu and jiexud are");
  CLI11_PARSE(app, argc, argv);
  run(options);
  return 0;
}
