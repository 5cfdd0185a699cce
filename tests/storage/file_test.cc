// System calls of the store's own files that do less than was asked, or are interrupted. The calls
// of this program go through the functions below, which are found before the C library's.
#include "storage/file.h"

#include <sys/syscall.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cerrno>

#include "storage/watermark.h"
#include "tests/storage/temp_dir.h"

namespace {

struct Trouble {
  int interruptions = 0;        // so many calls are interrupted first
  size_t bytes_max = SIZE_MAX;  // that a call takes or gives
  int calls = 0;
};
thread_local Trouble* trouble = nullptr;

// How many of `size` bytes this call may do; nullopt: it is interrupted.
std::optional<size_t> granted(size_t size) {
  if (trouble == nullptr) return size;
  ++trouble->calls;
  if (trouble->interruptions == 0) return std::min(size, trouble->bytes_max);
  --trouble->interruptions;
  errno = EINTR;
  return std::nullopt;
}

// For as long as it lives, calls of this thread are in trouble.
struct InTrouble {
  explicit InTrouble(Trouble& of) { trouble = &of; }
  ~InTrouble() { trouble = nullptr; }
};

}  // namespace

extern "C" ssize_t pwrite(int fd, const void* bytes, size_t size, off_t offset) {
  const auto now = granted(size);
  return now ? ::syscall(SYS_pwrite64, fd, bytes, *now, offset) : -1;
}
extern "C" ssize_t pread(int fd, void* bytes, size_t size, off_t offset) {
  const auto now = granted(size);
  return now ? ::syscall(SYS_pread64, fd, bytes, *now, offset) : -1;
}
extern "C" int fsync(int fd) {
  return granted(1) ? static_cast<int>(::syscall(SYS_fsync, fd)) : -1;
}

namespace jiexu {

using testing::TempDir;

TEST_CASE("a mark whose write is interrupted or done in part is written whole") {
  const TempDir dir;
  const auto path = dir.path() / "mark";
  auto mark = Watermark::create(path, 1).value();
  Trouble interrupted{.interruptions = 3};
  Trouble in_part{.bytes_max = 1000};
  for (Trouble* kind : {&interrupted, &in_part}) {
    const InTrouble now(*kind);
    const Lsn next = mark.durable() + 1;
    const auto advanced = mark.advance(next, Watermark::TimePoint::max());
    INFO((advanced ? "" : advanced.error().text));
    REQUIRE(advanced);
    REQUIRE(mark.reset(next + 1));
    CHECK(kind->calls > 3);
  }
  // Both slots are sound: the newest counts also if the other one is lost.
  CHECK(Watermark::open(path).value().durable() == mark.durable());
}

TEST_CASE("a mark is read whole though the read is interrupted or done in part") {
  const TempDir dir;
  const auto path = dir.path() / "mark";
  REQUIRE(Watermark::create(path, 42));
  for (Trouble kind : {Trouble{.interruptions = 2}, Trouble{.bytes_max = 7}}) {
    const InTrouble now(kind);
    const auto mark = Watermark::open(path);
    REQUIRE(mark);
    CHECK(mark->durable() == 42);
  }
}

TEST_CASE("what takes no byte is an error, not an endless loop") {
  const TempDir dir;
  const auto path = dir.path() / "mark";
  auto mark = Watermark::create(path, 1).value();
  Trouble full{.bytes_max = 0};
  const InTrouble now(full);
  CHECK(mark.reset(2).error().code == Errc::kNoSpace);
}

TEST_CASE("an interrupted sync is done again") {
  const TempDir dir;
  Trouble interrupted{.interruptions = 2};
  const InTrouble now(interrupted);
  CHECK(sync_path(dir.path()));
  CHECK(interrupted.calls == 3);
}

}  // namespace jiexu
