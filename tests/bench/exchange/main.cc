// jiexu-exchange: real daemons under load, each a process of its own with a store of its own, over
// stores that hold open cases already if asked for. One JSON line a result; ops/bench makes the
// table. What is measured is in modes.h.
#include <algorithm>
#include <iterator>
#include <thread>

#include "ops/cli/command_line.h"
#include "tests/bench/exchange/modes.h"
#include "tests/bench/exchange/open_cases.h"

namespace jiexu::bench {
namespace {

struct Mode {
  const char* name;
  void (*run)(const Options&, Site&);
};
constexpr size_t kStartedTogether = 20;
// Only the agencies' folders, for others to start the daemons.
const char* const kMake = "make";
constexpr Mode kModes[] = {
    {"letters", letters}, {"latency", latency}, {"cases", cases}, {"dead-peer", dead_peer}};

void start_all(Site& site, size_t open_cases) {
  site.start(0);
  const double ready_s = site.wait_ready(0);  // with the machine to itself
  for (size_t i = 1; i < site.size(); i += kStartedTogether) {
    const size_t end = std::min(site.size(), i + kStartedTogether);
    for (size_t j = i; j < end; ++j) site.start(j);
    for (size_t j = i; j < end; ++j) site.wait_ready(j);
  }
  const auto at = site.connect(0);
  for (size_t i = 1; i < site.size(); ++i) {
    while (Site::peer(*at, site.code(i)).state() != "flowing") {
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
  }
  print_row("start", {{"open_cases", static_cast<double>(open_cases)},
                      {"peers", static_cast<double>(site.size() - 1)},
                      {"ready_seconds", ready_s},
                      {"rss_mib", static_cast<double>(site.usage(0).rss_bytes) / (1 << 20)}});
}

void run(const Options& options) {
  Site site(options.site, options.peers + 1);
  if (options.mode == kMake) return;
  // Of many receivers each is another agency's machine in life: here, only the sender's is filled.
  const size_t filled = options.open_cases == 0 ? 0 : options.peers > 1 ? 1 : site.size();
  for (size_t i = 0; i < filled; ++i) make_open_cases(site.folder(i), options.open_cases);
  start_all(site, options.open_cases);
  for (const Mode& mode : kModes) {
    if (mode.name == options.mode) mode.run(options, site);
  }
  for (size_t i = 0; i < site.size(); ++i) site.stop(i);
}

std::vector<std::string> mode_names() {
  std::vector<std::string> out = {kMake};
  std::ranges::transform(kModes, std::back_inserter(out), &Mode::name);
  return out;
}

}  // namespace
}  // namespace jiexu::bench

int main(int argc, char** argv) {
  using namespace jiexu::bench;
  Options options;
  SiteOptions& site = options.site;
  site.bin = std::filesystem::path(argv[0]).parent_path();
  site.folder = "/var/tmp/jiexu-exchange";
  jiexu::cli::CommandLine line("Real daemons under load");
  jiexu::cli::Command app = line.command();
  app.add_option("mode", options.mode).one_of(mode_names());
  app.add_option("--messages", options.messages).shows_default();
  app.add_option("--bytes", site.letter_bytes, "Of one letter, 300 to 1024").shows_default();
  app.add_option("--peers", options.peers, "Receiving agencies").range(1, 400);
  app.add_option("--open-cases", options.open_cases,
                 "That the stores hold at the start; of several receivers, the sender's only");
  app.add_option("--per-second", options.per_second, "Of the open load").shows_default();
  app.add_option("--slow-fsync", site.sync_ms, "Each sync takes so many ms longer");
  app.add_option("--preload", site.preload, "The library that counts syncs");
  app.add_flag("--allocations", site.count_allocations, "Count these too; costs time");
  app.add_option("--under", site.under, "Program with arguments that runs each daemon");
  app.add_option("--folder", site.folder, "Made new").shows_default();
  app.add_option("--port-base", site.port_base).shows_default();
  app.add_option("--bin", site.bin, "Where jiexu and jiexud are");
  if (const auto ends = line.parse(argc, argv)) return *ends;
  run(options);
  return 0;
}
