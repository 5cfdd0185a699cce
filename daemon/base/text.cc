#include "daemon/base/text.h"

#include <utf8proc.h>

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <iterator>

#include "daemon/base/gbk.h"

namespace jiexu {
namespace {

constexpr uint32_t kBad = 0xffffffff;

// Where the ASCII run that begins at `at` ends.
size_t skip_ascii(std::string_view text, size_t at) {
  for (uint64_t eight = 0; at + sizeof eight <= text.size(); at += sizeof eight) {
    std::memcpy(&eight, text.data() + at, sizeof eight);
    if ((eight & 0x8080808080808080) != 0) break;
  }
  while (at < text.size() && static_cast<uint8_t>(text[at]) < 0x80) ++at;
  return at;
}

// Where the run of Chinese characters that begins at `at` ends, or a little before. They have three
// bytes of which the first is from E1 to EC, EE or EF: no such character has another form, and none
// is a surrogate.
size_t skip_chinese(std::string_view text, size_t at) {
  static_assert(std::endian::native == std::endian::little);
  constexpr uint64_t kMask = 0x0000c0c0f0c0c0f0;
  constexpr uint64_t kTwoCharacters = 0x00008080e08080e0;
  for (uint64_t eight = 0; at + sizeof eight <= text.size(); at += 6) {
    std::memcpy(&eight, text.data() + at, sizeof eight);
    const uint64_t first = eight & 0xf;
    const uint64_t second = eight >> 24 & 0xf;
    const bool plain = first != 0x0 && first != 0xd && second != 0x0 && second != 0xd;
    if ((eight & kMask) != kTwoCharacters || !plain) break;
  }
  return at;
}

uint32_t continuation(std::string_view text, size_t at, size_t count, uint32_t lead) {
  if (at + count > text.size()) return kBad;
  for (size_t i = 1; i < count; ++i) {
    const auto byte = static_cast<uint8_t>(text[at + i]);
    if ((byte & 0xc0) != 0x80) return kBad;
    lead = lead << 6 | (byte & 0x3f);
  }
  return lead;
}

// Decodes the code point at `at` and moves `at` behind it; kBad (and one byte on) if malformed.
uint32_t next(std::string_view text, size_t& at) {
  const auto lead = static_cast<uint8_t>(text[at]);
  if (lead < 0x80) return static_cast<uint8_t>(text[at++]);
  size_t count = 0;
  uint32_t point = kBad;
  if (lead >= 0xc2 && lead <= 0xdf) point = continuation(text, at, count = 2, lead & 0x1f);
  if (lead >= 0xe0 && lead <= 0xef) point = continuation(text, at, count = 3, lead & 0x0f);
  if (lead >= 0xf0 && lead <= 0xf4) point = continuation(text, at, count = 4, lead & 0x07);
  const bool overlong = (count == 3 && point < 0x800) || (count == 4 && point < 0x10000);
  const bool surrogate = point >= 0xd800 && point <= 0xdfff;
  if (point == kBad || overlong || surrogate || point > 0x10ffff) {
    ++at;
    return kBad;
  }
  at += count;
  return point;
}

void append(std::string& out, uint32_t point) {
  if (point < 0x80) {
    out.push_back(static_cast<char>(point));
  } else if (point < 0x800) {
    out.push_back(static_cast<char>(0xc0 | point >> 6));
    out.push_back(static_cast<char>(0x80 | (point & 0x3f)));
  } else if (point < 0x10000) {
    out.push_back(static_cast<char>(0xe0 | point >> 12));
    out.push_back(static_cast<char>(0x80 | (point >> 6 & 0x3f)));
    out.push_back(static_cast<char>(0x80 | (point & 0x3f)));
  } else {
    out.push_back(static_cast<char>(0xf0 | point >> 18));
    out.push_back(static_cast<char>(0x80 | (point >> 12 & 0x3f)));
    out.push_back(static_cast<char>(0x80 | (point >> 6 & 0x3f)));
    out.push_back(static_cast<char>(0x80 | (point & 0x3f)));
  }
}

uint32_t fold_point(uint32_t point) {
  if (point >= 0xff01 && point <= 0xff5e) return point - 0xff01 + 0x21;
  return point == 0x3000 ? ' ' : point;
}

uint32_t upper(uint32_t point) {
  return point >= 'a' && point <= 'z' ? point - 'a' + 'A' : point;
}

bool is_space(uint32_t point) {
  return point == ' ' || (point >= 9 && point <= 13) || point == 0x3000 || point == 0xa0;
}

bool is_middle_dot(uint32_t point) {
  static constexpr uint32_t kDots[] = {'.',    0xb7,   0x387,  0x2022, 0x2024, 0x2027,
                                       0x2219, 0x22c5, 0x30fb, 0xff0e, 0xff65};
  return std::ranges::find(kDots, point) != std::end(kDots);
}

bool is_hidden(uint32_t point) {
  struct Range {
    uint32_t first, last;
  };
  static constexpr Range kHidden[] = {{0, 0x1f},        {0x7f, 0x9f},      {0xad, 0xad},
                                      {0x61c, 0x61c},   {0x180e, 0x180e},  {0x200b, 0x200f},
                                      {0x2028, 0x202e}, {0x2060, 0x206f},  {0xfeff, 0xfeff},
                                      {0xfff9, 0xfffb}, {0xe0000, 0xe0fff}};
  return std::ranges::any_of(
      kHidden, [&](Range range) { return point >= range.first && point <= range.last; });
}

// GBK gave 80 places to characters that Unicode did not have then, and systems wrote them with
// characters of private use in the same order. The C library knows which ones they have become.
constexpr uint32_t kPrivateFirst = 0xe815, kPrivateLast = 0xe864;

uint32_t read_private(size_t place) {
  std::string gbk = {'\xfe', static_cast<char>(0x50 + place + (place >= 0x2f ? 1 : 0))};
  const auto text = from_gbk(gbk);
  size_t at = 0;
  return text && !text->empty() ? next(*text, at) : kBad;
}

// Where the run of characters that begins at `at` ends, or a little before, of which none is
// hidden: visible ASCII, and U+3000 to U+9FFF.
size_t skip_plain(std::string_view text, size_t at) {
  constexpr uint64_t kEach = 0x0101010101010101, kTop = 0x80 * kEach;
  while (at < text.size()) {
    const size_t from = at;
    for (uint64_t eight = 0; at + sizeof eight <= text.size(); at += sizeof eight) {
      std::memcpy(&eight, text.data() + at, sizeof eight);
      // Above 0x7f, below 0x20, or 0x7f.
      if (((eight | (eight - 0x20 * kEach) | (eight + kEach)) & kTop) != 0) break;
    }
    while (at < text.size() && text[at] >= 0x20 && text[at] < 0x7f) ++at;
    while (at + 3 <= text.size() && static_cast<uint8_t>(text[at]) >= 0xe3 &&
           static_cast<uint8_t>(text[at]) <= 0xe9) {
      at += 3;
    }
    if (at == from) break;
  }
  return at;
}

uint32_t make_public(uint32_t point) {
  if (point < kPrivateFirst || point > kPrivateLast) return point;
  static const auto kPublic = [] {
    std::array<uint32_t, kPrivateLast - kPrivateFirst + 1> all{};
    for (size_t place = 0; place < all.size(); ++place) all[place] = read_private(place);
    return all;
  }();
  const uint32_t known = kPublic[point - kPrivateFirst];
  return known == kBad ? point : known;
}

// Nearly every name: ASCII, the middle dot, and U+4000 to U+9FFF, which have no other form.
bool is_normal(std::string_view text) {
  for (size_t at = 0; at < text.size();) {
    const auto lead = static_cast<uint8_t>(text[at]);
    if (lead < 0x80) {
      ++at;
    } else if (lead >= 0xe4 && lead <= 0xe9 && at + 3 <= text.size()) {
      at += 3;
    } else if (text.substr(at).starts_with("\u00b7")) {
      at += 2;
    } else {
      return false;
    }
  }
  return true;
}

// Unicode's NFKC; text that is no UTF-8 as it is.
std::string normalised(std::string_view text) {
  utf8proc_uint8_t* made = nullptr;
  const auto options =
      static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT);
  const utf8proc_ssize_t size =
      utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                   static_cast<utf8proc_ssize_t>(text.size()), &made, options);
  if (size < 0) return std::string(text);
  std::string out(reinterpret_cast<const char*>(made), static_cast<size_t>(size));
  std::free(made);
  return out;
}

