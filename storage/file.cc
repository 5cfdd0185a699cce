#include "storage/file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace jiexu {

Fd::~Fd() {
  if (fd_ >= 0) ::close(fd_);
}

Fd& Fd::operator=(Fd&& other) noexcept {
  std::swap(fd_, other.fd_);
  return *this;
}

tl::unexpected<Error> io_error(std::string_view what, const std::filesystem::path& path) {
  const int code = errno;
  return fail(code == ENOSPC || code == EDQUOT ? Errc::kNoSpace : Errc::kIo,
              std::string(what) + " " + path.string() + ": " + std::strerror(code));
}

Result<Fd> lock_file(const std::filesystem::path& path) {
  Fd fd(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (fd.get() < 0) return io_error("cannot open", path);
  if (::flock(fd.get(), LOCK_EX | LOCK_NB) == 0) return fd;
  if (errno != EWOULDBLOCK) return io_error("cannot lock", path);
  return fail(Errc::kBusy, "another process uses this store (" + path.string() + " is locked)");
}

Result<void> sync_path(const std::filesystem::path& path) {
  const Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (fd.get() < 0) return io_error("cannot open", path);
  if (::fsync(fd.get()) != 0) return io_error("cannot sync", path);
  return {};
}

Result<uint64_t> free_bytes(const std::filesystem::path& path) {
  struct statvfs info;
  if (::statvfs(path.c_str(), &info) != 0) return io_error("cannot examine", path);
  return static_cast<uint64_t>(info.f_bavail) * info.f_frsize;
}

}  // namespace jiexu
