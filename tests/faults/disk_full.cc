// A small disk that others fill: new work is refused early, messages of the peer wait with the
// peer, receipts go on, RocksDB never meets the end of the disk, and work goes on when there is
// room again.
#include <fcntl.h>
#include <unistd.h>

#include "storage/file.h"
#include "tests/e2e/settings.h"
#include "tests/faults/process_tests.h"

namespace jiexu::faults {
namespace {

namespace fs = std::filesystem;

constexpr uint64_t kMiB = 1 << 20;
constexpr uint64_t kWorkMib = 160;
constexpr uint64_t kFramesMib = 112;
constexpr uint64_t kBallastMib = 96;
constexpr double kResumeSeconds = 10;

// The other program: a file that leaves just so much of the disk.
class Filler {
 public:
  explicit Filler(const fs::path& disk) : file_(disk / "filler") {}
  ~Filler() { remove(); }

  fs::path disk() const { return file_.parent_path(); }
  uint64_t free_mib() const { return free_bytes(disk()).value_or(0) / kMiB; }
  void leave(uint64_t mib) {
    const uint64_t free = free_bytes(disk()).value_or(0);
    if (free <= mib * kMiB) return;
    const Fd fd(::open(file_.c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
    const off_t size = ::lseek(fd.get(), 0, SEEK_END);
    // The daemon may be writing too; then there is a little less than asked for.
    (void)::posix_fallocate(fd.get(), size, static_cast<off_t>(free - mib * kMiB));
  }
  void remove() {
    std::error_code ignored;
    fs::remove(file_, ignored);
  }

 private:
  fs::path file_;
};

// Where the victim's store is, from before its first start.
void move_store(TracedWorld& traced, const fs::path& disk) {
  fs::copy(traced.victim_folder() / "data", disk / "data", fs::copy_options::recursive);
  fs::permissions(disk / "data", fs::perms::owner_all);
  fs::remove_all(traced.victim_folder() / "data");
  const fs::path config = traced.victim().config();
  e2e::change_setting(config, "data_dir", '"' + (disk / "data").string() + '"');
  e2e::change_setting(config, "min_free_mib", std::to_string(kWorkMib));
  e2e::change_setting(config, "frames_min_free_mib", std::to_string(kFramesMib));
  e2e::change_setting(config, "ballast_mib", std::to_string(kBallastMib));
}

// One time after the other the disk gets low, short, full, and free again. Applicants come in
// eights, first to the victim, then to its peer.
class FillingUp {
 public:
  FillingUp(const Setup& setup, TracedWorld& traced, Failure& fault)
      : traced_(traced), fault_(fault), filler_(setup.small_disk) {}

  void round() {
    if (auto done = traced_.work(10, 60); !done) return fault_(done.error().text);
    get_low();
    get_short();
    get_full();
    get_free();
    work_to_end(traced_, 0, fault_);
  }

  void start_on_full_disk() {
    traced_.victim().stop();
    fs::remove(disk() / "data" / "ballast");
    filler_.leave(0);
    if (auto done = traced_.victim().start(); !done) return fault_(done.error().text);
    std::optional<int> code;
    wait_until(20, [&] { return (code = traced_.victim().died()).has_value(); });
    fmt::print("full: started on a full disk, exit {}\n", code.value_or(-1));
    if (code != 69) fault_("a daemon on a full disk must end with 69 before it opens the store");
    filler_.remove();
    if (auto done = traced_.victim().start(); !done) return fault_(done.error().text);
    if (auto done = traced_.world().wait_ready(20); !done) return fault_(done.error().text);
    work_to_end(traced_, 20, fault_);
  }

 private:
  fs::path disk() const { return filler_.disk(); }

  template <class Done>
  void expect(const std::string& what, const Done& done) {
    if (!wait_until(kResumeSeconds, done)) fault_("not within 10 s: " + what);
  }

  // The peer's clerks key cases and send their letters.
  void send_letters() {
    const uint64_t before = link_of(traced_.world(), 1).out_last_seq();
    for (int i = 0; i < 5; ++i) traced_.key_one();
    expect("the peer writes letters", [&] {
      traced_.world().work(1);
      return link_of(traced_.world(), 1).out_last_seq() >= before + 5;
    });
  }
  bool all_receipted() { return link_of(traced_.world(), 1).queued() == 0; }
  bool refused() {
    v1::CaseView view;
    const auto done = traced_.victim().post("/v1/cases", v1::ActionInput(), &view);
    return !done && done.error().text.starts_with("507 ") &&
           done.error().text.find("storage_low") != std::string::npos;
  }

  void get_low() {
    filler_.leave((kWorkMib + kFramesMib) / 2);
    expect("the daemon is not ready", [&] { return !traced_.victim().ready(); });
    if (!refused()) fault_("new work was not refused with 507");
    send_letters();
    expect("letters are receipted although the disk is low", [&] { return all_receipted(); });
  }

  void get_short() {
    filler_.leave(kFramesMib - 8);
    send_letters();
    if (wait_until(3, [&] { return all_receipted(); }))
      fault_("letters were taken on a short disk");
    if (!refused()) fault_("new work was not refused with 507");
  }

  void get_full() {
    filler_.leave(0);
    expect("the ballast is given up", [&] { return filler_.free_mib() > kBallastMib / 2; });
    if (const auto code = traced_.victim().died()) {
      fault_(fmt::format("the daemon ended with {} on a full disk", *code));
    }
  }

  void get_free() {
    filler_.remove();
    const auto took =
        wait_until(kResumeSeconds, [&] { return traced_.victim().ready() && all_receipted(); });
    fmt::print("full: ready and nothing queued {:.1f} s after space came back\n",
               took.value_or(-1));
    if (!took) fault_("work did not go on within 10 s after space came back");
  }

  TracedWorld& traced_;
  Failure& fault_;
  Filler filler_;
};

}  // namespace

void test_full(const Setup& setup, Failure& fault) {
  TracedWorld traced(setup.bin, setup.folder, setup.port_base);
  if (auto done = traced.init(); !done) return fault(done.error().text);
  move_store(traced, setup.small_disk);
  if (auto done = traced.world().start(); !done) return fault(done.error().text);
  FillingUp filling(setup, traced, fault);
  for (size_t i = 0; i < setup.rounds && !fault.failed(); ++i) filling.round();
  if (!fault.failed()) filling.start_on_full_disk();
}

}  // namespace jiexu::faults