// Calls visit(code point, original bytes) for each; malformed bytes come as kBad.
template <class Visit>
void for_each_point(std::string_view text, Visit visit) {
  for (size_t at = 0; at < text.size();) {
    const size_t from = at;
    const uint32_t point = next(text, at);
    visit(point, text.substr(from, at - from));
  }
}

std::string_view trimmed(std::string_view text) {
  const auto is_plain = [](char c) { return c > ' ' && c < '\x7f'; };
  if (!text.empty() && is_plain(text.front()) && is_plain(text.back())) return text;
  size_t first = text.size();
  size_t end = 0;
  for (size_t at = 0; at < text.size();) {
    const size_t from = at;
    if (is_space(next(text, at))) continue;
    first = std::min(first, from);
    end = at;
  }
  return first >= end ? std::string_view() : text.substr(first, end - first);
}

}  // namespace

bool is_ascii(std::string_view text) {
  return skip_ascii(text, 0) == text.size();
}

bool is_blank(std::string_view text) {
  // With other leads than these no space begins (is_space()).
  const auto begins_space = [](uint8_t lead) {
    return lead <= ' ' || lead == 0xc2 || lead == 0xe3;
  };
  if (!text.empty() && !begins_space(static_cast<uint8_t>(text.front()))) return false;
  for (size_t at = 0; at < text.size();) {
    if (!is_space(next(text, at))) return false;
  }
  return true;
}

