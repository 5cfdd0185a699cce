// The little of POSIX that the store needs for its own files: a descriptor that closes itself, a
// lock between processes, and making a directory entry durable.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <utility>

#include "daemon/base/result.h"

namespace jiexu {

// Owns a file descriptor.
class Fd {
 public:
  Fd() = default;
  explicit Fd(int fd) : fd_(fd) {}
  ~Fd();
  Fd(Fd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Fd& operator=(Fd&& other) noexcept;

  int get() const { return fd_; }

 private:
  int fd_ = -1;
};

// An Error of kind kIo (kNoSpace for a full disk) that names what was done, to what, and errno.
[[nodiscard]] tl::unexpected<Error> io_error(std::string_view what,
                                             const std::filesystem::path& path);

// Takes the lock for this process, without waiting; held until the Fd is closed. The file is made
// if it is missing. Error: kBusy if another open descriptor holds it, also of this process.
Result<Fd> lock_file(const std::filesystem::path& path);

// Takes it together with other readers, for whoever only reads: nobody can take it alone meanwhile.
// The file is not made: where there is none, there is nothing to lock. Errors: kBusy, kPermission.
Result<Fd> lock_file_shared(const std::filesystem::path& path);

// Writes all of `bytes` at `offset`: what a signal interrupts or the kernel does in part goes on
// where it stopped.
Result<void> write_at(const Fd& fd, std::string_view bytes, uint64_t offset,
                      const std::filesystem::path& path);

// Reads `size` bytes from `offset` on in the same manner; fewer only at the end of the file.
Result<std::string> read_at(const Fd& fd, size_t size, uint64_t offset,
                            const std::filesystem::path& path);

// Makes the contents of one file, or the entries of one directory, durable.
Result<void> sync_path(const std::filesystem::path& path);

// Bytes that this process may still write on the file system of `path`.
Result<uint64_t> free_bytes(const std::filesystem::path& path);

}  // namespace jiexu
