// Hostile peers and strangers at the link port of a running daemon, while it works with an honest
// one: nobody gets in who should not, nothing is lost or done twice, what was refused is counted by
// name, memory stays bounded, and the honest peer's cases go on being closed.
//
// Mallory is an agency of the directory, with keys that are right, and no honest daemon.
#include <sys/resource.h>

#include <atomic>
#include <fstream>
#include <functional>
#include <random>

#include "daemon/base/limits.h"
#include "daemon/trust/keyring.h"
#include "ops/cli/client.h"
#include "tests/faults/hostile_client.h"
#include "tests/faults/process_tests.h"
#include "tests/link/holding_relay.h"

namespace jiexu::faults {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

constexpr size_t kCasesPerRound = 4;
constexpr double kFlowSeconds = 60;  // for a round of cases under attack, on any machine
constexpr double kHostileResumeSeconds = 10;
constexpr double kAnswerSeconds = 5;
constexpr uint64_t kRssMib = 256;  // above what the daemon had before

struct Size {
  size_t garbage, silent, handshakes, endless, replays, flood, questions, junk;
};
constexpr Size kNormal = {400, 2'200, 400, 2, 500, 4'000, 30'000, 100};
constexpr Size kCampaign = {20'000, 6'000, 10'000, 20, 100'000, 400'000, 1'000'000, 400};

class HostileWorld {
 public:
  HostileWorld(const Setup& setup, Failure& fault)
      : traced_(setup.bin, setup.folder, setup.port_base),
        mallory_({"S51010010001", "Mallory", "51001500000000000003", "102100099996",
                  static_cast<uint16_t>(setup.port_base + 4),
                  static_cast<uint16_t>(setup.port_base + 14)},
                 setup.bin, setup.folder / "agencies" / "S51010010001"),
        fault_(fault) {}

  bool start() {
    auto done = traced_.init();
    if (done) done = mallory_.init();
    const auto entry = done ? mallory_.entry() : Result<std::string>("");
    if (done && entry) done = traced_.victim().add_entry(*entry);
    if (done) done = traced_.world().start();
    if (!done || !entry) return fault_(!done ? done.error().text : entry.error().text), false;
    const fs::path folder = traced_.victim_folder();
    const auto directory = Directory::load(folder / "directory.toml");
    keyring_ = Keyring::load(mallory_.config().parent_path() / "keys").value();
    victim_ = AgencyId::parse(traced_.victim().spec().code).value();
    honest_ = AgencyId::parse(traced_.world().agency(1).spec().code).value();
    self_ = AgencyId::parse(mallory_.spec().code).value();
    target_ = {traced_.victim().spec().link_port, (*directory)->find(victim_)->transport_key};
    return true;
  }

  // Runs `attack` while clerks and the bank work; the honest peer's cases must go on.
  void under(const std::string& name, const std::function<void()>& attack) {
    const uint64_t rss_before = rss_mib();
    uint64_t rss_max = rss_before;
    size_t cases = 0;
    double slowest = 0;
    std::atomic<bool> over{false};
    std::thread attacker([&] {
      attack();
      over = true;
    });
    std::thread observer([&] {
      while (!over) {
        rss_max = std::max(rss_max, rss_mib());
        std::this_thread::sleep_for(10ms);
      }
    });
    do {
      const auto began = Clock::now();
      const auto done = traced_.work(kCasesPerRound, static_cast<int>(kFlowSeconds));
      if (!done) fault_(name + ": " + done.error().text);
      if (done && !*done) fault_(fmt::format("{}: the daemon ended, {}", name, *traced_.exit_code));
      if (!done || !*done) break;
      cases += kCasesPerRound;
      slowest = std::max(slowest, std::chrono::duration<double>(Clock::now() - began).count());
    } while (!over);
    attacker.join();
    observer.join();
    fmt::print(
        "hostile: {:<12} {:>4} cases closed meanwhile, {:.2f} s at most for {}; RSS {} -> {} MiB\n",
        name, cases, slowest, kCasesPerRound, rss_before, rss_max);
    std::fflush(stdout);
    if (rss_max > rss_before + kRssMib) fault_(name + ": memory is not bounded");
  }

  // Of the daemon and its gate, which is the one that strangers reach.
  uint64_t rss_mib() {
    if (rss_mib_of(gate_) == 0) gate_ = gate_of(traced_.victim().pid());
    return rss_mib_of(traced_.victim().pid()) + rss_mib_of(gate_);
  }
  static uint64_t rss_mib_of(pid_t process) {
    std::ifstream file(fmt::format("/proc/{}/statm", process));
    uint64_t pages = 0, resident = 0;
    file >> pages >> resident;
    return resident * static_cast<uint64_t>(sysconf(_SC_PAGESIZE)) >> 20;
  }

  // The value of a series of /metrics, 0 if it is not there.
  double metric(const std::string& series) {
    const auto reply = cli::send({"127.0.0.1", traced_.victim().spec().api_port, {}},
                                 {"GET", "/metrics", "", "", ""});
    if (!reply) return 0;
    const size_t at = reply->body.find("\n" + series + " ");
    return at == std::string::npos ? 0 : std::stod(reply->body.substr(at + series.size() + 2));
  }
  // Counters of the listener are shown once a second.
  void expect_counted(const std::string& series, double at_least) {
    if (!wait_until(kHostileResumeSeconds, [&] { return metric(series) >= at_least; })) {
      fault_(fmt::format("{} is {} instead of {}", series, metric(series), at_least));
    }
  }
  std::string turned_away(AgencyId peer, const char* reason) const {
    return fmt::format("jiexu_frames_turned_away_total{{peer=\"{}\",reason=\"REFUSE_REASON_{}\"}}",
                       peer.str(), reason);
  }

  uint64_t received_from_mallory() {
    return peer_of(traced_.world(), 0, self_.str()).in_last_seq();
  }
  size_t quarantined(const std::string& page = "?limit=500") {
    v1::QuarantineViews views;
    if (!traced_.victim().get("/v1/quarantine" + page, &views)) return SIZE_MAX;
    return static_cast<size_t>(views.entries_size());
  }

  TracedWorld& traced() { return traced_; }
  const Target& target() const { return target_; }
  CurveKeys mallory_keys() const { return {keyring_.transport_secret, keyring_.transport_public}; }
  const Signer& mallory_signer() const { return *keyring_.signer; }
  uint16_t mallory_port() const { return mallory_.spec().link_port; }
  AgencyId victim() const { return victim_; }
  AgencyId honest() const { return honest_; }
  AgencyId self() const { return self_; }
  Failure& fault() { return fault_; }

 private:
  TracedWorld traced_;
  e2e::RunningAgency mallory_;
  Failure& fault_;
  std::atomic<pid_t> gate_ = -1;  // as last seen
  Keyring keyring_;
  Target target_;
  AgencyId victim_, honest_, self_;
};

std::string random_bytes_of(std::mt19937_64& random, size_t size) {
  std::string out(size, '\0');
  for (char& byte : out) byte = static_cast<char>(random());
  return out;
}

// Bytes that are no ZMTP, or stop being it, and connections that say nothing more.
void attack_with_garbage(HostileWorld& world, size_t count) {
  std::mt19937_64 random(1);
  const std::string signature = std::string("\xff") + std::string(8, '\0') + "\x7f";
  std::string greeting = signature + std::string("\x03\x01", 2) + "CURVE";
  greeting.resize(64, '\0');
  std::vector<RawSocket> held;
  for (size_t i = 0; i < count; ++i) {
    RawSocket socket(world.target());
    const std::string garbage = random_bytes_of(random, 1 + random() % 600);
    switch (i % 5) {
      case 0: socket.write(garbage); break;
      case 1: socket.write(signature + garbage); break;
      case 2: socket.write(greeting + garbage); break;
      case 3: socket.write(greeting + std::string("\x04\xc8\x05HELLO", 8) + garbage); break;
      case 4: socket.write("GET / HTTP/1.1\r\nHost: x\r\n\r\n"); break;
    }
    held.push_back(std::move(socket));
    if (held.size() > 200) held.erase(held.begin(), held.begin() + 100);
  }
  held.clear();
  world.expect_counted("jiexu_strangers_total", static_cast<double>(count));
}

void attack_with_silence(HostileWorld& world, size_t count) {
  std::vector<RawSocket> crowd;
  for (size_t i = 0; i < count; ++i) crowd.emplace_back(world.target());
  world.expect_counted("jiexu_connections_cut_total{reason=\"strangers\"}", 1);
}

void attack_with_handshakes(HostileWorld& world, size_t count) {
  using Kind = BadHandshakes::Kind;
  constexpr Kind kOthers[] = {Kind::kWrongServerKey, Kind::kPlain, Kind::kNoSecurity};
  constexpr size_t kAtOnce = 200;
  const std::string unknown = "jiexu_connections_total{verdict=\"unknown_key\"}";
  const std::string failed = "jiexu_handshake_failures_total";
  const double unknown_before = world.metric(unknown), failed_before = world.metric(failed);
  const double accepted = world.metric("jiexu_connections_total{verdict=\"accepted\"}");
  size_t with_key = 0;
  for (size_t tried = 0; tried < count; tried += kAtOnce) {
    BadHandshakes clients(world.target());
    for (size_t i = 0; i < kAtOnce; ++i) {
      const Kind kind = i % 8 < 5 ? Kind::kUnknownKey : kOthers[i % 8 - 5];
      clients.add(kind);
      with_key += kind == Kind::kUnknownKey ? 1 : 0;
    }
    world.expect_counted(unknown, unknown_before + static_cast<double>(with_key));
    world.expect_counted(failed, failed_before + static_cast<double>(tried + kAtOnce));
    if (world.fault().failed()) return;
  }
  if (world.metric("jiexu_connections_total{verdict=\"accepted\"}") != accepted) {
    world.fault()("somebody without a key got in");
  }
}

// What Mallory says through the relay stops in the middle, past what one may hold.
struct Endless {
  std::unique_ptr<HoldingRelay> relay;
  std::unique_ptr<HostileClient> client;
};

constexpr uint64_t kEndlessBytes = limits::kUnreadBytesMax + (8 << 20);

Endless called(HostileWorld& world) {
  Target target = world.target();
  auto relay = std::make_unique<HoldingRelay>(target.port, kEndlessBytes);
  target.port = relay->port();
  return {std::move(relay), std::make_unique<HostileClient>(target, world.mallory_keys())};
}

Endless serving(HostileWorld& world) {
  auto client = HostileClient::serving(world.mallory_keys());
  const uint16_t port = client->port();
  return {std::make_unique<HoldingRelay>(port, kEndlessBytes, world.mallory_port()),
          std::move(client)};
}

// Mallory connects, and is connected to, and begins messages that do not end.
void attack_without_end(HostileWorld& world, size_t rounds) {
  const std::string cut = "jiexu_connections_cut_total{reason=\"unread\"}";
  const double before = world.metric(cut);
  for (size_t i = 0; i < rounds; ++i) {
    const auto [relay, client] = i % 2 == 0 ? called(world) : serving(world);
    if (i % 4 < 2) client->send_parts(96, 1 << 20);
    if (i % 4 >= 2) client->send_parts(2'000'000, 1);
    world.expect_counted(cut, before + static_cast<double>(i + 1));
    client->await_end();
    if (world.fault().failed()) return;
  }
}

v1::Message message_of(uint32_t number) {
  v1::Message message;
  message.set_case_id(std::string(16, 'm'));
  message.set_case_seq(number);
  message.set_sent_at_ms(1);
  message.mutable_letter_accept()->set_accepted_on(20261120);
  return message;
}

std::string batch_of(const LinkName& link, uint32_t number, const Signer& signer) {
  FrameWriter writer(link, 1, 1, chain_start(link));
  writer.add(message_of(number));
  return writer.close(signer);
}

std::string open_of(const LinkName& link, const Signer& signer) {
  OpenFrame open;
  open.link = link;
  open.session = 7;
  open.epoch = 1;
  open.last_head = chain_start(link);
  sign(open, signer);
  return encode(open);
}

// Each lie is answered with the reason for which it is not believed.
void attack_as_somebody_else(HostileWorld& world) {
  const auto stranger = make_signer(SuiteId::kEd25519, std::string(32, 's')).value();
  const LinkName honest{world.honest(), world.victim()}, own{world.self(), world.victim()};
  const Signer& signer = world.mallory_signer();
  const auto receipt =
      make_receipt({world.victim(), world.honest()}, 1, 1'000'000, Digest{}, Instant{1}, *stranger);
  const struct {
    std::string frame;
    v1::RefuseReason reason;
  } lies[] = {
      {open_of(honest, signer), v1::REFUSE_REASON_WRONG_AGENCY},
      {batch_of(honest, 1, signer), v1::REFUSE_REASON_WRONG_AGENCY},
      {open_of(own, *stranger), v1::REFUSE_REASON_BAD_SIGNATURE},
      {batch_of(own, 1, *stranger), v1::REFUSE_REASON_BAD_SIGNATURE},
      {encode(receipt), v1::REFUSE_REASON_MALFORMED},
      {"\x01garbage", v1::REFUSE_REASON_MALFORMED},
  };
  // Its routing id is the honest agency's code, as if replies could be caught with that.
  HostileClient client(world.target(), world.mallory_keys(), world.honest().str());
  for (const auto& [frame, reason] : lies) {
    client.send(frame);
    const auto refused = client.await<RefuseFrame>(kAnswerSeconds);
    if (!refused || refused->reason != reason) {
      world.fault()(fmt::format("a lie was answered with {} instead of {}",
                                refused ? v1::RefuseReason_Name(refused->reason) : "nothing",
                                v1::RefuseReason_Name(reason)));
    }
  }
  for (const char* reason : {"WRONG_AGENCY", "BAD_SIGNATURE", "MALFORMED"}) {
    if (world.metric(world.turned_away(world.self(), reason)) < 2) {
      world.fault()(std::string("lies were not counted by name: ") + reason);
    }
    if (world.metric(world.turned_away(world.honest(), reason)) > 0) {
      world.fault()(std::string("lies were put down to the honest agency: ") + reason);
    }
  }
}

// One message is sent in earnest, so that there is something to replay.
bool say_once(HostileWorld& world, HostileClient& client, const std::string& batch) {
  client.send(open_of({world.self(), world.victim()}, world.mallory_signer()));
  const auto opened = client.await<OpenedFrame>(kAnswerSeconds);
  client.send(batch);
  const auto receipt = client.await<Receipt>(kAnswerSeconds);
  if (!opened || !receipt || receipt->through != 1) {
    world.fault()("Mallory's one honest message was not receipted");
    return false;
  }
  return true;
}

void expect_one_effect(HostileWorld& world, const std::string& after) {
  const uint64_t through = world.received_from_mallory();
  const size_t entries = world.quarantined();
  if (through != 1 || entries != 1) {
    world.fault()(
        fmt::format("{}: one message counts as {}, with {} effects", after, through, entries));
  }
}

// Such a frame asks for what its sender may have, and changes nothing: a flipped bit of the tag
// makes one of a batch.
bool is_question(const std::string& bytes) {
  const auto frame = decode_frame(share(bytes));
  return frame &&
         (std::holds_alternative<FetchFrame>(*frame) || std::holds_alternative<WantFrame>(*frame));
}

// The same again, and with one bit changed; every one is answered, so that none is overlooked.
void replay(HostileWorld& world, HostileClient& client, const std::string& batch, size_t count) {
  std::mt19937_64 random(count);
  for (size_t i = 0; i < count && !world.fault().failed(); ++i) {
    std::string frame = batch;
    const bool altered = i % 2 == 1;
    if (altered) frame[random() % frame.size()] ^= static_cast<char>(1 << random() % 8);
    client.send(frame);
    const auto answer = client.receive(kAnswerSeconds);
    if (!answer) return world.fault()("a replayed frame was not answered");
    const auto decoded = decode_frame(share(*answer));
    const Receipt* receipt = decoded ? std::get_if<Receipt>(&*decoded) : nullptr;
    const bool refused =
        is_question(frame) || (decoded && std::holds_alternative<RefuseFrame>(*decoded));
    if (!altered && (receipt == nullptr || receipt->through != 1)) {
      world.fault()("a replayed frame was not known as that");
    }
    if (altered && !refused && (receipt == nullptr || receipt->through != 1)) {
      world.fault()("an altered frame was not refused");
    }
  }
}

void attack_with_replays(HostileWorld& world, size_t count) {
  const LinkName own{world.self(), world.victim()};
  const std::string batch = batch_of(own, 1, world.mallory_signer());
  HostileClient client(world.target(), world.mallory_keys());
  if (!say_once(world, client, batch)) return;
  replay(world, client, batch, count);
  client.send(batch_of(own, 2, world.mallory_signer()));
  const auto refused = client.await<RefuseFrame>(kAnswerSeconds);
  if (!refused || refused->reason != v1::REFUSE_REASON_DIVERGED) {
    world.fault()("other content under a used number was not refused");
  }
  expect_one_effect(world, "after replays");
}

void replay_after_restart(HostileWorld& world) {
  HostileClient client(world.target(), world.mallory_keys());
  replay(world, client, batch_of({world.self(), world.victim()}, 1, world.mallory_signer()), 50);
  expect_one_effect(world, "after replays to a restarted daemon");
}

// As fast as it goes, and nothing of it is a frame.
void attack_with_a_flood(HostileWorld& world, size_t frames) {
  std::mt19937_64 random(3);
  HostileClient client(world.target(), world.mallory_keys());
  const double before = world.metric(world.turned_away(world.self(), "MALFORMED"));
  for (size_t i = 0; i < frames; ++i) {
    if (!client.send("\x01" + random_bytes_of(random, 1 + random() % 2'000))) break;
  }
  world.expect_counted(world.turned_away(world.self(), "MALFORMED"),
                       before + static_cast<double>(frames) * 0.9);
}

// What a member may ask for, without end and without reading the answers: its own frame back, where
// our copy of its log ends, pieces of files.
void attack_with_questions(HostileWorld& world, size_t count) {
  const LinkName own{world.self(), world.victim()};
  const std::string fetch = encode(FetchFrame{1, 1, UINT32_MAX});
  const std::string want = encode(WantFrame{CaseId(), Digest{}, 0});
  const std::string open = open_of(own, world.mallory_signer());
  HostileClient client(world.target(), world.mallory_keys());
  for (size_t i = 0; i < count; ++i) {
    if (!client.send(i % 3 == 0 ? fetch : i % 3 == 1 ? want : open)) return;
  }
}

// Frames full of messages that nobody can read, each with a good signature.
void attack_with_junk(HostileWorld& world, size_t frames) {
  const LinkName own{world.self(), world.victim()};
  HostileClient client(world.target(), world.mallory_keys());
  const auto first = decode_batch(share(batch_of(own, 1, world.mallory_signer())));
  Seq seq = first->last_seq();
  Digest head = first->head;
  client.send(open_of(own, world.mallory_signer()));
  if (!client.await<OpenedFrame>(kAnswerSeconds)) return world.fault()("Open was not answered");
  for (size_t i = 0; i < frames && !world.fault().failed(); ++i) {
    FrameWriter writer(own, 1, seq + 1, head);
    for (size_t n = 0; n < limits::kFrameMessagesMax; ++n) writer.add(v1::Message());
    seq = writer.last_seq();
    head = writer.head();
    client.send(writer.close(world.mallory_signer()));
    const auto receipt = client.await<Receipt>(kAnswerSeconds);
    if (!receipt) return world.fault()("a frame of junk was not receipted");
  }
  if (world.received_from_mallory() != seq) world.fault()("junk was not numbered like the rest");
  const size_t entries = world.quarantined();
  if (entries != 1 + frames) {
    world.fault()(fmt::format("{} frames of junk have {} entries", frames, entries));
  }
}

// As the kernel does when MemoryMax is reached.
void kill_under_flood(HostileWorld& world) {
  std::atomic<bool> over{false};
  std::thread flood([&] {
    HostileClient client(world.target(), world.mallory_keys());
    while (!over && client.send(std::string(300, 'x'))) {
    }
  });
  e2e::RunningAgency& victim = world.traced().victim();
  victim.kill_now();
  if (auto done = victim.start(); !done) world.fault()(done.error().text);
  const auto took = wait_until(kHostileResumeSeconds, [&] {
    return link_of(world.traced().world(), 1).state() == "flowing" &&
           peer_of(world.traced().world(), 0, world.honest().str()).state() == "flowing";
  });
  over = true;
  flood.join();
  fmt::print("hostile: killed under a flood, links flow again after {:.1f} s\n", took.value_or(-1));
  if (!took) world.fault()("links did not resume within 10 s after a kill");
}

void allow_many_descriptors() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace

void test_hostile(const Setup& setup, Failure& fault) {
  allow_many_descriptors();
  const Size& size = setup.campaign ? kCampaign : kNormal;
  HostileWorld world(setup, fault);
  if (!world.start()) return;
  world.under("nobody", [] {});
  world.under("garbage", [&] { attack_with_garbage(world, size.garbage); });
  world.under("silence", [&] { attack_with_silence(world, size.silent); });
  world.under("handshakes", [&] { attack_with_handshakes(world, size.handshakes); });
  world.under("endless", [&] { attack_without_end(world, size.endless); });
  world.under("lies", [&] { attack_as_somebody_else(world); });
  world.under("replays", [&] { attack_with_replays(world, size.replays); });
  world.under("flood", [&] { attack_with_a_flood(world, size.flood); });
  world.under("questions", [&] { attack_with_questions(world, size.questions); });
  if (fault.failed()) return;
  kill_under_flood(world);
  world.under("restarted", [&] { replay_after_restart(world); });
  world.under("junk", [&] { attack_with_junk(world, size.junk); });
  const std::string mallorys = fmt::format("{} messages in quarantine", world.quarantined(""));
  for (const std::string& text : world.traced().verdict()) {
    if (!text.starts_with(mallorys)) fault(text);
  }
}

}  // namespace jiexu::faults
