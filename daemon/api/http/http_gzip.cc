#include "daemon/api/http/http_gzip.h"

#include <algorithm>
#include <utility>

#include "daemon/base/check.h"

namespace jiexu {
namespace {

// The fastest, which is most of what can be had.
constexpr int kLevel = 1;
constexpr int kGzipWindowBits = 15 + 16;
constexpr int kMemoryLevel = 8;

}  // namespace

Gzip::Gzip(std::string plain) : plain_(std::move(plain)) {
  const int begun =
      deflateInit2(&stream_, kLevel, Z_DEFLATED, kGzipWindowBits, kMemoryLevel, Z_DEFAULT_STRATEGY);
  if (begun == Z_MEM_ERROR) throw std::bad_alloc();
  CHECK(begun == Z_OK);
}

Gzip::~Gzip() {
  deflateEnd(&stream_);
}

bool Gzip::turn() {
  const size_t size = std::min(kTurnBytes, plain_.size() - done_);
  const bool last = done_ + size == plain_.size();
  // zlib takes what it reads without const, and does not change it.
  stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(plain_.data() + done_));
  stream_.avail_in = static_cast<uInt>(size);
  done_ += size;
  int state = Z_OK;
  do {
    const size_t before = packed_.size();
    packed_.resize(before + kTurnBytes / 4);
    stream_.next_out = reinterpret_cast<Bytef*>(packed_.data() + before);
    stream_.avail_out = static_cast<uInt>(packed_.size() - before);
    state = deflate(&stream_, last ? Z_FINISH : Z_NO_FLUSH);
    CHECK(state != Z_STREAM_ERROR);
    packed_.resize(packed_.size() - stream_.avail_out);
  } while (last ? state != Z_STREAM_END : stream_.avail_in > 0);
  return !last;
}

}  // namespace jiexu
