// Money is a whole number of fen (分, 1/100 yuan) in 64 bits. There is no floating point anywhere.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace jiexu {

struct Fen {
  int64_t value = 0;

  auto operator<=>(const Fen&) const = default;
  // REQUIRES: not the lowest number of 64 bits, whose opposite is none; no amount within() a limit
  // is.
  Fen operator-() const { return {-value}; }
  // Yuan with two decimals, such as "1234.56" or "-0.05".
  std::string yuan() const;
  // nullopt unless `text` is yuan with at most two decimals, in ASCII, below 10^14 yuan.
  static std::optional<Fen> parse_yuan(std::string_view text);
};

// Adds without wrapping; nullopt on overflow.
std::optional<Fen> add(Fen a, Fen b);

// Whether a number from outside is an amount of at most `max` fen, above or below 0. Unlike a test
// of its magnitude this one holds for every number of 64 bits.
constexpr bool within(int64_t fen, int64_t max) {
  return fen >= -max && fen <= max;
}

}  // namespace jiexu
