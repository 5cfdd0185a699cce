// What the machine's memory says of a store: only what is so, and nothing of another one.
#include "storage/run_mark.h"

#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <fstream>

#include "tests/storage/temp_dir.h"

namespace jiexu::run_mark_test {
namespace {

namespace fs = std::filesystem;
using Finding = RunMark::Finding;

const std::string kId(16, 'a');
const std::string kOtherId(16, 'b');

// A folder of a store on the disk, and one for marks in memory.
struct Machine {
  testing::TempDir disk;
  fs::path folder = disk.path() / "data";
  fs::path home = "/dev/shm/jiexu-run-mark-test-" + std::to_string(::getpid());

  Machine() {
    fs::remove_all(home);
    fs::create_directory(folder);
  }
  ~Machine() { fs::remove_all(home); }
  RunMark open(const std::string& id = kId) const {
    return RunMark::open(home, folder, id).value();
  }
  fs::path file() const { return fs::directory_iterator(home)->path(); }
};

}  // namespace

TEST_CASE("a run tells the next one that the store is the newest one, and that it is not") {
  const Machine machine;
  CHECK(machine.open().compare(7) == Finding::kNothing);
  REQUIRE(machine.open().note(7, true));
  const RunMark next = machine.open();
  CHECK(next.found() == 7);
  CHECK(next.compare(7) == Finding::kNewest);
  CHECK(next.compare(8) == Finding::kNewest);  // it ended between the commit and the note
  CHECK(next.compare(9) == Finding::kNothing);
  CHECK(next.compare(6) == Finding::kOlder);
}

TEST_CASE("a run that did not know whether its store was the newest one proves nothing") {
  const Machine machine;
  REQUIRE(machine.open().note(7, false));
  CHECK(machine.open().compare(7) == Finding::kNothing);
  CHECK(machine.open().compare(6) == Finding::kOlder);
  RunMark run = machine.open();
  REQUIRE(run.note(7, true));  // it has learnt it
  CHECK(machine.open().compare(7) == Finding::kNewest);
}

TEST_CASE("of another store, in the same folder or a copy of it, the memory knows nothing") {
  const Machine machine;
  REQUIRE(machine.open().note(7, true));
  CHECK(RunMark::open(machine.home, machine.disk.path(), kId)->compare(6) == Finding::kNothing);
  CHECK(machine.open(kOtherId).compare(6) == Finding::kNothing);
  CHECK(machine.open().compare(6) == Finding::kNothing);  // the other one has taken its place
}

TEST_CASE("a damaged or cut mark says nothing") {
  const Machine machine;
  REQUIRE(machine.open().note(7, true));
  const size_t at = GENERATE(0, 6, 15, 30, 36, 50);
  {
    std::fstream file(machine.file(), std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(static_cast<std::streamoff>(at));
    file << '\x5a';
  }
  CHECK(machine.open().compare(6) == Finding::kNothing);
  REQUIRE(machine.open().note(7, true));
  fs::resize_file(machine.file(), at);
  CHECK(machine.open().compare(6) == Finding::kNothing);
}

TEST_CASE("a place that is on a disk, or that others may write to, is none for a mark") {
  const Machine machine;
  CHECK(RunMark::open(machine.folder, machine.folder, kId).has_value() ==
        machine.disk.path().string().starts_with("/dev/shm"));
  fs::create_directory(machine.home);
  REQUIRE(::chmod(machine.home.c_str(), 0770) == 0);
  CHECK_FALSE(RunMark::open(machine.home, machine.folder, kId));
  fs::remove(machine.home);
  fs::create_directory_symlink("/dev/shm", machine.home);
  CHECK_FALSE(RunMark::open(machine.home, machine.folder, kId));
}

TEST_CASE("marks of folders that are gone are removed") {
  const Machine machine;
  const fs::path gone = machine.disk.path() / "gone";
  fs::create_directory(gone);
  REQUIRE(RunMark::open(machine.home, gone, kId)->note(1, true));
  REQUIRE(machine.open().note(1, true));
  fs::remove(gone);
  CHECK(machine.open().compare(1) == Finding::kNewest);
  CHECK(std::distance(fs::directory_iterator(machine.home), fs::directory_iterator()) == 1);
}

}  // namespace jiexu::run_mark_test
