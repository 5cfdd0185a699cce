// Text between UTF-8 and GBK, which banks' systems speak. Decoding takes GB 18030, of which GBK and
// GB 2312 are parts; encoding gives GBK only, two bytes a character, because longer codes do not
// survive a bank's systems. Pure: one converter an object, no locale.
#pragma once

#include <iconv.h>

#include <optional>
#include <string>
#include <string_view>

#include "daemon/base/result.h"

namespace jiexu {

// Decodes a stream in pieces; a character may be cut between two pieces.
class GbkDecoder {
 public:
  GbkDecoder();
  ~GbkDecoder();
  GbkDecoder(const GbkDecoder&) = delete;
  GbkDecoder& operator=(const GbkDecoder&) = delete;

  // Appends the piece as UTF-8. Error kInvalid, naming the line: bytes that are not GB 18030.
  Result<void> feed(std::string_view piece, std::string& out);
  // Error kInvalid: the stream ends within a character.
  Result<void> finish() const;

 private:
  iconv_t converter_;
  std::string rest_;  // a character's first bytes
  uint64_t line_ = 1;
};

// The whole text; nullopt if it is not GB 18030.
std::optional<std::string> from_gbk(std::string_view bytes);
// nullopt if `utf8` is malformed or has a character that GBK lacks.
std::optional<std::string> to_gbk(std::string_view utf8);
// As much of `utf8` as takes `bytes_max` bytes in GBK, cut between characters; what GBK lacks
// becomes '?'. The result is UTF-8.
std::string fit_gbk(std::string_view utf8, size_t bytes_max);

}  // namespace jiexu
