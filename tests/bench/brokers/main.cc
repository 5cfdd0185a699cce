// jiexu-load-SYSTEM: the load on one store-and-forward system, whose servers run already.
//
//   prepare      makes queues, streams or tables
//   throughput   as fast as it goes, until B holds all; what the servers' processes cost
//   latency      open load; from when each was due until A acknowledged and until it is read at B
//   publish      open load through crashes; writes down which messages A acknowledged
//   drain        reads all at B and compares with what was written down
//
// One JSON line a result.
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <functional>
#include <iostream>
#include <thread>
#include <unordered_map>

#include "ops/cli/command_line.h"
#include "tests/bench/brokers/load.h"
#include "tests/bench/measure.h"

namespace jiexu::bench {
namespace {

using namespace std::chrono_literals;

struct Options {
  std::string mode;
  Setup setup;
  Plan plan;
  uint64_t warm_up = 0;
  std::vector<pid_t> servers;
  std::string counters;
  std::string acknowledged;
  double idle_s = 3;
};

[[noreturn]] void give_up(const std::string& why) {
  std::cerr << "load: " << why << "\n";
  std::exit(1);
}

std::unique_ptr<Reader> reader_of(Broker& broker, bool only_new) {
  auto reader = broker.reader(only_new);
  if (reader == nullptr) give_up("cannot read at B");
  return reader;
}

// How many messages B holds, however it is best asked.
class Counter {
 public:
  explicit Counter(Broker& broker) : broker_(broker) {
    if (broker.pace().count_by_reading) reader_ = reader_of(broker, false);
  }
  uint64_t now() {
    if (reader_ == nullptr) {
      const auto count = broker_.count_at_b();
      if (!count) give_up("B does not answer");
      std::this_thread::sleep_for(5ms);
      return *count;
    }
    std::vector<uint64_t> ids;
    if (!reader_->read(5ms, ids)) give_up("B does not answer");
    return read_ += ids.size();
  }

