// The gate, which has ZeroMQ, dies: by bytes that a bad path has changed, and by kill -9. The
// daemon lives, the links flow again, every case is closed once; and no gate outlives its daemon.
#include <signal.h>

#include <atomic>
#include <fstream>
#include <functional>
#include <random>
#include <sstream>

#include "ops/cli/client.h"
#include "tests/faults/bad_path.h"
#include "tests/faults/process_tests.h"

namespace jiexu::faults {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

constexpr double kGateResumeSeconds = 2;
constexpr double kGateEndSeconds = 1;
constexpr auto kGateHarmEvery = 200ms;
constexpr size_t kGateKills = 5;

// The field of /proc/PID/status, "" if the process is gone.
std::string status_of(const std::string& pid, const std::string& field) {
  std::ifstream file("/proc/" + pid + "/status");
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with(field + ":\t")) return line.substr(field.size() + 2);
  }
  return "";
}

// Whoever has inherited it may not have taken note.
bool has_ended(pid_t pid) {
  const std::string state = status_of(std::to_string(pid), "State");
  return state.empty() || state.starts_with('Z');
}

// Each is an alarm about the agency itself, and there are no others in these tests.
double restarts_of(const e2e::RunningAgency& agency) {
  const auto reply =
      cli::send({"127.0.0.1", agency.spec().api_port, {}}, {"GET", "/metrics", "", "", ""});
  const std::string series =
      fmt::format("\njiexu_alarms_total{{peer=\"{}\"}} ", agency.spec().code);
  const size_t at = reply ? reply->body.find(series) : std::string::npos;
  return at == std::string::npos ? 0 : std::stod(reply->body.substr(at + series.size()));
}

double restarts_of(e2e::World& world) {
  return restarts_of(world.agency(0)) + restarts_of(world.agency(1));
}

// What agency 0 connects to is a path to agency 1.
void lead_through(TracedWorld& traced, uint16_t port) {
  const fs::path file = traced.victim_folder() / "directory.toml";
  std::stringstream text;
  text << std::ifstream(file).rdbuf();
  std::string out = text.str();
  const std::string from = "127.0.0.1:" + std::to_string(traced.world().agency(1).spec().link_port);
  const size_t at = out.find(from);
  out.replace(at, from.size(), "127.0.0.1:" + std::to_string(port));
  std::ofstream(file, std::ios::trunc) << out;
}

// Cases are worked on while `harm` goes on and says when it is over.
void work_under(TracedWorld& traced, const std::function<void()>& harm, Failure& fault) {
  std::atomic<bool> over{false};
  std::thread harming([&] {
    harm();
    over = true;
  });
  size_t cases = 0;
  while (!over && !fault.failed()) {
    const auto done = traced.work(2, 120);
    if (!done) fault(done.error().text);
    if (done && !*done) fault(fmt::format("the daemon ended, {}", *traced.exit_code));
    cases += 2;
  }
  harming.join();
  fmt::print("gate: {} cases closed meanwhile\n", cases);
}

// libzmq gives up for good on a connection that brought such a length. It tells of it only by a
// disconnection.
void test_bad_length(TracedWorld& traced, BadPath& path, Failure& fault) {
  path.harm(BadPath::Harm::kLength);
  if (const auto done = traced.work(2, 60); !done) return fault(done.error().text);
  if (path.harmed() != 1) return fault("no length was changed");
  fmt::print("gate: after a bad length the link flows again\n");
}

// Until gates have died of it, or it is enough.
void test_bad_path(const Setup& setup, Failure& fault) {
  TracedWorld traced(setup.bin, setup.folder, setup.port_base);
  if (auto done = traced.init(); !done) return fault(done.error().text);
  const auto path_port = static_cast<uint16_t>(setup.port_base + 5);
  BadPath path(path_port, traced.world().agency(1).spec().link_port);
  lead_through(traced, path_port);
  if (auto done = traced.world().start(); !done) return fault(done.error().text);
  test_bad_length(traced, path, fault);
  if (fault.failed()) return;
  const double deaths = setup.campaign ? 50 : 2;
  const auto seconds = setup.campaign ? 600s : 20s;
  work_under(
      traced,
      [&] {
        const auto until = Clock::now() + seconds;
        for (int i = 0; Clock::now() < until && restarts_of(traced.world()) < deaths; ++i) {
          path.harm(i % 3 == 2 ? BadPath::Harm::kInsert : BadPath::Harm::kFlip);
          std::this_thread::sleep_for(kGateHarmEvery);
        }
      },
      fault);
  fmt::print("gate: {} times a byte was changed on the path, gates ended {} times\n", path.harmed(),
             restarts_of(traced.world()));
  if (path.harmed() < 10) fault("hardly any byte was changed");
  if (!fault.failed()) work_to_end(traced, 4, fault);
}

