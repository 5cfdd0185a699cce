// The blocks of numbers on disk (number_blocks.h): DIR/numbers, beside the store and not in it.
// Copies of the store do not hold it, so that a store that comes from one goes on beyond the
// numbers that were given since.
//
// The file: two slots of 4096 bytes, written in turn with O_DSYNC, so that a torn write destroys at
// most the older one. The valid slot with the higher generation counts.
//
//   crc u32 (CRC-32C of the rest of the slot) | "JXNB" | version u32 = 1 | generation u64
//   | count u32 | count times: kind u8, day u32 (yyyymmdd), through u32 | zeros
//
// It remembers kDaysKept days of each kind, the latest. Of earlier ones no number is given.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "daemon/base/result.h"
#include "storage/file.h"
#include "storage/number_blocks.h"

namespace jiexu {

class NumberFile final : public NumberBlocks {
 public:
  static constexpr size_t kSlotSize = 4096;
  static constexpr size_t kDaysKept = 200;

  // Makes the file if it is missing, durable when this returns. Errors: kCorrupt (no slot is
  // valid), kIo.
  static Result<NumberFile> open(const std::filesystem::path& path);

  uint32_t reserved(NumberKind kind, Date day) const override;
  Result<void> reserve(NumberKind kind, Date day, uint32_t through) override;

 private:
  // The last reserved number, by kind and day as yyyymmdd.
  using Days = std::map<std::pair<NumberKind, int32_t>, uint32_t>;

  NumberFile(Fd fd, std::filesystem::path path) : fd_(std::move(fd)), path_(std::move(path)) {}
  Result<void> load();
  Result<void> write();
  // Those of the kind, from the earliest on.
  std::pair<Days::const_iterator, Days::const_iterator> days_of(NumberKind kind) const;
  std::string encode() const;
  // Whether it is a slot; then it is taken over if it is newer.
  bool decode(std::string_view slot);

  Fd fd_;
  std::filesystem::path path_;
  uint64_t generation_ = 0;
  int next_slot_ = 0;
  Days days_;
};

}  // namespace jiexu
