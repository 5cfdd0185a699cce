#include "storage/folder_mark.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <string>

#include "daemon/base/bytes.h"
#include "daemon/base/retry.h"
#include "storage/checksum.h"

namespace jiexu {
namespace {

constexpr std::string_view kFolderMagic = "JXFM";
constexpr uint32_t kFolderVersion = 1;
constexpr size_t kFolderCrcSize = 4;
constexpr size_t kFolderMarkSize = kFolderCrcSize + 4 + 4 + 8 + 8 + 4;

// What the file would have to say of itself.
Result<std::string> identity_of(const Fd& fd, const std::filesystem::path& path) {
  struct statx found = {};
  const int done = uninterrupted(
      [&] { return ::statx(fd.get(), "", AT_EMPTY_PATH, STATX_INO | STATX_BTIME, &found); });
  if (done != 0) return io_error("cannot examine", path);
  const bool dated = (found.stx_mask & STATX_BTIME) != 0;
  std::string rest(kFolderMagic);
  append_u32(rest, kFolderVersion);
  append_u64(rest, found.stx_ino);
  append_u64(rest, dated ? static_cast<uint64_t>(found.stx_btime.tv_sec) : 0);
  append_u32(rest, dated ? found.stx_btime.tv_nsec : 0);
  std::string bytes;
  append_u32(bytes, crc32c(rest));
  return bytes + rest;
}

bool is_whole(std::string_view bytes) {
  return bytes.size() == kFolderMarkSize &&
         read_u32(bytes) == crc32c(bytes.substr(kFolderCrcSize)) &&
         bytes.substr(kFolderCrcSize).starts_with(kFolderMagic);
}

}  // namespace

Result<FolderMark> FolderMark::open(const std::filesystem::path& path) {
  Fd fd(uninterrupted(
      [&] { return ::open(path.c_str(), O_RDWR | O_CREAT | O_DSYNC | O_CLOEXEC, 0600); }));
  if (fd.get() < 0) return io_error("cannot open", path);
  FolderMark mark(std::move(fd), path);
  TRY(const auto said, read_at(mark.fd_, kFolderMarkSize, 0, path));
  if (!is_whole(said)) {
    TRY_DO(mark.adopt());
    TRY_DO(sync_path(path.parent_path()));
    return mark;
  }
  TRY(const auto is, identity_of(mark.fd_, path));
  mark.copy_ = said != is;
  return mark;
}

Result<void> FolderMark::adopt() {
  TRY(const auto is, identity_of(fd_, path_));
  TRY_DO(write_at(fd_, is, 0, path_));
  copy_ = false;
  return {};
}

}  // namespace jiexu
