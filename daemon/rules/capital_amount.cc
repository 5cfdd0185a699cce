#include "daemon/rules/capital_amount.h"

#include <array>
#include <string_view>

namespace jiexu {
namespace {

constexpr std::array<std::string_view, 10> kFigures = {"零", "壹", "贰", "叁", "肆",
                                                       "伍", "陆", "柒", "捌", "玖"};
constexpr std::array<std::string_view, 4> kUnits = {"仟", "佰", "拾", ""};  // within a section
constexpr std::array<std::string_view, 4> kSections = {"万亿", "亿", "万", ""};
constexpr std::array<uint64_t, 4> kPowers = {1'000, 100, 10, 1};
constexpr uint64_t kSectionSize = 10'000;
constexpr uint64_t kPerYi = 100'000'000;
constexpr uint64_t kYuanMax = 10'000'000'000'000'000;

// 1 to 9,999; zeros between figures are one 零.
std::string section(uint64_t number) {
  std::string out;
  bool zero = false;
  for (size_t i = 0; i < kPowers.size(); ++i) {
    const uint64_t figure = number / kPowers[i] % 10;
    if (figure == 0) {
      zero = !out.empty();
      continue;
    }
    if (zero) out += kFigures[0];
    zero = false;
    out += kFigures[figure];
    out += kUnits[i];
  }
  return out;
}

std::string whole_yuan(uint64_t yuan) {
  std::string out;
  bool zero = false;
  uint64_t power = kSectionSize * kSectionSize * kSectionSize;
  for (const std::string_view unit : kSections) {
    const uint64_t number = yuan / power % kSectionSize;
    power /= kSectionSize;
    if (number == 0) {
      zero = !out.empty();
      continue;
    }
    if (zero || (!out.empty() && number < kPowers[0])) out += kFigures[0];
    zero = false;
    out += section(number);
    // Thousands of 亿 stand before the same 亿 as what follows.
    const bool shared = unit == kSections[0] && yuan / kPerYi % kSectionSize != 0;
    out += shared ? kSections[2] : unit;
  }
  return out;
}

}  // namespace

std::optional<std::string> capital_amount(Fen amount) {
  const bool negative = amount.value < 0;
  const uint64_t fen =
      negative ? 0 - static_cast<uint64_t>(amount.value) : static_cast<uint64_t>(amount.value);
  if (fen / 100 >= kYuanMax) return std::nullopt;
  const uint64_t tenths = fen / 10 % 10;
  const uint64_t hundredths = fen % 10;
  std::string out = whole_yuan(fen / 100);
  if (fen < 10) out += kFigures[fen == 0 ? 0 : hundredths];
  if (fen >= 100 || fen == 0) out += "元";
  if (fen >= 100 && tenths == 0 && hundredths != 0) out += kFigures[0];
  if (tenths != 0) out += std::string(kFigures[tenths]) + "角";
  if (fen >= 10 && hundredths != 0) out += kFigures[hundredths];
  out += hundredths != 0 ? "分" : "整";
  return (negative ? "负" : "") + out;
}

}  // namespace jiexu
