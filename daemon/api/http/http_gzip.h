// Packs an answer's body (gzip, RFC 1952) in turns, as a large one takes a processor for long.
#pragma once

#include <zlib.h>

#include <string>

namespace jiexu {

class Gzip {
 public:
  static constexpr size_t kTurnBytes = 64 << 10;

  explicit Gzip(std::string plain);
  ~Gzip();
  Gzip(const Gzip&) = delete;
  Gzip& operator=(const Gzip&) = delete;

  // Packs the next kTurnBytes; true: there are more.
  bool turn();
  // What has become of them, after the last turn.
  std::string take() { return std::move(packed_); }

 private:
  const std::string plain_;
  size_t done_ = 0;
  std::string packed_;
  z_stream stream_{};
};

}  // namespace jiexu
