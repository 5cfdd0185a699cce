#include "storage/file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "daemon/base/retry.h"

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

namespace {

Result<Fd> lock(Fd fd, int how, const std::filesystem::path& path) {
  if (uninterrupted([&] { return ::flock(fd.get(), how | LOCK_NB); }) == 0) return fd;
  if (errno != EWOULDBLOCK) return io_error("cannot lock", path);
  return fail(Errc::kBusy, "another process uses this store (" + path.string() + " is locked)");
}

}  // namespace

Result<Fd> lock_file(const std::filesystem::path& path) {
  Fd fd(uninterrupted([&] { return ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600); }));
  if (fd.get() < 0) return io_error("cannot open", path);
  return lock(std::move(fd), LOCK_EX, path);
}

Result<Fd> lock_file_shared(const std::filesystem::path& path) {
  Fd fd(uninterrupted([&] { return ::open(path.c_str(), O_RDONLY | O_CLOEXEC); }));
  if (fd.get() < 0 && errno == ENOENT) return Fd();
  if (fd.get() < 0 && errno == EACCES) {
    return fail(Errc::kPermission, path.string() + ": belongs to another user; ask as that one");
  }
  if (fd.get() < 0) return io_error("cannot open", path);
  return lock(std::move(fd), LOCK_SH, path);
}

Result<void> write_at(const Fd& fd, std::string_view bytes, uint64_t offset,
                      const std::filesystem::path& path) {
  while (!bytes.empty()) {
    const ssize_t n = uninterrupted(
        [&] { return ::pwrite(fd.get(), bytes.data(), bytes.size(), static_cast<off_t>(offset)); });
    if (n < 0) return io_error("cannot write", path);
    if (n == 0) return fail(Errc::kNoSpace, "cannot write " + path.string() + ": no byte is taken");
    bytes.remove_prefix(static_cast<size_t>(n));
    offset += static_cast<uint64_t>(n);
  }
  return {};
}

Result<std::string> read_at(const Fd& fd, size_t size, uint64_t offset,
                            const std::filesystem::path& path) {
  std::string out(size, '\0');
  size_t got = 0;
  while (got < size) {
    const ssize_t n = uninterrupted([&] {
      return ::pread(fd.get(), out.data() + got, size - got, static_cast<off_t>(offset + got));
    });
    if (n < 0) return io_error("cannot read", path);
    if (n == 0) break;
    got += static_cast<size_t>(n);
  }
  out.resize(got);
  return out;
}

Result<void> sync_path(const std::filesystem::path& path) {
  const Fd fd(uninterrupted([&] { return ::open(path.c_str(), O_RDONLY | O_CLOEXEC); }));
  if (fd.get() < 0) return io_error("cannot open", path);
  if (uninterrupted([&] { return ::fsync(fd.get()); }) != 0) return io_error("cannot sync", path);
  return {};
}

Result<uint64_t> free_bytes(const std::filesystem::path& path) {
  struct statvfs info;
  if (uninterrupted([&] { return ::statvfs(path.c_str(), &info); }) != 0) {
    return io_error("cannot examine", path);
  }
  return static_cast<uint64_t>(info.f_bavail) * info.f_frsize;
}

}  // namespace jiexu