 private:
  Broker& broker_;
  std::unique_ptr<Reader> reader_;
  uint64_t read_ = 0;
};

void fill(Broker& broker, Counter& counter, const Plan& plan, const std::function<void()>& begin) {
  const uint64_t base = counter.now();
  Load load(broker, plan);
  if (!load.connect()) give_up("cannot connect to A");
  begin();
  std::thread loading([&] { load.run(); });
  for (uint64_t there = 0; there < plan.messages;) {
    if (load.lost_connection()) give_up("A closed the connection");
    there = counter.now() - base;
    load.at_b(there);
  }
  loading.join();
}

void throughput(const Options& options, Broker& broker) {
  Counter counter(broker);
  Plan plan = options.plan;
  if (options.warm_up > 0) fill(broker, counter, {plan.first, options.warm_up, 0, false}, [] {});
  plan.first += options.warm_up;
  Usage before;
  double own_before = 0;
  // Servers have a process by connection: look when all are connected, and before they are gone.
  fill(broker, counter, plan, [&] {
    before = Usage::of(with_children(options.servers));
    own_before = Usage::of({::getpid()}).cpu_s;
  });
  const std::vector<pid_t> servers = with_children(options.servers);
  const Usage used = Usage::of(servers) - before;
  const double own = Usage::of({::getpid()}).cpu_s - own_before;
  print_row("throughput", plan.messages, options.setup.bytes, used);
  print_row("parts", {{"load_cpu_us", own * 1e6 / static_cast<double>(plan.messages)},
                      {"rss_mib", static_cast<double>(pss_bytes(servers)) / (1 << 20)}});
}

double quantile(std::vector<double>& values, double q) {
  const auto at = static_cast<ptrdiff_t>(q * static_cast<double>(values.size() - 1));
  std::ranges::nth_element(values, values.begin() + at);
  return values[static_cast<size_t>(at)];
}

void latency(const Options& options, Broker& broker) {
  const auto reader = reader_of(broker, true);
  Load load(broker, options.plan);
  if (!load.connect()) give_up("cannot connect to A");
  std::vector<double> arrived(options.plan.messages);
  std::thread reading([&] {
    std::vector<uint64_t> ids;
    for (size_t missing = arrived.size(); missing > 0;) {
      ids.clear();
      if (!reader->read(5ms, ids)) give_up("B does not answer");
      const double now = monotonic_s();
      for (const uint64_t id : ids) {
        const uint64_t n = id - options.plan.first;
        if (n >= arrived.size() || arrived[n] > 0) continue;  // of a run before, or once more
        arrived[n] = now;
        --missing;
      }
    }
  });
  load.run();
  reading.join();
  std::vector<double> accept, whole;
  for (size_t n = std::min<size_t>(200, arrived.size() / 2); n < arrived.size(); ++n) {
    accept.push_back((load.accepted()[n] - load.due()[n]) * 1e3);
    whole.push_back((arrived[n] - load.due()[n]) * 1e3);
  }
  print_row("latency", {{"offered_per_second", options.plan.per_second},
                        {"accept_p50_ms", quantile(accept, 0.5)},
                        {"accept_p99_ms", quantile(accept, 0.99)},
                        {"whole_p50_ms", quantile(whole, 0.5)},
                        {"whole_p99_ms", quantile(whole, 0.99)}});
}

void publish(const Options& options, Broker& broker) {
  Load load(broker, options.plan);
  if (!load.connect()) give_up("cannot connect to A");
  load.run();
  std::ofstream file(options.acknowledged, std::ios::binary);
  for (uint64_t n = 0; n < options.plan.messages; ++n) {
    const uint64_t id = options.plan.first + n;
    if (load.accepted()[n] > 0) file.write(reinterpret_cast<const char*>(&id), sizeof id);
  }
  print_row("publish", {{"offered", static_cast<double>(options.plan.messages)},
                        {"acknowledged", static_cast<double>(load.acknowledged())}});
}

std::vector<uint64_t> read_ids(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::vector<uint64_t> ids;
  uint64_t id = 0;
  while (file.read(reinterpret_cast<char*>(&id), sizeof id)) ids.push_back(id);
  return ids;
}

// Until B has as many as A acknowledged, or it has got no more for long; then until it is quiet.
void settle(Broker& broker, uint64_t acknowledged, double idle_s) {
  if (broker.pace().count_by_reading) return;
  uint64_t count = 0;
  for (double news_s = monotonic_s(); monotonic_s() - news_s < (count < acknowledged ? 30 : idle_s);
       std::this_thread::sleep_for(100ms)) {
    const uint64_t now = broker.count_at_b().value_or(0);
    if (now != count) news_s = monotonic_s();
    count = now;
  }
}

void drain(const Options& options, Broker& broker) {
  const std::vector<uint64_t> acknowledged = read_ids(options.acknowledged);
  settle(broker, acknowledged.size(), options.idle_s);
  const auto reader = reader_of(broker, false);
  std::unordered_map<uint64_t, uint64_t> copies;
  std::vector<uint64_t> ids;
  for (double last_s = monotonic_s(); monotonic_s() - last_s < options.idle_s;) {
    ids.clear();
    if (!reader->read(100ms, ids)) give_up("B does not answer");
    if (!ids.empty()) last_s = monotonic_s();
    for (const uint64_t id : ids) ++copies[id];
  }
  uint64_t lost = 0, doubled = 0;
  for (const uint64_t id : acknowledged) lost += copies.contains(id) ? 0 : 1;
  for (const auto& [id, count] : copies) doubled += count - 1;
  print_row("drain", {{"acknowledged", static_cast<double>(acknowledged.size())},
                      {"at_b", static_cast<double>(copies.size())},
                      {"lost", static_cast<double>(lost)},
                      {"doubled", static_cast<double>(doubled)}});
}

void prepare(const Options&, Broker& broker) {
  const double until = monotonic_s() + 30;
  while (!broker.prepare()) {
    if (monotonic_s() > until) give_up("the servers are not there after 30 s");
    std::this_thread::sleep_for(200ms);
  }
}

const std::unordered_map<std::string, void (*)(const Options&, Broker&)> kModes = {
    {"prepare", prepare},
    {"throughput", throughput},
    {"latency", latency},
    {"publish", publish},
    {"drain", drain}};

std::vector<std::string> mode_names() {
  std::vector<std::string> names;
  for (const auto& [name, run] : kModes) names.push_back(name);
  return names;
}

}  // namespace
}  // namespace jiexu::bench

int main(int argc, char** argv) {
  using namespace jiexu::bench;
  signal(SIGPIPE, SIG_IGN);
  Options options;
  jiexu::cli::CommandLine line("The load on one store-and-forward system");
  jiexu::cli::Command app = line.command();
  app.add_option("mode", options.mode).required().one_of(mode_names());
  app.add_option("--a", options.setup.a, "Where the sending server is").required();
  app.add_option("--b", options.setup.b, "Where the receiving server is").required();
  app.add_option("--bytes", options.setup.bytes, "Of one message");
  app.add_option("--first", options.plan.first, "Number of the first message");
  app.add_option("--messages", options.plan.messages);
  app.add_option("--warm-up", options.warm_up, "Messages before those that are measured");
  app.add_option("--per-second", options.plan.per_second, "An open load; 0: as fast as it goes");
  app.add_option("--servers", options.servers, "Processes whose cost, with children, counts");
  app.add_option("--counters", options.counters, "The file that the preloaded library counts in");
  app.add_option("--acknowledged", options.acknowledged, "The file to write or to compare with");
  app.add_option("--idle", options.idle_s, "drain: ends after so many seconds without a message");
  if (const auto ends = line.parse(argc, argv)) return *ends;
  options.plan.reconnect = options.mode == "publish";
  if (!options.counters.empty()) count_into(options.counters);
  const auto broker = make_broker(options.setup);
  kModes.at(options.mode)(options, *broker);
  return 0;
}
