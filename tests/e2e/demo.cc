// jiexu-demo: what ./ops/demo runs once everything is built. Two agencies on loopback, generated
// people, clerks that act through the API, a bank; judged from outside at the end.
//
// With --kill N it also kills daemons (SIGKILL), N times, at random moments: that is the end-to-end
// crash test.
#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <random>
#include <thread>
#include <utility>

#include "ops/cli/command_line.h"
#include "tests/e2e/verdict.h"
#include "tests/e2e/world.h"

namespace jiexu::e2e {
namespace {

using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

struct Options {
  bool once = false;
  size_t cases = 50;
  size_t kills = 0;
  bool restore = false;
  uint64_t seed = 1;
  int timeout_s = 300;
  uint16_t port_base = 17400;
  std::string folder;
  std::filesystem::path other_bin;
  size_t other_agency = 2;
};

std::atomic<bool> g_interrupted{false};

// Kills one daemon or both, at random moments, and starts them again.
class Killer {
 public:
  Killer(World& world, size_t kills, uint64_t seed) : world_(world), left_(kills), random_(seed) {
    if (kills > 0) thread_ = std::thread([this] { run(); });
  }
  ~Killer() {
    stop_ = true;
    if (thread_.joinable()) thread_.join();
  }
  bool finished() const { return left_ == 0; }
  std::string error() const { return error_; }

 private:
  void run() {
    while (left_ > 0 && !stop_) {
      std::this_thread::sleep_for(std::chrono::milliseconds(20 + random_() % 400));
      const uint64_t draw = random_() % 10;
      const bool both = draw == 0;
      for (size_t i = 0; i < 2; ++i) {
        if (both || draw % 2 == i) world_.agency(i).kill_now();
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(random_() % 100));
      for (size_t i = 0; i < 2; ++i) {
        if (!both && draw % 2 != i) continue;
        if (const auto done = world_.agency(i).start(); !done) error_ = done.error().text;
      }
      if (const auto ready = world_.wait_ready(30); !ready) {
        error_ = ready.error().text;
        return;
      }
      --left_;
    }
  }

  World& world_;
  std::atomic<size_t> left_;
  std::mt19937_64 random_;
  std::atomic<bool> stop_{false};
  std::string error_;
  std::thread thread_;
};

// Clerks at both agencies, each its own thread, and the cashiers on one, until destroyed.
class Clerks {
 public:
  explicit Clerks(World& world) : world_(world) {
    for (size_t i = 0; i < 2; ++i) {
      threads_[i] = std::thread([this, i] {
        while (!stop_) {
          world_.work(i);
          std::this_thread::sleep_for(2ms);
        }
      });
    }
    threads_[2] = std::thread([this] {
      while (!stop_) {
        world_.cashiers().work();
        std::this_thread::sleep_for(50ms);
      }
    });
  }
  ~Clerks() {
    stop_ = true;
    for (std::thread& thread : threads_) thread.join();
  }

