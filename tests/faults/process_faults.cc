// jiexu-faults: disk faults under the real daemon, put there by strace. Run by tests/faults/run.
//
//   order    no answer to a POST and no receipt to a peer leaves before the sync that covers it
//   eio      fdatasync fails: the daemon ends with 74 within a second and has told nobody of what
//            was lost; a restart goes on, nothing is done twice
//   stall    fdatasync hangs for 25 s: not ready after 10 s, gives up before the end, exit 75
//   twice    a second daemon on the same store refuses to start
//   hostile  strangers and a hostile peer at the link port: see hostile.cc
//   gate     bytes changed on the path, and kills of the gate: see gate_faults.cc
//   copy     a second copy of the agency, on a folder of its own: see second_copy.cc
//   restore  old backups at the sender and at the receiver: see restore.cc
//   power    the power is cut under the store's file system: see power_cut.cc
//   full     other programs fill the disk: see disk_full.cc
#include <signal.h>

#include <atomic>
#include <chrono>
#include <fstream>
#include <functional>
#include <thread>

#include "ops/cli/client.h"
#include "ops/cli/command_line.h"
#include "tests/faults/process_tests.h"
#include "tests/faults/trace.h"

namespace jiexu::faults {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

const char* const kFollowAll =
    "trace=fdatasync,read,readv,recvfrom,recvmsg,write,writev,sendto,sendmsg";

void restart_victim(TracedWorld& traced, const std::vector<std::string>& options, Failure& fault) {
  traced.trace_with(options);
  if (auto done = traced.victim().start(); !done) return fault(done.error().text);
  if (auto done = traced.world().wait_ready(20); !done) fault(done.error().text);
}

// strace writes the last lines after the daemon is gone.
Trace finished_trace(const TracedWorld& traced) {
  Trace trace;
  for (int i = 0; i < 200 && !trace.exited_s; ++i) {
    trace = Trace::read(traced.trace_file());
    std::this_thread::sleep_for(10ms);
  }
  return trace;
}

// None of the kind may be early, and the judge must be able to say no: without the syncs all are.
void judge(const char* kind, Trace trace, size_t expected,
           const std::function<EarlyAnswers(const Trace&)>& find, Failure& fault) {
  const EarlyAnswers found = find(trace);
  fmt::print("order: {} {}, {} before their sync\n", found.answers, kind, found.early);
  if (found.answers < expected) fault("too few were seen to judge");
  if (found.early > 0) fault("some left before the sync that covers them");
  std::erase_if(trace.calls, [](const Call& call) { return call.name == "fdatasync"; });
  if (find(trace).early != found.answers) fault("the judge of the trace sees nothing");
}

// One letter at a time to the victim, so that each receipt belongs to the batch before it.
void letters_one_by_one(TracedWorld& traced, size_t count, Failure& fault) {
  e2e::People people;
  size_t next = 0;
  for (size_t sent = 1; sent <= count && !fault.failed(); ++sent) {
    submit_letters(traced.world(), 1, people, next, 1, fault);
    const auto receipted = [&] {
      const v1::PeerView link = link_of(traced.world(), 1);
      return link.out_last_seq() == sent && link.queued() == 0;
    };
    if (!wait_until(60, receipted)) fault("a letter was not receipted");
  }
}

void test_order(const Setup& setup, Failure& fault) {
  if (!setup.preload.empty()) ::setenv("LD_PRELOAD", setup.preload.c_str(), 1);
  const std::vector<std::string> trace = {"-yy", "-s", "48", "-e", kFollowAll};
  {
    TracedWorld traced(setup.bin, setup.folder, setup.port_base);
    if (!start_world(traced, trace, fault)) return;
    work_to_end(traced, setup.cases, fault);
    if (traced.victim().stop() != 0) fault("the daemon did not stop cleanly");
    judge("answers to POSTs", finished_trace(traced), setup.cases, find_early_answers, fault);
  }
  TracedWorld traced(setup.bin, setup.folder, setup.port_base);
  if (auto done = traced.init(); !done) return fault(done.error().text);
  traced.without_second_person();
  traced.trace_with(trace);
  if (auto done = traced.world().start(); !done) return fault(done.error().text);
  letters_one_by_one(traced, setup.cases, fault);
  if (traced.victim().stop() != 0) fault("the daemon did not stop cleanly");
  const auto find = [&](const Trace& all) { return find_early_receipts(all, setup.port_base); };
  judge("receipts", finished_trace(traced), setup.cases, find, fault);
}

const Call* injected_call(const Trace& trace) {
  for (const Call& call : trace.calls) {
    if (call.injected) return &call;
  }
  return nullptr;
}

// After the failed sync not one POST may be answered with success.
size_t answers_after(const Trace& trace, size_t line) {
  size_t count = 0;
  for (const Call& call : trace.calls) {
    const bool answer = call.text.find("\"HTTP/1.1 20") != std::string::npos;
    if (call.began > line && answer && call.text.find("send") == 0) ++count;
  }
  return count;
}

void test_eio(const Setup& setup, const std::vector<int>& which, Failure& fault) {
  TracedWorld traced(setup.bin, setup.folder, setup.port_base);
  if (!start_world(traced, {}, fault)) return;
  for (const int n : which) {
    traced.victim().stop();
    restart_victim(traced,
                   {"-y", "-s", "48", "-e", kFollowAll, "-e",
                    "inject=fdatasync:error=EIO:when=" + std::to_string(n)},
                   fault);
    const auto done = traced.work(setup.cases, 120);
    if (!done || *done) {
      return fault(fmt::format("fdatasync {} failed and the daemon went on", n));
    }
    const Trace trace = finished_trace(traced);
    const Call* failed = injected_call(trace);
    if (failed == nullptr || !trace.exited_s) return fault("the trace shows no injected error");
    const double seconds = *trace.exited_s - failed->began_s;
    fmt::print("eio: fdatasync {} failed, exit {} after {:.3f} s\n", n, *traced.exit_code, seconds);
    if (*traced.exit_code != 74) fault("the exit code is not 74");
    if (seconds > 1.0) fault("the daemon took more than a second to end");
    if (answers_after(trace, failed->ended) > 0) fault("an answer left after the failed sync");
    restart_victim(traced, {}, fault);
    work_to_end(traced, 0, fault);
    if (fault.failed()) return;
  }
}

void test_stall(const Setup& setup, Failure& fault) {
  TracedWorld traced(setup.bin, setup.folder, setup.port_base);
  const std::vector<std::string> hang = {"-e", "trace=fdatasync", "-e",
                                         "inject=fdatasync:delay_enter=25000000:when=40"};
  if (!start_world(traced, hang, fault)) return;
  std::atomic<bool> ended{false};
  std::optional<Clock::time_point> last_ready, not_ready;
  std::thread watcher([&] {
    last_ready = Clock::now();
    while (!ended) {
      if (traced.victim().ready()) {
        last_ready = Clock::now();
        not_ready.reset();
      } else if (!not_ready) {
        not_ready = Clock::now();
      }
      std::this_thread::sleep_for(50ms);
    }
  });
  const auto done = traced.work(10 * setup.cases, 90);
  const auto exited = Clock::now();
  ended = true;
  watcher.join();
  if (!done || *done) return fault("a sync hung and the daemon went on");
  const auto grey = std::chrono::duration<double>(exited - *not_ready).count();
  fmt::print("stall: not ready for {:.1f} s, then exit {}\n", grey, *traced.exit_code);
  // The thread that strace holds keeps the process from vanishing until the 25 s are over, as one
  // that waits for a dead disk would; a daemon that had not given up by then would go on.
  if (*traced.exit_code != 75) fault("the exit code is not 75");
  if (grey < 12 || grey > 17) fault("the daemon was ready after 10 s, or not ready much before");
  restart_victim(traced, {}, fault);
  work_to_end(traced, 0, fault);
}

void test_twice(const Setup& setup, Failure& fault) {
  TracedWorld traced(setup.bin, setup.folder, setup.port_base);
  if (!start_world(traced, {}, fault)) return;
  // The same folder with other ports, so that nothing but the store can be in the way.
  const fs::path second = traced.victim_folder() / "second.toml";
  std::ofstream(second) << config_on_other_ports(traced.victim().config(), setup.port_base);
  const auto run = e2e::run_program({(setup.bin / "jiexud").string(), "--config", second.string()});
  if (run) return fault("a second daemon ran on the same store");
  fmt::print("twice: {}\n", run.error().text.substr(run.error().text.find("ended")));
  if (run.error().text.find("another process uses this store") == std::string::npos) {
    fault("the second daemon did not say why it refused");
  }
  work_to_end(traced, setup.cases, fault);
}

}  // namespace
}  // namespace jiexu::faults

