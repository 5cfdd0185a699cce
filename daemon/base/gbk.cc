#include "daemon/base/gbk.h"

#include <algorithm>
#include <cerrno>
#include <system_error>

namespace jiexu {
namespace {

// The C library reads its tables from files, for which there may be no descriptor or memory left.
iconv_t open_converter(const char* to, const char* from) {
  const iconv_t handle = iconv_open(to, from);
  if (handle == reinterpret_cast<iconv_t>(-1)) {
    throw std::system_error(errno, std::generic_category(), "the C library's tables of GBK");
  }
  return handle;
}

class Converter {
 public:
  Converter(const char* to, const char* from) : handle_(open_converter(to, from)) {}
  ~Converter() { iconv_close(handle_); }
  Converter(const Converter&) = delete;
  Converter& operator=(const Converter&) = delete;
  iconv_t handle() const { return handle_; }

 private:
  iconv_t handle_;
};

// What became of the input: all of it, all but an unfinished character, or a bad one.
enum class Outcome { kDone, kUnfinished, kBad };

// Appends what `in` says and removes from it what was converted.
Outcome convert(iconv_t handle, std::string_view& in, std::string& out) {
  char buffer[4096];
  while (!in.empty()) {
    char* from = const_cast<char*>(in.data());
    size_t from_left = in.size();
    char* to = buffer;
    size_t to_left = sizeof buffer;
    const size_t done = iconv(handle, &from, &from_left, &to, &to_left);
    const int why = errno;
    out.append(buffer, sizeof buffer - to_left);
    in = in.substr(in.size() - from_left);
    if (done != static_cast<size_t>(-1) || why == E2BIG) continue;
    return why == EINVAL ? Outcome::kUnfinished : Outcome::kBad;
  }
  return Outcome::kDone;
}

size_t character_bytes(std::string_view utf8) {
  const auto lead = static_cast<uint8_t>(utf8[0]);
  const size_t size = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  return std::min(size, utf8.size());
}

}  // namespace

GbkDecoder::GbkDecoder() : converter_(open_converter("UTF-8", "GB18030")) {}

GbkDecoder::~GbkDecoder() {
  iconv_close(converter_);
}

Result<void> GbkDecoder::feed(std::string_view piece, std::string& out) {
  rest_.append(piece);
  std::string_view in = rest_;
  const size_t before = out.size();
  const Outcome outcome = convert(converter_, in, out);
  line_ += static_cast<uint64_t>(
      std::count(out.begin() + static_cast<ptrdiff_t>(before), out.end(), '\n'));
  if (outcome == Outcome::kBad) {
    return fail(Errc::kInvalid, "line " + std::to_string(line_) + ": bytes that are not GBK");
  }
  rest_ = std::string(in);
  return {};
}

Result<void> GbkDecoder::finish() const {
  if (rest_.empty()) return {};
  return fail(Errc::kInvalid, "line " + std::to_string(line_) + ": ends within a GBK character");
}

std::optional<std::string> from_gbk(std::string_view bytes) {
  Converter converter("UTF-8", "GB18030");
  std::string out;
  if (convert(converter.handle(), bytes, out) != Outcome::kDone) return std::nullopt;
  return out;
}

std::optional<std::string> to_gbk(std::string_view utf8) {
  Converter converter("GBK", "UTF-8");
  std::string out;
  if (convert(converter.handle(), utf8, out) != Outcome::kDone) return std::nullopt;
  return out;
}

std::string fit_gbk(std::string_view utf8, size_t bytes_max) {
  Converter converter("GBK", "UTF-8");
  std::string out;
  size_t used = 0;
  while (!utf8.empty()) {
    std::string_view character = utf8.substr(0, character_bytes(utf8));
    utf8.remove_prefix(character.size());
    std::string gbk;
    std::string_view in = character;
    const bool known = convert(converter.handle(), in, gbk) == Outcome::kDone;
    if (!known) iconv(converter.handle(), nullptr, nullptr, nullptr, nullptr);
    const size_t cost = known ? gbk.size() : 1;
    if (used + cost > bytes_max) break;
    used += cost;
    out.append(known ? character : std::string_view("?"));
  }
  return out;
}

}  // namespace jiexu
