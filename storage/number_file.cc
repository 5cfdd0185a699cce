#include "storage/number_file.h"

#include <fcntl.h>

#include <algorithm>
#include <cerrno>
#include <iterator>
#include <limits>

#include "daemon/base/bytes.h"
#include "daemon/base/retry.h"
#include "storage/checksum.h"

namespace jiexu {
namespace {

constexpr std::string_view kNumbersMagic = "JXNB";
constexpr uint32_t kNumbersVersion = 1;
constexpr size_t kNumbersCrcSize = 4;
constexpr size_t kGenerationAt = kNumbersCrcSize + 4 + 4;
constexpr size_t kCountAt = kGenerationAt + 8;
constexpr size_t kEntriesAt = kCountAt + 4;
constexpr size_t kEntrySize = 1 + 4 + 4;
constexpr size_t kKinds = 2;
static_assert(kEntriesAt + kKinds * NumberFile::kDaysKept * kEntrySize <= NumberFile::kSlotSize);

}  // namespace

Result<NumberFile> NumberFile::open(const std::filesystem::path& path) {
  Fd fd(uninterrupted([&] { return ::open(path.c_str(), O_RDWR | O_DSYNC | O_CLOEXEC); }));
  const bool missing = fd.get() < 0 && errno == ENOENT;
  if (missing) {
    fd = Fd(uninterrupted([&] {
      return ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_DSYNC | O_CLOEXEC, 0600);
    }));
  }
  if (fd.get() < 0) return io_error("cannot open", path);
  NumberFile file(std::move(fd), path);
  if (!missing) {
    TRY_DO(file.load());
    return file;
  }
  // Both slots, so that the file has its size from now on and no later write needs room.
  TRY_DO(file.write());
  TRY_DO(file.write());
  TRY_DO(sync_path(path.parent_path()));
  return file;
}

std::pair<NumberFile::Days::const_iterator, NumberFile::Days::const_iterator> NumberFile::days_of(
    NumberKind kind) const {
  const auto next = static_cast<NumberKind>(static_cast<uint8_t>(kind) + 1);
  return {days_.lower_bound({kind, 0}), days_.lower_bound({next, 0})};
}

uint32_t NumberFile::reserved(NumberKind kind, Date day) const {
  const auto it = days_.find({kind, day.yyyymmdd()});
  if (it != days_.end()) return it->second;
  const auto [first, last] = days_of(kind);
  const bool full = static_cast<size_t>(std::distance(first, last)) == kDaysKept;
  return full && day.yyyymmdd() < first->first.second ? std::numeric_limits<uint32_t>::max() : 0;
}

Result<void> NumberFile::reserve(NumberKind kind, Date day, uint32_t through) {
  if (through <= reserved(kind, day)) return {};
  days_[{kind, day.yyyymmdd()}] = through;
  const auto [first, last] = days_of(kind);
  if (static_cast<size_t>(std::distance(first, last)) > kDaysKept) days_.erase(first);
  return write();
}

std::string NumberFile::encode() const {
  std::string rest(kNumbersMagic);
  append_u32(rest, kNumbersVersion);
  append_u64(rest, generation_);
  append_u32(rest, static_cast<uint32_t>(days_.size()));
  for (const auto& [place, through] : days_) {
    append_u8(rest, static_cast<uint8_t>(place.first));
    append_u32(rest, static_cast<uint32_t>(place.second));
    append_u32(rest, through);
  }
  rest.resize(kSlotSize - kNumbersCrcSize);
  std::string slot;
  append_u32(slot, crc32c(rest));
  return slot + rest;
}

bool NumberFile::decode(std::string_view slot) {
  if (slot.size() != kSlotSize || read_u32(slot) != crc32c(slot.substr(kNumbersCrcSize)))
    return false;
  if (!slot.substr(kNumbersCrcSize).starts_with(kNumbersMagic)) return false;
  if (read_u32(slot.substr(kNumbersCrcSize + kNumbersMagic.size())) != kNumbersVersion)
    return false;
  const uint64_t generation = read_u64(slot.substr(kGenerationAt));
  const size_t count = read_u32(slot.substr(kCountAt));
  if (count > kKinds * kDaysKept) return false;
  if (generation <= generation_) return true;
  generation_ = generation;
  days_.clear();
  for (size_t i = 0; i < count; ++i) {
    const std::string_view entry = slot.substr(kEntriesAt + i * kEntrySize, kEntrySize);
    const auto kind = static_cast<NumberKind>(entry[0]);
    const auto day = static_cast<int32_t>(read_u32(entry.substr(1)));
    days_[{kind, day}] = read_u32(entry.substr(5));
  }
  return true;
}

Result<void> NumberFile::load() {
  bool valid = false;
  for (int slot = 0; slot < 2; ++slot) {
    const uint64_t before = generation_;
    TRY(const auto bytes, read_at(fd_, kSlotSize, static_cast<uint64_t>(slot) * kSlotSize, path_));
    valid |= decode(bytes);
    if (generation_ > before) next_slot_ = 1 - slot;
  }
  if (valid) return {};
  return fail(Errc::kCorrupt, "no slot of " + path_.string() + " is valid");
}

Result<void> NumberFile::write() {
  ++generation_;
  TRY_DO(write_at(fd_, encode(), static_cast<uint64_t>(next_slot_) * kSlotSize, path_));
  next_slot_ = 1 - next_slot_;
  return {};
}

}  // namespace jiexu
