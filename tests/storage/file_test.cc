// System calls of the store's own files that do less than was asked, or are interrupted. The calls
// of this program go through the functions below, which are found before the C library's.
#include "storage/file.h"

#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cerrno>
#include <optional>

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

namespace {

Fd file_at(const std::filesystem::path& path) {
  Fd fd(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  REQUIRE(fd.get() >= 0);
  return fd;
}

}  // namespace

TEST_CASE("a write that is interrupted or done in part is done whole") {
  const TempDir dir;
  const auto path = dir.path() / "file";
  const Fd fd = file_at(path);
  Trouble interrupted{.interruptions = 3};
  Trouble in_part{.bytes_max = 1000};
  for (Trouble* kind : {&interrupted, &in_part}) {
    const std::string bytes(4096, kind == &interrupted ? 'i' : 'p');
    {
      const InTrouble now(*kind);
      const auto written = write_at(fd, bytes, 512, path);
      INFO((written ? "" : written.error().text));
      REQUIRE(written);
      CHECK(kind->calls > 3);
    }
    CHECK((read_at(fd, 4096, 512, path).value() == bytes));
  }
}

TEST_CASE("a read that is interrupted or done in part is done whole") {
  const TempDir dir;
  const auto path = dir.path() / "file";
  const Fd fd = file_at(path);
  REQUIRE(write_at(fd, "forty-two bytes, and not a single one less", 0, path));
  for (Trouble kind : {Trouble{.interruptions = 2}, Trouble{.bytes_max = 7}}) {
    const InTrouble now(kind);
    const auto bytes = read_at(fd, 100, 6, path);
    REQUIRE(bytes);
    CHECK(*bytes == "two bytes, and not a single one less");
    CHECK(kind.calls > 2);
  }
}

TEST_CASE("what takes no byte is an error, not an endless loop") {
  const TempDir dir;
  const auto path = dir.path() / "file";
  const Fd fd = file_at(path);
  Trouble full{.bytes_max = 0};
  const InTrouble now(full);
  CHECK(write_at(fd, "x", 0, path).error().code == Errc::kNoSpace);
}

TEST_CASE("an interrupted sync is done again") {
  const TempDir dir;
  Trouble interrupted{.interruptions = 2};
  const InTrouble now(interrupted);
  CHECK(sync_path(dir.path()));
  CHECK(interrupted.calls == 3);
}

}  // namespace jiexu