 private:
  World& world_;
  std::atomic<bool> stop_{false};
  std::array<std::thread, 3> threads_;
};

void key_applications(World& world, size_t from, size_t to) {
  for (size_t n = from; n < to && !g_interrupted; ++n) {
    while (!world.apply(n) && !g_interrupted) std::this_thread::sleep_for(20ms);
  }
}

// A daemon that ends by itself is a fault, whatever its exit code.
bool all_alive(World& world, const Killer& killer) {
  if (!killer.error().empty()) {
    fmt::print("FAULT: {}\n", killer.error());
    return false;
  }
  for (size_t i = 0; i < 2; ++i) {
    if (const auto code = world.agency(i).died()) {
      fmt::print("FAULT: {} ended by itself with exit code {}\n", world.agency(i).spec().code,
                 *code);
      return false;
    }
  }
  return true;
}

// While daemons are being killed, new cases keep coming, so that every kill meets work. Returns how
// many were keyed.
size_t key_while_killing(World& world, const Options& options, size_t from, const Killer& killer) {
  key_applications(world, from, options.cases);
  size_t count = options.cases;
  for (; !killer.finished() && killer.error().empty() && !g_interrupted; ++count) {
    key_applications(world, count, count + 1);
    std::this_thread::sleep_for(10ms);
  }
  return count;
}

// On a terminal, in one line that is written over; a log is told at the end.
void show_progress(size_t closed, size_t cases) {
  static const bool kTerminal = ::isatty(STDOUT_FILENO) != 0;
  if (!kTerminal) return;
  fmt::print("\r{} of {} cases closed at both agencies   ", closed, cases);
  std::fflush(stdout);
}

bool wait_closed(World& world, const Options& options, size_t cases, const Killer& killer) {
  const auto began = Clock::now();
  size_t closed = 0;
  uint64_t rounds = 0;  // of the cashiers, when all cases were found closed
  // What the bank still has to say may open a closed case again.
  while (closed < cases || !world.cashiers().idle_since(rounds)) {
    if (g_interrupted || !all_alive(world, killer)) return false;
    if (Clock::now() - began > std::chrono::seconds(options.timeout_s)) {
      fmt::print("\nFAULT: {} of {} cases closed after {} s{}\n", closed, cases, options.timeout_s,
                 closed < cases ? "" : ", and the cashiers still have something to do");
      return false;
    }
    const size_t before = std::exchange(closed, count_closed(world, cases));
    if (before < cases) rounds = world.cashiers().rounds();
    show_progress(closed, cases);
    std::this_thread::sleep_for(200ms);
  }
  return true;
}

// Each agency in turn is put back to the backup that was made after a third of the cases. What its
// peer kept must come back, and every case must end as if nothing had been lost.
bool lose_memory(World& world, const Options& options, size_t cases) {
  const Killer nobody(world, 0, 0);
  for (size_t i = 0; i < 2; ++i) {
    fmt::print("\nrestoring an old backup at {}\n", world.agency(i).spec().code);
    auto done = world.agency(i).restore();
    world.cashiers().forget_imports(i);
    if (done) done = world.wait_ready(60);
    if (!done) {
      fmt::print("FAULT: {}\n", done.error().text);
      return false;
    }
    if (!wait_closed(world, options, cases, nobody)) return false;
  }
  fmt::print("\n");
  return true;
}

// The copies that lose_memory() goes back to. Nobody kills a daemon meanwhile: a backup stops it
// and starts it again, and who did so at the same time would start a second one.
bool make_backups(World& world, const Options& options, size_t cases) {
  const Killer nobody(world, 0, 0);
  key_applications(world, 0, cases);
  if (!wait_closed(world, options, cases, nobody)) return false;
  for (size_t i = 0; i < 2; ++i) {
    if (const auto done = world.agency(i).backup(); !done) {
      fmt::print("FAULT: {}\n", done.error().text);
      return false;
    }
  }
  return true;
}

bool run_to_end(World& world, const Options& options) {
  const auto began = Clock::now();
  Clerks clerks(world);
  const size_t third = options.restore ? options.cases / 3 : 0;
  if (options.restore && !make_backups(world, options, third)) return false;
  Killer killer(world, options.kills, options.seed);
  const size_t cases = key_while_killing(world, options, third, killer);
  if (!wait_closed(world, options, cases, killer)) return false;
  fmt::print("\nall {} cases closed after {:.1f} s", cases,
             std::chrono::duration<double>(Clock::now() - began).count());
  fmt::print("{}\n", options.kills > 0 ? fmt::format(", through {} kills", options.kills) : "");
  return !options.restore || lose_memory(world, options, cases);
}

// The last receipts may still be on their way.
void wait_quiet(World& world, const Options& options) {
  const auto until = Clock::now() + std::chrono::seconds(options.timeout_s);
  const auto queued = [&](size_t agency) {
    v1::PeerViews peers;
    if (!world.agency(agency).get("/v1/peers", &peers)) return true;
    return std::ranges::any_of(peers.peers(), [](const auto& peer) { return peer.queued() > 0; });
  };
  while ((queued(0) || queued(1)) && Clock::now() < until && !g_interrupted) {
    std::this_thread::sleep_for(50ms);
  }
}

// Each signs its user in once, within a minute; the command makes others.
void print_console_links(World& world) {
  fmt::print("\nIn a browser on this machine, each once and within a minute:\n");
  for (size_t i = 0; i < 2; ++i) {
    const RunningAgency& agency = world.agency(i);
    const std::string command =
        fmt::format("build/bin/jiexu --config {} console open", agency.config().string());
    for (const char* who : {"admin", "wang"}) {
      const auto url = agency.console_link(who);
      if (url) fmt::print("  {} as {}: {}\n", agency.spec().code, who, *url);
    }
    fmt::print("  another one for admin: {}\n", command);
  }
}

void keep_running(World& world, size_t next) {
  fmt::print("\nBoth agencies stay up; a new case comes every two seconds. Ctrl-C stops them.\n");
  for (size_t i = 0; i < 2; ++i) {
    fmt::print("  {}: API {}  try: build/bin/jiexu --config {} case list\n",
               world.agency(i).spec().code, world.agency(i).api_url(),
               world.agency(i).config().string());
  }
  print_console_links(world);
  std::fflush(stdout);
  Clerks clerks(world);
  while (!g_interrupted) {
    key_applications(world, next, next + 1);
    ++next;
    for (int i = 0; i < 20 && !g_interrupted; ++i) std::this_thread::sleep_for(100ms);
  }
}

// Where jiexu and jiexud of each agency are.
Bins bins(const Options& options, const std::filesystem::path& bin) {
  Bins out{bin, bin};
  if (!options.other_bin.empty()) {
    out[options.other_agency - 1] = std::filesystem::canonical(options.other_bin);
  }
  return out;
}

int run(const Options& options, const std::filesystem::path& bin) {
  World world(bins(options, bin), options.folder, options.port_base, Bank::kUnruly);
  if (const auto done = world.init(); !done) {
    fmt::print(stderr, "cannot make the agencies: {}\n", done.error().text);
    return 1;
  }
  if (const auto done = world.start(); !done) {
    fmt::print(stderr, "cannot start: {}\n", done.error().text);
    return 1;
  }
  bool good = run_to_end(world, options);
  if (!g_interrupted) {
    if (good) wait_quiet(world, options);
    const Verdict verdict = judge(world);
    print(verdict, world);
    good &= verdict.faults.empty();
    fmt::print("\n{}\n", good ? "All is as it must be." : "NOT as it must be; see above.");
    if (good && !options.once) keep_running(world, options.cases);
  }
  for (size_t i = 0; i < 2; ++i) {
    const int code = world.agency(i).stop();
    if (code != 0) fmt::print("FAULT: {} stopped with {}\n", world.agency(i).spec().code, code);
    good &= code == 0;
  }
  return good || g_interrupted ? 0 : 1;
}

}  // namespace
}  // namespace jiexu::e2e