int main(int argc, char** argv) {
  using namespace jiexu::faults;
  jiexu::cli::CommandLine line{
      "Disk faults under the real daemon, by strace. Example: tests/faults/run"};
  jiexu::cli::Command app = line.command();
  Setup setup;
  std::string which;
  std::vector<int> syncs = {25, 60};
  app.add_option("test", which,
                 "order, eio, stall, twice, gate, copy, restore, hostile, power or full")
      .required();
  app.add_option("--folder", setup.folder, "made anew for the agencies' files").required();
  app.add_option("--bin", setup.bin, "where jiexu and jiexud are").required();
  app.add_option("--port-base", setup.port_base, "first of the loopback ports");
  app.add_option("--cases", setup.cases, "how many a round");
  app.add_option("--rounds", setup.rounds, "full: how often the disk fills up");
  app.add_flag("--campaign", setup.campaign, "hostile, gate: many more of everything");
  app.add_option("--disk", setup.disk, "power: where an ext4 is mounted");
  app.add_option("--image", setup.image, "power: the file that it is in");
  app.add_option("--preload", setup.preload, "power, order: a library for the daemon");
  app.add_option("--small-disk", setup.small_disk, "full: a file system of some 500 MiB");
  app.add_option("--syncs", syncs, "eio: which fdatasync of a thread fails, one round each");
  if (const auto ends = line.parse(argc, argv)) return *ends;
  setup.folder = std::filesystem::absolute(setup.folder);
  setup.bin = std::filesystem::canonical(setup.bin);
  Failure fault;
  if (which == "order") test_order(setup, fault);
  if (which == "eio") test_eio(setup, syncs, fault);
  if (which == "stall") test_stall(setup, fault);
  if (which == "twice") test_twice(setup, fault);
  if (which == "copy") test_copy(setup, fault);
  if (which == "restore") test_restore(setup, fault);
  if (which == "power") test_power(setup, fault);
  if (which == "hostile") test_hostile(setup, fault);
  if (which == "gate") test_gate(setup, fault);
  if (which == "full") test_full(setup, fault);
  return fault.failed() ? 1 : 0;
}