void test_kills_under_load(const Setup& setup, Failure& fault) {
  TracedWorld traced(setup.bin, setup.folder, setup.port_base);
  if (!start_world(traced, {}, fault)) return;
  const size_t kills = setup.campaign ? 100 : 10;
  work_under(
      traced,
      [&] {
        std::mt19937 random(1);
        for (size_t i = 0; i < kills; ++i) {
          std::this_thread::sleep_for(std::chrono::milliseconds(20 + random() % 400));
          const pid_t gate = gate_of(traced.world().agency(i % 2).pid());
          if (gate > 0) ::kill(gate, SIGKILL);
        }
      },
      fault);
  fmt::print("gate: {} gates killed under load\n", restarts_of(traced.world()));
  if (restarts_of(traced.world()) < 1) fault("no gate was killed");
  if (!fault.failed()) work_to_end(traced, 4, fault);
}

// A letter each way after each death, and the time until it has its receipt.
void test_flow_after_death(const Setup& setup, Failure& fault) {
  TracedWorld traced(setup.bin, setup.folder, setup.port_base);
  if (auto done = traced.init(); !done) return fault(done.error().text);
  traced.without_second_person();
  if (auto done = traced.world().start(); !done) return fault(done.error().text);
  e2e::World& world = traced.world();
  e2e::People people;
  size_t next = 0;
  const auto all_receipted = [&] {
    return link_of(world, 0).queued() == 0 && link_of(world, 1).queued() == 0;
  };
  double slowest = 0;
  for (size_t i = 0; i < kGateKills && !fault.failed(); ++i) {
    const pid_t gate = gate_of(world.agency(i % 2).pid());
    if (gate <= 0 || ::kill(gate, SIGKILL) != 0) return fault("there is no gate");
    for (const size_t from : {0, 1}) submit_letters(world, from, people, next, 1, fault);
    const auto took = wait_until(10 * kGateResumeSeconds, all_receipted);
    slowest = std::max(slowest, took.value_or(10 * kGateResumeSeconds));
    std::this_thread::sleep_for(1200ms);  // so that each has lived for more than a second
  }
  fmt::print("gate: killed {} times, letters had their receipts {:.2f} s later at most\n",
             kGateKills, slowest);
  if (slowest > kGateResumeSeconds) fault("links did not flow again within 2 s");
  for (const size_t at : {0, 1}) {
    e2e::RunningAgency& agency = world.agency(at);
    const pid_t gate = gate_of(agency.pid());
    if (at == 0) agency.kill_now();
    if (at == 1 && agency.stop() != 0) fault("a daemon did not stop cleanly");
    const auto gone = wait_until(kGateEndSeconds, [&] { return has_ended(gate); });
    if (gate <= 0 || !gone) fault("a gate outlived its daemon");
  }
}

}  // namespace

pid_t gate_of(pid_t daemon) {
  for (const auto& entry : fs::directory_iterator("/proc")) {
    const std::string pid = entry.path().filename();
    if (pid.find_first_not_of("0123456789") != std::string::npos) continue;
    if (status_of(pid, "PPid") != std::to_string(daemon)) continue;
    if (status_of(pid, "Name") == "jiexu-gate") return std::stoi(pid);
  }
  return -1;
}

void test_gate(const Setup& setup, Failure& fault) {
  test_flow_after_death(setup, fault);
  if (!fault.failed()) test_kills_under_load(setup, fault);
  if (!fault.failed()) test_bad_path(setup, fault);
}

}  // namespace jiexu::faults
