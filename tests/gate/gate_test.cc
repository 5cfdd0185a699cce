// The gate as the daemon has it: a process of its own, which may die, hang or lie.
#include "daemon/gate/gate.h"

#include <signal.h>
#include <stdlib.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "daemon/base/limits.h"
#include "daemon/gate/confinement.h"
#include "tests/link/transport_fixture.h"

using namespace jiexu;

namespace gate_test {
namespace {

using std::chrono::steady_clock;

// A daemon's end with its gate, and what it received.
class Gated {
 public:
  explicit Gated(AgencyId self, const char* program = JIEXU_GATE)
      : id(self), keys(new_keys()), started(begin(program)) {
    if (started) gate = std::move(*started);
  }
  ~Gated() {
    if (gate) gate->stop();
  }

  Agency entry() const { return agency(id, keys.pub, gate->bound_endpoint()); }
  void know(std::vector<Agency> others) {
    others.push_back(agency(id, keys.pub, kNowhere));
    gate->set_directory(Directory::make(std::move(others)).value());
  }
  void send(AgencyId peer, Lane lane, std::string bytes) {
    gate->send(peer, lane, share(std::move(bytes)));
  }
  bool is_connected_to(AgencyId peer) const {
    return gate->stats(peer).connection == ConnectionState::kUp;
  }
  std::vector<ReceivedFrame> frames() const {
    const std::lock_guard lock(mutex_);
    return frames_;
  }
  bool receives(size_t count) const {
    return eventually([&] { return frames().size() >= count; });
  }

 private:
  Result<std::unique_ptr<Gate>> begin(const char* program) {
    GateOptions options;
    options.self = id;
    options.transport_secret = keys.secret;
    options.transport_public = keys.pub;
    options.listen = "tcp://127.0.0.1:*";
    std::vector<Agency> agencies = {agency(id, keys.pub, kNowhere)};
    if (id != kB) agencies.push_back(agency(kB, std::string(32, 'b'), kNowhere));
    options.directory = Directory::make(std::move(agencies)).value();
    options.program = program;
    return Gate::start(std::move(options),
                       {.on_frame =
                            [this](AgencyId peer, Lane lane, std::string frame) {
                              const std::lock_guard lock(mutex_);
                              frames_.push_back({peer, lane, std::move(frame)});
                            },
                        .may_receive = [this] { return receiving.load(); },
                        .on_connected = [this](AgencyId) { ++connects; }});
  }

  mutable std::mutex mutex_;
  std::vector<ReceivedFrame> frames_;

 public:
  const AgencyId id;
  const CurveKeys keys;
  std::atomic<bool> receiving = true;
  std::atomic<int> connects = 0;
  Result<std::unique_ptr<Gate>> started;
  std::unique_ptr<Gate> gate;
};

struct GatedPair {
  Gated a{kA}, b{kB};

