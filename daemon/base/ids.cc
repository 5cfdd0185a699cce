#include "daemon/base/ids.h"

#include <algorithm>

namespace jiexu {

std::optional<AgencyId> AgencyId::parse(std::string_view text) {
  if (text.size() != kSize || text[0] != 'S') return std::nullopt;
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  if (!std::all_of(text.begin() + 1, text.end(), is_digit)) return std::nullopt;
  AgencyId id;
  std::copy(text.begin(), text.end(), id.text_.begin());
  return id;
}

CaseId CaseId::make(int64_t now_ms, const std::array<uint8_t, 10>& random) {
  CaseId id;
  for (int i = 0; i < 6; ++i) id.bytes_[i] = static_cast<uint8_t>(now_ms >> (40 - 8 * i));
  std::copy(random.begin(), random.end(), id.bytes_.begin() + 6);
  id.bytes_[6] = static_cast<uint8_t>(0x70 | (id.bytes_[6] & 0x0f));
  id.bytes_[8] = static_cast<uint8_t>(0x80 | (id.bytes_[8] & 0x3f));
  return id;
}

std::optional<CaseId> CaseId::from_bytes(std::string_view bytes) {
  const auto array = to_array<kSize>(bytes);
  if (!array) return std::nullopt;
  CaseId id;
  id.bytes_ = *array;
  return id;
}

std::optional<CaseId> CaseId::parse(std::string_view text) {
  std::string hex;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool dash_place = text.size() == 36 && (i == 8 || i == 13 || i == 18 || i == 23);
    if (dash_place && text[i] == '-') continue;
    hex.push_back(text[i]);
  }
  const auto bytes = from_hex(hex);
  if (!bytes) return std::nullopt;
  return from_bytes(*bytes);
}

std::string CaseId::str() const {
  std::string out;
  out.reserve(kTextSize);
  for (const auto& [from, count] :
       {std::pair<size_t, size_t>(0, 4), {4, 2}, {6, 2}, {8, 2}, {10, 6}}) {
    if (from != 0) out += '-';
    append_hex(bytes().substr(from, count), out);
  }
  return out;
}

}  // namespace jiexu
