// A power cut that is real for the file system: the victim's store is on an ext4 of its own, which
// is shut down without writing anything more, unmounted and mounted again. What was not synced is
// gone. The peer is away, so that nobody can give anything back: whatever was answered must be on
// the disk.
//
// With `preload` a library is loaded into the daemon that makes its syncs do nothing
// (libeatmydata); then this test must fail.
#include <fcntl.h>
#include <linux/types.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>
#include <set>

#include "ops/cli/client.h"
#include "storage/file.h"
#include "tests/faults/process_tests.h"

namespace jiexu::faults {

namespace fs = std::filesystem;

namespace {

constexpr size_t kAtOnce = 100;
constexpr double kSeconds = 60;

// linux: fs/ext4/ext4.h, EXT4_IOC_SHUTDOWN with EXT4_GOING_FLAGS_NOLOGFLUSH.
constexpr unsigned long kShutdown = _IOR('X', 125, __u32);
constexpr __u32 kWithoutFlush = 2;

class PowerCut {
 public:
  PowerCut(const Setup& setup, TracedWorld& traced, Failure& fault)
      : setup_(setup), traced_(traced), fault_(fault) {
    ::setenv("RUNTIME_DIRECTORY", memory_.c_str(), 1);
  }
  ~PowerCut() {
    ::unsetenv("RUNTIME_DIRECTORY");
    fs::remove_all(memory_);
  }

  void move_store() {
    const fs::path data = traced_.victim_folder() / "data";
    fs::copy(data, setup_.disk, fs::copy_options::recursive);
    fs::permissions(setup_.disk, fs::perms::owner_all);
    fs::remove_all(data);
    fs::create_directory_symlink(setup_.disk, data);
    ::sync();  // what was made before is old and on disk
  }

  void start_victim() {
    if (!setup_.preload.empty()) ::setenv("LD_PRELOAD", setup_.preload.c_str(), 1);
    const auto done = traced_.victim().start();
    ::unsetenv("LD_PRELOAD");
    if (!done) return fault_(done.error().text);
    if (!wait_until(kSeconds, [&] { return traced_.victim().ready(); })) {
      fault_("the daemon does not get ready");
    }
  }

  // Letters into the outbox, answered one submission after the other.
  void submit(size_t letters) {
    while (answered_.size() < letters && !fault_.failed()) {
      v1::SubmitInput input;
      while (input.applications_size() < static_cast<int>(kAtOnce)) {
        const e2e::Applicant& applicant = people_.make(next_++);
        if (applicant.destination != 0) continue;
        *input.add_applications() =
            e2e::application_of(applicant, traced_.world().agency(1).spec().code, e2e::today());
      }
      const e2e::RunningAgency& victim = traced_.victim();
      const auto reply = cli::send({"127.0.0.1", victim.spec().api_port, {}},
                                   {"POST", "/v1/letters:submit", input.SerializeAsString(),
                                    victim.token(), "", "application/x-protobuf"});
      v1::SubmitResults results;
      if (!reply || !results.ParseFromString(reply->body)) return fault_("no answer");
      for (const auto& result : results.results()) answered_.insert(result.case_id());
    }
  }

  void cut() {
    ::kill(traced_.victim().pid(), SIGSTOP);
    {
      const Fd disk(::open(setup_.disk.c_str(), O_RDONLY | O_CLOEXEC));
      if (::ioctl(disk.get(), kShutdown, &kWithoutFlush) != 0) return fault_("no power cut");
    }
    traced_.victim().kill_now();
    fs::remove_all(memory_);
    for (const auto& command : {std::vector<std::string>{"/bin/umount", setup_.disk.string()},
                                {"/bin/mount", "-o", "loop", setup_.image, setup_.disk.string()}}) {
      if (auto done = e2e::run_program(command); !done) return fault_(done.error().text);
    }
  }

  void judge(const std::string& at, e2e::RunningAgency& agency) {
    size_t found = 0;
    const auto all =
        wait_until(kSeconds / 3, [&] { return (found = count(agency)) == answered_.size(); });
    fmt::print("power: {} of {} answered letters are at {}\n", found, answered_.size(), at);
    if (!all)
      fault_(
          fmt::format("{} letters that were answered are not at {}", answered_.size() - found, at));
  }

 private:
  size_t count(const e2e::RunningAgency& agency) const {
    const auto cases = agency.cases(false);
    size_t found = 0;
    for (size_t i = 0; cases && i < cases->size(); ++i)
      found += answered_.count((*cases)[i].case_id());
    return found;
  }

  const Setup& setup_;
  TracedWorld& traced_;
  Failure& fault_;
  e2e::People people_;
  size_t next_ = 0;
  std::set<std::string> answered_;
  // Of the machine: without power it is gone.
  fs::path memory_ = "/dev/shm/jiexu-power-" + std::to_string(::getpid());
};

}  // namespace

void test_power(const Setup& setup, Failure& fault) {
  TracedWorld traced(setup.bin, setup.folder, setup.port_base);
  if (auto done = traced.init(); !done) return fault(done.error().text);
  traced.without_second_person();
  PowerCut power(setup, traced, fault);
  power.move_store();
  for (size_t round = 1; round <= setup.rounds && !fault.failed(); ++round) {
    power.start_victim();
    power.submit(round * setup.cases);
    power.cut();
  }
  if (!fault.failed()) power.start_victim();
  if (fault.failed()) return;
  power.judge("the sender", traced.victim());
  if (auto done = traced.world().agency(1).start(); !done) return fault(done.error().text);
  power.judge("the receiver", traced.world().agency(1));
}

}  // namespace jiexu::faults
