#include "daemon/api/json_text.h"

#include <cerrno>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "daemon/base/text.h"

namespace jiexu {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

// The first fault ends it.
class JsonScanner {
 public:
  JsonScanner(std::string_view text, size_t depth_max) : text_(text), depth_max_(depth_max) {}

  bool document() {
    if (text_.starts_with("\xef\xbb\xbf")) return wrong("a text without a byte order mark");
    space();
    if (!value(0)) return false;
    space();
    return at_ == text_.size() || wrong("the end");
  }
  const std::optional<JsonFault>& fault() const { return fault_ ? fault_ : large_; }

  // At the beginning of a value: goes to its nth part; `name`: to the part's name, if it has one.
  void enter(size_t nth, bool name) {
    space();
    const bool object = next() == '{';
    ++at_;
    for (size_t i = 0;; ++i) {
      space();
      if (object && (i < nth || !name)) member_name();
      if (i == nth) return;
      value(1);
      space();
      ++at_;  // the comma
    }
  }
  size_t at() {
    space();
    return at_;
  }

 private:
  bool wrong(std::string_view why) {
    if (!fault_) fault_ = JsonFault{at_, why, false};
    return false;
  }
  char next() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  bool take(char c) {
    const bool here = at_ < text_.size() && text_[at_] == c;
    if (here) ++at_;
    return here;
  }
  void space() {
    while (at_ < text_.size() && is_space(text_[at_])) ++at_;
  }

  bool value(size_t depth) {
    if (at_ == text_.size()) return wrong("a value; here the text ends");
    switch (next()) {
      case '{': return nested('}', depth);
      case '[': return nested(']', depth);
      case '"': return string();
      case 't': return word("true");
      case 'f': return word("false");
      case 'n': return word("null");
      default: return number();
    }
  }

  bool word(std::string_view wanted) {
    if (!text_.substr(at_).starts_with(wanted)) return wrong("true, false or null");
    at_ += wanted.size();
    return true;
  }

  bool member_name() {
    if (next() != '"') return wrong("a name in quotation marks");
    if (!string()) return false;
    space();
    if (!take(':')) return wrong("a colon");
    space();
    return true;
  }

  bool nested(char close, size_t depth) {
    const size_t begin = at_++;
    space();
    if (take(close)) return true;  // what is empty nests nothing
    if (depth == depth_max_) {
      at_ = begin;
      return wrong("no further list or object: it is nested too deeply");
    }
    do {
      space();
      if (close == '}' && !member_name()) return false;
      if (!value(depth + 1)) return false;
      space();
    } while (take(','));
    if (take(close)) return true;
    return wrong(close == '}' ? "a comma or }" : "a comma or ]");
  }

  bool string() {
    ++at_;
    while (at_ < text_.size()) {
      const auto c = static_cast<uint8_t>(text_[at_]);
      if (c == '"') return ++at_, true;
      if (c < 0x20) return wrong("no control character in a text: write it as an escape");
      const bool sound = c == '\\' ? escape() : c < 0x80 ? (++at_, true) : character();
      if (!sound) return false;
    }
    return wrong("the text's closing quotation mark");
  }

  bool character() {
    for (size_t size = 2; size <= 4; ++size) {
      if (!is_utf8(text_.substr(at_, size))) continue;
      at_ += size;
      return true;
    }
    return wrong("UTF-8");
  }

  bool escape() {
    const std::string_view rest = text_.substr(at_);
    if (rest.size() > 1 && std::string_view("\"\\/bfnrt").contains(rest[1])) return at_ += 2, true;
    const std::optional<uint32_t> unit = code_unit(rest);
    if (!unit) return wrong("an escape that there is, such as \\n or \\u4e2d");
    const bool high = *unit >= 0xd800 && *unit < 0xdc00;
    const bool low = *unit >= 0xdc00 && *unit < 0xe000;
    const std::optional<uint32_t> second = high ? code_unit(rest.substr(6)) : std::nullopt;
    if (low || (high && (!second || *second < 0xdc00 || *second >= 0xe000))) {
      return wrong("both halves of a character");
    }
    at_ += high ? 12 : 6;
    return true;
  }

  static std::optional<uint32_t> code_unit(std::string_view text) {
    if (text.size() < 6 || !text.starts_with("\\u")) return std::nullopt;
    uint32_t unit = 0;
    for (const char c : text.substr(2, 4)) {
      const char lower = static_cast<char>(c | 0x20);
      if (!is_digit(c) && !(lower >= 'a' && lower <= 'f')) return std::nullopt;
      unit = unit * 16 + static_cast<uint32_t>(is_digit(c) ? c - '0' : lower - 'a' + 10);
    }
    return unit;
  }

  bool digits() {
    if (!is_digit(next())) return false;
    while (is_digit(next())) ++at_;
    return true;
  }

  bool number() {
    const size_t begin = at_;
    take('-');
    if (!take('0') && !digits()) return wrong("a value");
    if (is_digit(next())) return wrong("a number without a 0 before it");
    const size_t whole = at_;
    if (take('.') && !digits()) return wrong("a digit");
    if (take('e') || take('E')) {
      if (!take('-')) take('+');
      if (!digits()) return wrong("a digit");
    }
    const std::string text(text_.substr(begin, at_ - begin));
    if (at_ == whole ? fits_integer(text) : std::isfinite(std::strtod(text.c_str(), nullptr))) {
      return true;
    }
    if (!large_) large_ = JsonFault{begin, "a smaller number", true};
    return true;
  }

  static bool fits_integer(const std::string& text) {
    errno = 0;
    if (text[0] == '-') {
      static_cast<void>(std::strtoll(text.c_str(), nullptr, 10));
    } else {
      static_cast<void>(std::strtoull(text.c_str(), nullptr, 10));
    }
    return errno == 0;
  }

  const std::string_view text_;
  const size_t depth_max_;
  size_t at_ = 0;
  std::optional<JsonFault> fault_;
  std::optional<JsonFault> large_;  // a number, in a text that may be sound
};

}  // namespace

JsonPlace json_place(std::string_view text, size_t offset) {
  JsonPlace place;
  for (const char c : text.substr(0, offset)) {
    const bool inside = (static_cast<uint8_t>(c) & 0xc0) == 0x80;  // of a character
    if (!inside) ++place.column;
    if (c == '\n') place = {place.line + 1, 1};
  }
  return place;
}

std::optional<JsonFault> find_json_fault(std::string_view text, size_t depth_max) {
  JsonScanner scanner(text, depth_max);
  scanner.document();
  return scanner.fault();
}

size_t find_json_part(std::string_view text, std::span<const size_t> steps, bool name) {
  JsonScanner scanner(text, SIZE_MAX);
  for (size_t i = 0; i < steps.size(); ++i) {
    scanner.enter(steps[i], name && i + 1 == steps.size());
  }
  return scanner.at();
}

}  // namespace jiexu