int main(int argc, char** argv) {
  jiexu::cli::CommandLine line{
      "Takes generated cases through the whole exchange between two agencies.\n"
      "Example: ./ops/demo --once --cases 200"};
  jiexu::cli::Command app = line.command();
  jiexu::e2e::Options options;
  app.add_flag("--once", options.once, "end when all cases are closed");
  app.add_option("--cases", options.cases, "how many").range(1, 1000000);
  app.add_option("--kill", options.kills, "kill daemons this many times meanwhile");
  app.add_flag("--restore", options.restore, "put each agency back to an old backup in the end");
  app.add_option("--seed", options.seed, "of the kills");
  app.add_option("--timeout", options.timeout_s, "seconds after which the run has failed");
  app.add_option("--port-base", options.port_base, "first of the loopback ports");
  app.add_option("--folder", options.folder, "made anew for the agencies' files").required();
  app.add_option("--other-bin", options.other_bin, "jiexu and jiexud of another version")
      .existing_folder();
  app.add_option("--other-agency", options.other_agency, "... which this agency runs").range(1, 2);
  if (const auto ends = line.parse(argc, argv)) return *ends;
  signal(SIGINT, [](int) { jiexu::e2e::g_interrupted = true; });
  signal(SIGTERM, [](int) { jiexu::e2e::g_interrupted = true; });
  const auto bin = std::filesystem::canonical("/proc/self/exe").parent_path();
  return jiexu::e2e::run(options, bin);
}
