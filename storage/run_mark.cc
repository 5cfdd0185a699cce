#include "storage/run_mark.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>

#include <cstdlib>

#include "daemon/base/bytes.h"
#include "daemon/base/retry.h"
#include "storage/checksum.h"

namespace jiexu {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kRunMagic = "JXRM";
constexpr uint32_t kRunVersion = 1;
constexpr size_t kRunCrcSize = 4;
constexpr size_t kStoreIdSize = 16;
constexpr size_t kStoreIdAt = kRunCrcSize + 4 + 4;
constexpr size_t kRunLsnAt = kStoreIdAt + kStoreIdSize;
constexpr size_t kProvedAt = kRunLsnAt + 8;
constexpr size_t kRunFolderAt = kProvedAt + 1;
constexpr size_t kRunSizeMax = kRunFolderAt + 4096;  // PATH_MAX

std::string encode_run(std::string_view store_id, Lsn lsn, bool proved, std::string_view folder) {
  std::string rest(kRunMagic);
  append_u32(rest, kRunVersion);
  rest += store_id;
  append_u64(rest, lsn);
  append_u8(rest, proved ? 1 : 0);
  rest += folder;
  std::string bytes;
  append_u32(bytes, crc32c(rest));
  return bytes + rest;
}

bool is_run_mark(std::string_view bytes) {
  return bytes.size() >= kRunFolderAt && read_u32(bytes) == crc32c(bytes.substr(kRunCrcSize)) &&
         bytes.substr(kRunCrcSize).starts_with(kRunMagic) &&
         read_u32(bytes.substr(kRunCrcSize + kRunMagic.size())) == kRunVersion;
}

// Only we may have written there, and what lies there is gone with the machine's memory.
Result<void> check_home(const fs::path& home) {
  struct stat found = {};
  if (::lstat(home.c_str(), &found) != 0) return io_error("cannot examine", home);
  const bool ours = S_ISDIR(found.st_mode) && found.st_uid == ::geteuid() &&
                    (found.st_mode & (S_IWGRP | S_IWOTH)) == 0;
  if (!ours) return fail(Errc::kInvalid, home.string() + " is not a folder of this user alone");
  struct statfs system = {};
  const int done = uninterrupted([&] { return ::statfs(home.c_str(), &system); });
  if (done != 0) return io_error("cannot examine", home);
  if (system.f_type == TMPFS_MAGIC || system.f_type == RAMFS_MAGIC) return {};
  return fail(Errc::kInvalid, home.string() + " is not in the machine's memory");
}

Result<Fd> open_run_mark(const fs::path& path) {
  Fd fd(uninterrupted(
      [&] { return ::open(path.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600); }));
  if (fd.get() < 0) return io_error("cannot open", path);
  return fd;
}

// What cannot be read or removed stays: it is in nobody's way.
void remove_stale(const fs::path& home) {
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(home, error)) {
    if (!entry.path().filename().string().starts_with("run-")) continue;
    const auto fd = open_run_mark(entry.path());
    if (!fd) continue;
    const auto bytes = read_at(*fd, kRunSizeMax, 0, entry.path());
    const bool gone =
        bytes && is_run_mark(*bytes) && !fs::exists(bytes->substr(kRunFolderAt), error);
    if (gone) fs::remove(entry.path(), error);
  }
}

}  // namespace

fs::path RunMark::default_home() {
  // Of several, the first one is the agency's.
  const char* given = std::getenv("RUNTIME_DIRECTORY");
  const std::string folder(given == nullptr ? "" : given);
  if (!folder.empty()) return folder.substr(0, folder.find(':'));
  return "/dev/shm/jiexu-" + std::to_string(::geteuid());
}

Result<RunMark> RunMark::open(const fs::path& home, const fs::path& folder, std::string store_id) {
  if (store_id.size() != kStoreIdSize) return fail(Errc::kInvalid, "the store has no id");
  if (::mkdir(home.c_str(), 0700) != 0 && errno != EEXIST) return io_error("cannot make", home);
  TRY_DO(check_home(home));
  remove_stale(home);
  std::error_code error;
  const std::string whole = fs::canonical(folder, error).string();
  if (error) return fail(Errc::kIo, "cannot examine " + folder.string() + ": " + error.message());
  std::string digits;
  append_u32(digits, crc32c(whole));
  const fs::path path = home / ("run-" + to_hex(digits));
  TRY(auto fd, open_run_mark(path));
  RunMark mark(std::move(fd), path, whole, std::move(store_id));
  TRY_DO(mark.load());
  return mark;
}

Result<void> RunMark::load() {
  TRY(const auto bytes, read_at(fd_, kRunSizeMax, 0, path_));
  const bool ours = is_run_mark(bytes) && bytes.substr(kStoreIdAt, kStoreIdSize) == store_id_ &&
                    bytes.substr(kRunFolderAt) == folder_;
  if (ours) {
    found_ = read_u64(std::string_view(bytes).substr(kRunLsnAt));
    proved_ = bytes[kProvedAt] == 1;
  }
  if (!ours && ::ftruncate(fd_.get(), 0) != 0) return io_error("cannot empty", path_);
  return {};
}

RunMark::Finding RunMark::compare(Lsn lsn) const {
  if (!found_) return Finding::kNothing;
  if (lsn < *found_) return Finding::kOlder;
  return proved_ && lsn <= *found_ + 1 ? Finding::kNewest : Finding::kNothing;
}

Result<void> RunMark::note(Lsn lsn, bool proved) {
  return write_at(fd_, encode_run(store_id_, lsn, proved, folder_), 0, path_);
}

}  // namespace jiexu
