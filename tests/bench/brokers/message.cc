#include "tests/bench/brokers/message.h"

#include <cstring>

#include "daemon/base/check.h"

namespace jiexu::bench {
namespace {

constexpr size_t kNoiseBytes = 1 << 16;
constexpr uint64_t kMark = 0x4a'49'45'58'55'4d'53'47;  // "JIEXUMSG"

const std::string& noise() {
  static const std::string bytes = [] {
    std::string out(2 * kNoiseBytes, '\0');
    uint64_t x = 88172645463325252;
    for (char& c : out) {
      x ^= x << 13;
      x ^= x >> 7;
      x ^= x << 17;
      c = static_cast<char>(x);
    }
    return out;
  }();
  return bytes;
}

std::string_view filling(uint64_t id, size_t bytes) {
  CHECK(bytes <= kNoiseBytes);
  return std::string_view(noise()).substr(id * 31 % kNoiseBytes, bytes);
}

}  // namespace

void append_message(std::string& out, uint64_t id, size_t bytes) {
  CHECK(bytes >= kMessageBytesMin);
  out.append(reinterpret_cast<const char*>(&kMark), sizeof kMark);
  out.append(reinterpret_cast<const char*>(&id), sizeof id);
  out.append(filling(id, bytes - kMessageBytesMin));
}

std::optional<uint64_t> message_id(std::string_view bytes) {
  if (bytes.size() < kMessageBytesMin) return std::nullopt;
  if (std::memcmp(bytes.data(), &kMark, sizeof kMark) != 0) return std::nullopt;
  uint64_t id = 0;
  std::memcpy(&id, bytes.data() + sizeof kMark, sizeof id);
  const std::string_view rest = bytes.substr(kMessageBytesMin);
  if (rest != filling(id, rest.size())) return std::nullopt;
  return id;
}

}  // namespace jiexu::bench
