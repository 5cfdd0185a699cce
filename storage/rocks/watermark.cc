#include "storage/rocks/watermark.h"

#include <fcntl.h>

#include <array>
#include <cerrno>
#include <optional>

#include "daemon/base/bytes.h"
#include "daemon/base/retry.h"
#include "storage/checksum.h"

namespace jiexu {

namespace {

constexpr std::string_view kMagic = "JXWM";
constexpr uint32_t kWatermarkVersion = 1;
constexpr size_t kCrcSize = 4;
constexpr size_t kLsnAt = kCrcSize + 4 + 4;
constexpr size_t kManifestAt = kLsnAt + 8;

struct Content {
  Lsn lsn = 0;
  ManifestMark manifest;
  auto operator<=>(const Content&) const = default;
};

std::string encode(const Content& content) {
  std::string rest(kMagic);
  append_u32(rest, kWatermarkVersion);
  append_u64(rest, content.lsn);
  append_u64(rest, content.manifest.number);
  append_u64(rest, content.manifest.size);
  rest.resize(Watermark::kSlotSize - kCrcSize);
  std::string slot;
  append_u32(slot, crc32c(rest));
  return slot + rest;
}

std::optional<Content> decode(std::string_view slot) {
  const std::string_view rest = slot.substr(kCrcSize);
  if (read_u32(slot) != crc32c(rest)) return std::nullopt;
  if (!rest.starts_with(kMagic) || read_u32(rest.substr(kMagic.size())) != kWatermarkVersion) {
    return std::nullopt;
  }
  return Content{read_u64(slot.substr(kLsnAt)),
                 {read_u64(slot.substr(kManifestAt)), read_u64(slot.substr(kManifestAt + 8))}};
}

}  // namespace

Result<Watermark> Watermark::create(const std::filesystem::path& path, Lsn lsn) {
  Fd fd(uninterrupted([&] {
    return ::open(path.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_DSYNC | O_CLOEXEC, 0600);
  }));
  if (fd.get() < 0) return io_error("cannot create", path);
  Watermark mark(std::move(fd), path);
  TRY_DO(mark.reset(lsn));
  TRY_DO(sync_path(path.parent_path()));
  return mark;
}

Result<Watermark> Watermark::open(const std::filesystem::path& path) {
  Fd fd(uninterrupted([&] { return ::open(path.c_str(), O_RDWR | O_DSYNC | O_CLOEXEC); }));
  if (fd.get() < 0 && errno == ENOENT) {
    return fail(Errc::kNotFound, "no watermark " + path.string());
  }
  if (fd.get() < 0) return io_error("cannot open", path);
  Watermark mark(std::move(fd), path);
  TRY_DO(mark.load());
  return mark;
}

Result<void> Watermark::load() {
  std::array<std::optional<Content>, 2> marks;
  for (size_t i = 0; i < marks.size(); ++i) {
    TRY(const auto slot, read_at(fd_, kSlotSize, i * kSlotSize, path_));
    if (slot.size() == kSlotSize) marks[i] = decode(slot);
  }
  if (!marks[0] && !marks[1]) {
    return fail(Errc::kCorrupt, "no slot of the watermark " + path_.string() + " is valid");
  }
  // An absent mark compares below every other.
  const int best = marks[0] >= marks[1] ? 0 : 1;
  const Content& content = *marks[static_cast<size_t>(best)];
  durable_ = noted_ = content.lsn;
  manifest_ = noted_manifest_ = content.manifest;
  next_slot_ = 1 - best;
  return {};
}

bool Watermark::due(TimePoint now) const {
  // The first call always writes; the subtraction below would overflow at TimePoint::min().
  return written_at_ == TimePoint::min() || now - written_at_ >= kInterval;
}

Result<void> Watermark::advance(Lsn lsn, TimePoint now) {
  noted_ = std::max(noted_, lsn);
  if (!due(now)) return {};
  written_at_ = now;
  return flush();
}

Result<void> Watermark::flush() {
  if (noted_ == durable_ && noted_manifest_ == manifest_) return {};
  TRY_DO(write(next_slot_, noted_));
  next_slot_ = 1 - next_slot_;
  return {};
}

Result<void> Watermark::reset(Lsn lsn) {
  noted_ = lsn;
  TRY_DO(write(next_slot_, lsn));
  return write(1 - next_slot_, lsn);
}

Result<void> Watermark::write(int slot, Lsn lsn) {
  const uint64_t at = static_cast<uint64_t>(slot) * kSlotSize;
  TRY_DO(write_at(fd_, encode({lsn, noted_manifest_}), at, path_));
  durable_ = lsn;
  manifest_ = noted_manifest_;
  return {};
}

}  // namespace jiexu