bool is_utf8(std::string_view text) {
  for (size_t at = 0; at < text.size();) {
    const size_t plain = skip_chinese(text, skip_ascii(text, at));
    if (plain == at && next(text, at) == kBad) return false;
    at = std::max(at, plain);
  }
  return true;
}

std::string_view drop_cut_utf8(std::string_view text) {
  for (size_t back = 1; back <= std::min<size_t>(3, text.size()); ++back) {
    const auto byte = static_cast<uint8_t>(text[text.size() - back]);
    if (byte < 0x80) return text;
    if (byte < 0xc0) continue;  // not the first of a character
    const size_t size = byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
    return back < size ? text.substr(0, text.size() - back) : text;
  }
  return text;
}

size_t utf8_length(std::string_view text) {
  size_t length = 0;
  size_t at = 0;
  for (uint64_t eight = 0; at + sizeof eight <= text.size(); at += sizeof eight) {
    std::memcpy(&eight, text.data() + at, sizeof eight);
    // A byte that continues a character has the bits 10 on top.
    const uint64_t continuing = eight & ~(eight << 1) & 0x8080808080808080;
    length += sizeof eight - (continuing >> 7) * 0x0101010101010101 / (uint64_t{1} << 56);
  }
  for (; at < text.size(); ++at) length += (static_cast<uint8_t>(text[at]) & 0xc0) != 0x80;
  return length;
}

std::string fold_width(std::string_view text) {
  if (is_ascii(text)) return std::string(text);
  std::string out;
  for_each_point(text, [&](uint32_t point, std::string_view bytes) {
    if (point == kBad) {
      out.append(bytes);
    } else {
      append(out, fold_point(point));
    }
  });
  return out;
}

uint32_t digits_at(std::string_view text, size_t at, size_t count) {
  uint32_t number = 0;
  std::from_chars(text.data() + at, text.data() + at + count, number);
  return number;
}

std::string trim(std::string_view text) {
  return std::string(trimmed(text));
}

std::string fold_and_trim(std::string_view text) {
  return fold_width(trimmed(text));
}

FoldedText::FoldedText(std::string_view text) : view_(trimmed(text)) {
  if (is_ascii(view_)) return;
  changed_ = fold_width(view_);
  view_ = changed_;
}

std::string name_key(std::string_view name) {
  std::string changed;
  if (!is_normal(name)) name = changed = normalised(name);
  std::string out;
  for_each_point(name, [&](uint32_t point, std::string_view bytes) {
    if (point == kBad) {
      out.append(bytes);
    } else if (is_middle_dot(point)) {
      append(out, 0xb7);
    } else if (!is_space(point)) {
      append(out, upper(make_public(fold_point(point))));
    }
  });
  return out;
}

std::string number_key(std::string_view number) {
  std::string out;
  for_each_point(number, [&](uint32_t point, std::string_view bytes) {
    if (point == kBad) {
      out.append(bytes);
    } else if (point == 0xb7 || point == 0x2022 || point == 0x2027 || point == 0x30fb ||
               point == 0xff0e || point == '.') {
      append(out, 0xb7);
    } else if (!is_space(point)) {
      append(out, upper(fold_point(point)));
    }
  });
  return out;
}

bool has_hidden(std::string_view text) {
  for (size_t at = skip_plain(text, 0); at < text.size(); at = skip_plain(text, at)) {
    if (is_hidden(next(text, at))) return true;
  }
  return false;
}

std::string show_hidden(std::string_view text, bool lines) {
  std::string out;
  for_each_point(text, [&](uint32_t point, std::string_view bytes) {
    const bool plain = lines && (point == '\n' || point == '\t');
    if (plain || (point != kBad && !is_hidden(point))) {
      out.append(bytes);
      return;
    }
    char shown[16];
    const uint32_t what = point == kBad ? static_cast<uint8_t>(bytes[0]) : point;
    std::snprintf(shown, sizeof shown, point == kBad ? "\\x%02x" : "\\u{%x}",
                  static_cast<unsigned>(what));
    out.append(shown);
  });
  return out;
}

}  // namespace jiexu
