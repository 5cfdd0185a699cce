// A second copy of one agency, with the same keys, beside the first: as when a virtual machine was
// cloned, or a backup was started while the original still ran. On one folder the lock refuses it
// (test_twice); on a folder of its own only the peers can, by where its log ends and by its epoch.
#include <fstream>

#include "daemon/api/json.h"
#include "ops/cli/client.h"
#include "tests/faults/process_tests.h"

namespace jiexu::faults {

namespace fs = std::filesystem;

namespace {

constexpr double kCopySeconds = 30;

// The daemon of a copied folder, on ports of its own.
class Second {
 public:
  Second(const Setup& setup, TracedWorld& traced)
      : bin_(setup.bin),
        folder_(setup.folder / "second"),
        api_port_(static_cast<uint16_t>(setup.port_base + 15)),
        traced_(traced) {
    fs::create_directories(folder_);
    for (const char* name : {"keys", "directory.toml", "users.toml"}) {
      fs::copy(traced.victim_folder() / name, folder_ / name, fs::copy_options::recursive);
    }
    std::ofstream(folder_ / "agency.toml")
        << config_on_other_ports(traced.victim().config(), setup.port_base);
  }

  // REQUIRES: neither daemon runs.
  void take_copy_of(const fs::path& data) {
    fs::remove_all(folder_ / "data");
    fs::copy(data, folder_ / "data", fs::copy_options::recursive);
  }
  fs::path data() const { return folder_ / "data"; }

  Result<void> start() {
    return process_.start(
        {(bin_ / "jiexud").string(), "--config", (folder_ / "agency.toml").string()},
        folder_ / "jiexud.log");
  }
  void stop() { process_.stop(); }
  bool running() { return !process_.ended(); }

  Result<cli::Reply> ask(const std::string& method, const std::string& target,
                         const std::string& body = "") const {
    return cli::send({"127.0.0.1", api_port_, {}},
                     {method, target, body, traced_.victim().token(), ""});
  }
  bool ready() const {
    const auto reply = ask("GET", "/readyz");
    return reply && reply->status == 200;
  }
  v1::PeerView link() const {
    v1::PeerViews views;
    const auto reply = ask("GET", "/v1/peers");
    if (!reply || !from_json(reply->body, &views) || views.peers_size() == 0) return {};
    return views.peers(0);
  }

 private:
  fs::path bin_;
  fs::path folder_;
  uint16_t api_port_;
  TracedWorld& traced_;
  e2e::Process process_;
};

class TwoCopies {
 public:
  TwoCopies(const Setup& setup, TracedWorld& traced, Failure& fault)
      : setup_(setup), traced_(traced), fault_(fault), second_(setup, traced) {}

  void take_copy() {
    if (traced_.victim().stop() != 0) return fault_("the daemon did not stop cleanly");
    second_.take_copy_of(traced_.victim_folder() / "data");
    restart();
  }

  // The copy is behind the original and runs beside it. Its peer gives it back what it lacks, but
  // speaks with the original, so that the copy stays unready and writes nothing.
  void stale_copy_beside_the_original() {
    if (auto done = second_.start(); !done) return fault_(done.error().text);
    const auto held =
        wait_until(kCopySeconds, [&] { return second_.link().state() == "recovering"; });
    if (!held) fault_("the copy does not see that it is behind: " + second_.link().state());
    work_to_end(traced_, setup_.cases, fault_);
    if (second_.ready()) fault_("a copy that is behind calls itself ready");
    const auto refused = second_.ask("POST", "/v1/cases", application());
    if (!refused || refused->status != 503) {
      fault_(fmt::format("the copy took an application: {}", refused ? refused->status : 0));
    }
    fmt::print("copy: the one behind stays \"{}\", {}\n", second_.link().state(),
               refused ? refused->body.substr(0, 120) : "");
    second_.stop();
    work_to_end(traced_, 0, fault_);
  }

  // The stale copy takes the original's place and gets everything back, in a new epoch; then the
  // original, whose log was whole, comes up beside it and is refused.
  void original_beside_its_successor() {
    if (traced_.victim().stop() != 0) return fault_("the daemon did not stop cleanly");
    const fs::path data = traced_.victim_folder() / "data", aside = setup_.folder / "aside";
    fs::rename(data, aside);
    fs::rename(second_.data(), data);
    fs::rename(aside, second_.data());
    restart();
    work_to_end(traced_, setup_.cases, fault_);
    const uint32_t epoch = link_of(traced_.world(), 0).out_epoch();
    if (auto done = second_.start(); !done) return fault_(done.error().text);
    const auto refused = wait_until(kCopySeconds, [&] {
      const v1::PeerView link = second_.link();
      return link.state() == "stopped" && link.stop_reason() == "REFUSE_REASON_EPOCH";
    });
    if (!refused) fault_("the older copy was not refused by its epoch: " + second_.link().state());
    work_to_end(traced_, setup_.cases, fault_);
    fmt::print("copy: epoch {} goes on, the one of epoch {} is \"{}\", {}\n", epoch,
               second_.link().out_epoch(), second_.link().state(), second_.link().stop_reason());
    if (second_.link().out_epoch() >= epoch) fault_("the older copy is not of an older epoch");
    second_.stop();
  }

 private:
  void restart() {
    if (auto done = traced_.victim().start(); !done) return fault_(done.error().text);
    if (auto done = traced_.world().wait_ready(30); !done) fault_(done.error().text);
  }

  std::string application() {
    e2e::People people;
    size_t n = 1'000'000;
    while (people.make(n).destination != 0) ++n;
    v1::ActionInput input;
    *input.mutable_application() =
        e2e::application_of(people.make(n), traced_.world().agency(1).spec().code, e2e::today());
    return to_json(input);
  }

  const Setup& setup_;
  TracedWorld& traced_;
  Failure& fault_;
  Second second_;
};

}  // namespace

void test_copy(const Setup& setup, Failure& fault) {
  TracedWorld traced(setup.bin, setup.folder, setup.port_base);
  if (!start_world(traced, {}, fault)) return;
  TwoCopies copies(setup, traced, fault);
  work_to_end(traced, setup.cases, fault);
  copies.take_copy();
  work_to_end(traced, setup.cases, fault);
  if (!fault.failed()) copies.stale_copy_beside_the_original();
  if (!fault.failed()) copies.original_beside_its_successor();
}

}  // namespace jiexu::faults