  GatedPair() {
    REQUIRE(a.gate);
    REQUIRE(b.gate);
    a.know({b.entry()});
    b.know({a.entry()});
    REQUIRE(connected());
  }
  bool connected() const {
    return eventually([&] { return a.is_connected_to(kB) && b.is_connected_to(kA); });
  }
};

std::string read_file(const std::string& path) {
  std::stringstream out;
  out << std::ifstream(path).rdbuf();
  return out.str();
}

bool is_gone(pid_t pid) {
  return eventually([&] { return ::kill(pid, 0) != 0; });
}

// A daemon whose gate says this.
struct Lied {
  explicit Lied(const char* lie) {
    ::setenv("JIEXU_LIE", lie, 1);
    daemon.emplace(kA, JIEXU_LYING_GATE);
  }
  std::optional<Gated> daemon;
};

}  // namespace

TEST_CASE("frames go through two gates on both lanes, up to the largest, in their order") {
  GatedPair net;
  net.a.send(kB, Lane::kForward, "open");
  net.a.send(kB, Lane::kForward, std::string(limits::kFrameBytesMax, '\xff'));
  net.a.send(kB, Lane::kForward, "");
  REQUIRE(net.b.receives(3));
  net.b.send(kA, Lane::kReply, "opened");
  REQUIRE(net.a.receives(1));
  CHECK(net.b.frames()[0] == ReceivedFrame{kA, Lane::kForward, "open"});
  CHECK(net.b.frames()[1].bytes == std::string(limits::kFrameBytesMax, '\xff'));
  CHECK(net.b.frames()[2].bytes.empty());
  CHECK(net.a.frames()[0] == ReceivedFrame{kB, Lane::kReply, "opened"});
  CHECK(net.a.connects == 1);
  CHECK(eventually([&] { return net.a.gate->stats(kB).frames_out == 3; }));
  CHECK(eventually([&] { return net.b.gate->stats(kA).frames_in == 3; }));
  CHECK(net.b.gate->listener_stats().zap[0] == 1);
}

TEST_CASE("a gate that is killed is there again, on its port, with its peers and its figures") {
  GatedPair net;
  net.a.send(kB, Lane::kForward, "before");
  REQUIRE(net.b.receives(1));
  REQUIRE(eventually([&] { return net.b.gate->stats(kA).frames_in == 1; }));
  const std::string endpoint = net.b.gate->bound_endpoint();
  for (uint64_t deaths = 1; deaths <= 3; ++deaths) {
    const int connects_of_a = net.a.connects, connects_of_b = net.b.connects;
    REQUIRE(eventually([&] { return net.b.gate->pid() > 0; }));
    ::kill(net.b.gate->pid(), SIGKILL);
    REQUIRE(eventually([&] { return net.b.gate->restarts() == deaths; }));
    // Both connections break and are made anew, and the engine hears of it.
    REQUIRE(eventually([&] { return net.a.connects > connects_of_a; }));
    REQUIRE(eventually([&] { return net.b.connects > connects_of_b; }));
    net.a.send(kB, Lane::kForward, "after");
    REQUIRE(net.b.receives(1 + deaths));
  }
  CHECK(net.b.gate->bound_endpoint() == endpoint);
  // Of the last second before a death the figures are lost.
  CHECK(eventually([&] { return net.b.gate->stats(kA).frames_in >= 2; }));
  CHECK(eventually([&] { return !net.b.gate->down_since(); }));
}

TEST_CASE("a gate ends with what started it") {
  pid_t pid = -1;
  {
    Gated a(kA);
    REQUIRE(a.gate);
    pid = a.gate->pid();
    CHECK(::kill(pid, SIGTERM) == 0);  // which is the daemon's to heed
    CHECK(::kill(pid, 0) == 0);
  }
  CHECK(is_gone(pid));
}

TEST_CASE("who is taken out of the directory is not heard any more, whatever is on its way") {
  GatedPair net;
  net.b.receiving = false;
  for (int i = 0; i < 20; ++i) net.a.send(kB, Lane::kForward, "late");
  REQUIRE(eventually([&] { return net.a.gate->stats(kB).frames_out == 20; }));
  net.b.know({});
  net.b.receiving = true;
  CHECK(eventually([&] { return net.b.gate->listener_stats().frames_refused >= 19; }));
  CHECK(net.b.frames().size() <= 1);  // one may have been on its way into the handler
  // The same agency with another key is somebody else.
  Agency other = net.a.entry();
  other.transport_key = std::string(32, 'o');
  net.b.know({other});
  net.a.send(kB, Lane::kForward, "late");
  CHECK(net.b.frames().size() <= 1);
  net.b.know({net.a.entry()});
  REQUIRE(eventually([&] {
    net.a.send(kB, Lane::kForward, "again");
    return !net.b.frames().empty() && net.b.frames().back().bytes == "again";
  }));
}

TEST_CASE("a long reply is held until the peer has taken it, and let go of when the gate dies") {
  GatedPair net;
  net.a.send(kB, Lane::kForward, "fetch");
  REQUIRE(net.b.receives(1));
  const FrameBytes taken = share(std::string(100'000, 't'));
  net.b.gate->send(kA, Lane::kReply, taken);
  REQUIRE(net.a.receives(1));
  CHECK(eventually([&] { return taken.use_count() == 1; }));
  net.a.receiving = false;
  std::vector<FrameBytes> held;
  const auto is_held = [](const FrameBytes& frame) { return frame.use_count() > 1; };
  // As much as may be held, at once: the channel cannot have passed it on yet.
  for (int i = 0; i < 128; ++i) held.push_back(share(std::string(1 << 20, 'h')));
  for (const FrameBytes& frame : held) net.b.gate->send(kA, Lane::kReply, frame);
  CHECK(std::ranges::any_of(held, is_held));
  ::kill(net.b.gate->pid(), SIGKILL);
  CHECK(eventually([&] {
    return std::ranges::all_of(held, [](const FrameBytes& f) { return f.use_count() == 1; });
  }));
}

TEST_CASE("while the daemon takes nothing its peers keep their frames, and all come in the end") {
  GatedPair net;
  net.b.receiving = false;
  const std::string frame(64 << 10, 'f');
  size_t sent = 0;
  REQUIRE(eventually([&] {
    net.a.send(kB, Lane::kForward, frame);
    ++sent;
    return net.a.gate->stats(kB).frames_dropped > 0;
  }));
  CHECK(net.b.frames().size() <= 1);
  net.b.receiving = true;
  const uint64_t dropped = [&] {
    uint64_t before = 0;
    REQUIRE(eventually([&] {
      const TransportStats stats = net.a.gate->stats(kB);
      before = stats.frames_dropped;
      return stats.frames_dropped + stats.frames_out == sent;
    }));
    return before;
  }();
  CHECK(net.b.receives(sent - dropped));
}

TEST_CASE("the gate cannot open, run or trace anything, and leaves no core") {
#ifndef __SANITIZE_ADDRESS__
  Gated a(kA);
  REQUIRE(a.gate);
  const std::string proc = "/proc/" + std::to_string(a.gate->pid());
  const std::string status = read_file(proc + "/status");
  CHECK(status.find("Seccomp:\t2") != std::string::npos);
  CHECK(status.find("NoNewPrivs:\t1") != std::string::npos);
  CHECK(status.find("Name:\tjiexu-gate") != std::string::npos);
  const std::string bounds = read_file(proc + "/limits");
  CHECK(bounds.find("Max core file size        0 ") != std::string::npos);
  CHECK(bounds.find("Max address space         " + std::to_string(kGateAddressBytes)) !=
        std::string::npos);
#endif
}

TEST_CASE("a name in an endpoint is resolved, and one that nobody knows costs the others nothing") {
  Gated a(kA), b(kB);
  REQUIRE(a.gate);
  REQUIRE(b.gate);
  Agency named = b.entry();
  const std::string port = named.endpoint.substr(named.endpoint.rfind(':'));
  named.endpoint = "tcp://localhost" + port;
  a.know({named, agency(kC, std::string(32, 'c'), "tcp://nobody.invalid:7401")});
  b.know({a.entry()});
  CHECK(eventually([&] { return a.is_connected_to(kB) && b.is_connected_to(kA); }));
}

TEST_CASE("an agency without Jiexu is no peer of the gate, and costs the others nothing") {
  Gated a(kA), b(kB);
  REQUIRE(a.gate);
  REQUIRE(b.gate);
  Agency mail;
  mail.id = kC;
  mail.name = "C";
  mail.by_mail = true;
  mail.contact.address = "1 Example Road";
  a.know({mail, b.entry()});
  b.know({a.entry(), mail});
  CHECK(eventually([&] { return a.is_connected_to(kB) && b.is_connected_to(kA); }));
  a.send(kC, Lane::kForward, "to nobody");
  CHECK_FALSE(a.is_connected_to(kC));
}

TEST_CASE("what keeps a gate from starting is said") {
  const auto why = [](const char* program) {
    Gated a(kA, program);
    REQUIRE_FALSE(a.started);
    CHECK(a.started.error().code == Errc::kIo);
    return a.started.error().text;
  };
  CHECK(why("/nowhere/jiexu-gate").find("/nowhere/jiexu-gate: No such file") != std::string::npos);
  CHECK(why("/etc/passwd").find("Permission denied") != std::string::npos);
  ::setenv("JIEXU_LIE", "dies at once", 1);
  CHECK(why(JIEXU_LYING_GATE).find("exit code 3") != std::string::npos);
  ::setenv("JIEXU_LIE", "cannot", 1);
  CHECK(why(JIEXU_LYING_GATE).find("the gate cannot work: no sockets") != std::string::npos);
}

TEST_CASE("a port in use and keys of the wrong length are errors of start") {
  Gated a(kA);
  REQUIRE(a.gate);
  GateOptions options;
  options.self = kB;
  options.transport_secret = a.keys.secret;
  options.transport_public = a.keys.pub;
  options.listen = a.gate->bound_endpoint();
  options.directory = Directory::make({}).value();
  options.program = JIEXU_GATE;
  const GateHandlers handlers{[](AgencyId, Lane, std::string) {}, [] { return true; },
                              [](AgencyId) {}};
  const auto in_use = Gate::start(options, handlers);
  REQUIRE_FALSE(in_use);
  CHECK(in_use.error().code == Errc::kIo);
  options.transport_secret = "short";
  const auto short_key = Gate::start(options, handlers);
  REQUIRE_FALSE(short_key);
  CHECK(short_key.error().code == Errc::kInvalid);
}

TEST_CASE("a gate that forges frames is heard only for peers of the directory of now") {
  Lied lied("forger");
  Gated& daemon = *lied.daemon;
  REQUIRE(daemon.gate);
  REQUIRE(daemon.receives(1));
  CHECK(daemon.frames() == std::vector<ReceivedFrame>{{kB, Lane::kForward, "of a peer"}});
  CHECK(daemon.connects == 1);
  CHECK(daemon.gate->listener_stats().frames_refused == 2);
  CHECK(daemon.gate->restarts() == 0);
}

TEST_CASE("a gate that talks nonsense is ended and started again, without haste") {
  for (const char* lie : {"garbage", "huge", "orders", "bad figures", "half a message", "dies"}) {
    Lied lied(lie);
    REQUIRE(lied.daemon->gate);
    const auto began = steady_clock::now();
    CHECK(eventually([&] { return lied.daemon->gate->restarts() >= 4; }));
    // After one, two and three failures in a row it rests: 50, 100 and 200 ms.
    CHECK(steady_clock::now() - began > std::chrono::milliseconds(300));
    CHECK(lied.daemon->frames().empty());
  }
}

TEST_CASE("sending while there is no gate, and after the end, only counts") {
  Lied lied("dies");
  REQUIRE(lied.daemon->gate);
  REQUIRE(eventually([&] { return lied.daemon->gate->restarts() >= 5; }));
  REQUIRE(eventually([&] {
    lied.daemon->send(kB, Lane::kForward, "lost");
    return lied.daemon->gate->stats(kB).frames_dropped > 0;
  }));
  lied.daemon->gate->stop();
  lied.daemon->gate->stop();
  const uint64_t before = lied.daemon->gate->stats(kB).frames_dropped;
  lied.daemon->send(kB, Lane::kForward, "late");
  CHECK(lied.daemon->gate->stats(kB).frames_dropped == before + 1);
}

}  // namespace gate_test
