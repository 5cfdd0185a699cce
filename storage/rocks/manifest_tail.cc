#include "storage/rocks/manifest_tail.h"

#include <algorithm>
#include <boost/crc.hpp>
#include <fstream>
#include <iterator>

#include "storage/file.h"

namespace jiexu {
namespace {

constexpr size_t kBlock = 32'768;
constexpr size_t kRecordHeader = 7;  // crc u32, length u16, type u8; little-endian
constexpr size_t kZerosMin = 8;  // at the end of a record that was torn; sound ones end otherwise
constexpr size_t kSum = 4;
constexpr uint8_t kFull = 1;
constexpr uint8_t kLast = 4;

uint32_t little(std::string_view bytes) {
  uint32_t out = 0;
  for (size_t i = bytes.size(); i > 0; --i) out = out << 8 | static_cast<uint8_t>(bytes[i - 1]);
  return out;
}

// RocksDB stores sums rotated, because sums of sums are weak.
uint32_t stored_sum(std::string_view type_and_payload) {
  boost::crc_optimal<32, 0x1EDC6F41, 0xFFFFFFFF, 0xFFFFFFFF, true, true> crc;
  crc.process_bytes(type_and_payload.data(), type_and_payload.size());
  const uint32_t sum = crc.checksum();
  return (sum >> 15 | sum << 17) + 0xa282ead8u;
}

bool is_sound(std::string_view rest, size_t length) {
  return rest.size() >= kRecordHeader + length &&
         little(rest.substr(0, 4)) == stored_sum(rest.substr(6, 1 + length));
}

bool only_zeros(std::string_view bytes) {
  return bytes.find_first_not_of('\0') == std::string_view::npos;
}

// Whether the record at the front of `rest` was torn by a power cut: its end is not there, or is
// zeros. A record that is there to its last byte has rotted, and must not be given up: what it says
// may have been acted upon. So has one that is sound but for a bit of its length.
bool is_torn(std::string_view rest, size_t length) {
  if (rest.size() < kRecordHeader) return true;
  const size_t end = kRecordHeader + length;
  if (rest.size() >= end) {
    return only_zeros(rest.substr(end >= kZerosMin + kSum ? end - kZerosMin : kSum));
  }
  for (int bit = 0; bit < 16; ++bit) {
    if (is_sound(rest, length ^ (size_t{1} << bit))) return false;
  }
  return true;
}

}  // namespace

ManifestTail manifest_tail(std::string_view manifest) {
  ManifestTail out;
  size_t at = 0;
  while (at < manifest.size()) {
    const size_t left = kBlock - at % kBlock;
    if (left < kRecordHeader) {
      at += left;  // filling at the end of a block
      continue;
    }
    const std::string_view rest = manifest.substr(at);
    if (only_zeros(rest)) return out;
    const size_t length = rest.size() < kRecordHeader ? 0 : little(rest.substr(4, 2));
    const size_t end = kRecordHeader + length;
    if (rest.size() < kRecordHeader || end > left || !is_sound(rest, length)) {
      out.torn = is_torn(rest, length);
      return out;
    }
    at += end;
    const auto type = static_cast<uint8_t>(rest[6]);
    if (type == kFull || type == kLast) out.whole_bytes = at;
  }
  return out;
}

Result<bool> cut_torn_tail(const std::filesystem::path& manifest, uint64_t keep_bytes_min) {
  std::ifstream file(manifest, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(file), {}};
  if (!file) return io_error("cannot read", manifest);
  const ManifestTail tail = manifest_tail(bytes);
  if (!tail.torn || tail.whole_bytes == 0 || tail.whole_bytes < keep_bytes_min) return false;
  std::error_code error;
  std::filesystem::resize_file(manifest, tail.whole_bytes, error);
  if (error) return fail(Errc::kIo, "cannot cut " + manifest.string() + ": " + error.message());
  TRY_DO(sync_path(manifest));
  return true;
}

}  // namespace jiexu
