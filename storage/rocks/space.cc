#include "storage/rocks/space.h"

#include <fcntl.h>

#include <cerrno>

#include "daemon/base/retry.h"
#include "storage/file.h"

namespace jiexu {

namespace fs = std::filesystem;

Space::Space(fs::path dir, SpaceLimits limits)
    : dir_(std::move(dir)), ballast_(dir_ / "ballast"), limits_(limits) {}

Result<bool> Space::has_ballast() const {
  std::error_code error;
  const uintmax_t size = fs::file_size(ballast_, error);
  if (error == std::errc::no_such_file_or_directory) return false;
  if (error) return fail(Errc::kIo, "cannot examine " + ballast_.string() + error.message());
  return size > 0;
}

Result<void> Space::give_up_ballast() {
  std::error_code error;
  fs::remove(ballast_, error);
  if (error) return fail(Errc::kIo, "cannot remove " + ballast_.string() + error.message());
  return {};
}

// Not synced: a ballast that a power cut takes away is laid down again.
Result<void> Space::lay_down_ballast() {
  const Fd fd(
      uninterrupted([&] { return ::open(ballast_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600); }));
  if (fd.get() < 0) return io_error("cannot create", ballast_);
  int failed = EINTR;  // it returns its error, and may be interrupted while it fills
  while (failed == EINTR) {
    failed = ::posix_fallocate(fd.get(), 0, static_cast<off_t>(limits_.ballast_bytes));
  }
  if (failed == 0) return {};
  // Another program was faster; next time.
  TRY_DO(give_up_ballast());
  if (failed == ENOSPC || failed == EDQUOT) return {};
  errno = failed;
  return io_error("cannot fill", ballast_);
}

Result<FreeSpace> Space::look() {
  auto free = free_bytes(dir_);
  if (!free) return tl::unexpected(free.error());
  if (limits_.ballast_bytes > 0) {
    TRY(const auto ballast, has_ballast());
    // A quarter of what the last stage keeps: enough for what is being written just now.
    const bool scarce = *free < limits_.frames_bytes / 4;
    const bool plenty = *free >= limits_.work_bytes + limits_.ballast_bytes;
    const bool changes = ballast ? scarce : plenty;
    if (changes) {
      TRY_DO(ballast ? give_up_ballast() : lay_down_ballast());
      free = free_bytes(dir_);
      if (!free) return tl::unexpected(free.error());
    }
  }
  const Room room = *free < limits_.frames_bytes ? Room::kShort
                    : *free < limits_.work_bytes ? Room::kLow
                                                 : Room::kAmple;
  free_ = *free;
  room_ = room;
  return found();
}

}  // namespace jiexu
