#include "storage/packing.h"

#include <lz4.h>

#include "daemon/base/bytes.h"
#include "daemon/base/check.h"

namespace jiexu {
namespace {

constexpr uint8_t kPlain = 0;
constexpr uint8_t kLz4 = 1;
constexpr size_t kPackingHeader = 1 + 4;
// Below this there is nothing to gain.
constexpr size_t kPackMin = 256;
// LZ4 tries harder at 1; more costs no more than the smaller value saves.
constexpr int kAcceleration = 1;

struct Stream {
  LZ4_stream_t lz4;
  Stream() { LZ4_initStream(&lz4, sizeof lz4); }
};

// Kept per thread: a stream that is begun anew forgets the values before without clearing the 16
// KiB of its table, which cost as much as packing a small frame.
LZ4_stream_t* fresh_stream() {
  thread_local Stream stream;
  LZ4_resetStream_fast(&stream.lz4);
  return &stream.lz4;
}

// The LZ4 block behind the header; 0 if it would not be smaller.
size_t compress(std::string_view plain, char* out, size_t room) {
  LZ4_stream_t* stream = fresh_stream();
  const int size =
      LZ4_compress_fast_continue(stream, plain.data(), out, static_cast<int>(plain.size()),
                                 static_cast<int>(room), kAcceleration);
  if (size > 0) return static_cast<size_t>(size);
  LZ4_initStream(stream, sizeof *stream);  // after a failure its state is undefined
  return 0;
}

auto damaged() {
  return fail(Errc::kCorrupt, "packed value is damaged");
}

}  // namespace

void pack(std::string_view plain, std::string& out) {
  CHECK(plain.size() <= kUnpackedMax);
  out.clear();
  if (plain.size() >= kPackMin) {
    append_u8(out, kLz4);
    append_u32(out, static_cast<uint32_t>(plain.size()));
    size_t size = 0;
    // The second argument is not used: libstdc++ 12 passes the capacity there, not the size.
    out.resize_and_overwrite(plain.size(), [&](char* data, size_t) {
      size = compress(plain, data + kPackingHeader, plain.size() - kPackingHeader);
      return size == 0 ? 0 : kPackingHeader + size;
    });
    if (size > 0) return;
  }
  out.clear();
  append_u8(out, kPlain);
  out.append(plain);
}

Result<std::string> unpack(std::string_view packed) {
  if (packed.empty()) return damaged();
  if (static_cast<uint8_t>(packed[0]) == kPlain) return std::string(packed.substr(1));
  if (static_cast<uint8_t>(packed[0]) != kLz4 || packed.size() < kPackingHeader) return damaged();
  const size_t size = read_u32(packed.substr(1));
  if (size > kUnpackedMax) return damaged();
  std::string out;
  bool whole = false;
  out.resize_and_overwrite(size, [&](char* data, size_t) {
    const int made = LZ4_decompress_safe(packed.data() + kPackingHeader, data,
                                         static_cast<int>(packed.size() - kPackingHeader),
                                         static_cast<int>(size));
    whole = made >= 0 && static_cast<size_t>(made) == size;
    return size;
  });
  if (!whole) return damaged();
  return out;
}

}  // namespace jiexu
