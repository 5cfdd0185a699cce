#include "daemon/base/money.h"

#include <cstdio>

namespace jiexu {

std::optional<Fen> add(Fen a, Fen b) {
  Fen sum;
  if (__builtin_add_overflow(a.value, b.value, &sum.value)) return std::nullopt;
  return sum;
}

std::string Fen::yuan() const {
  const uint64_t magnitude =
      value < 0 ? 0 - static_cast<uint64_t>(value) : static_cast<uint64_t>(value);
  char out[40];
  std::snprintf(out, sizeof out, "%s%llu.%02llu", value < 0 ? "-" : "",
                static_cast<unsigned long long>(magnitude / 100),
                static_cast<unsigned long long>(magnitude % 100));
  return out;
}

std::optional<Fen> Fen::parse_yuan(std::string_view text) {
  const bool negative = !text.empty() && text[0] == '-';
  if (negative) text.remove_prefix(1);
  const size_t point = text.find('.');
  const std::string_view whole = text.substr(0, point);
  const std::string_view part = point == text.npos ? "" : text.substr(point + 1);
  if (whole.empty() || whole.size() > 14 || part.size() > 2) return std::nullopt;
  if (point != text.npos && part.empty()) return std::nullopt;
  int64_t fen = 0;
  std::string digits = std::string(whole) + std::string(part);
  digits.append(2 - part.size(), '0');
  for (const char c : digits) {
    if (c < '0' || c > '9') return std::nullopt;
    fen = fen * 10 + (c - '0');
  }
  return Fen{negative ? -fen : fen};
}

}  // namespace jiexu
