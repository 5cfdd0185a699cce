// Text normalisation for matching. The original bytes are always kept; only keys are normalised.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace jiexu {

// True if `text` is well-formed UTF-8 (no overlong forms, no surrogates).
bool is_utf8(std::string_view text);

// Without the first bytes of a character at the end whose others are cut off.
std::string_view drop_cut_utf8(std::string_view text);

// True if every byte is below 128.
bool is_ascii(std::string_view text);

// Number of code points. REQUIRES: is_utf8(text).
size_t utf8_length(std::string_view text);

// Full-width ASCII (U+FF01..U+FF5E) and the ideographic space become ASCII; the rest is untouched.
// Clerks and bank systems mix both widths in numbers.
std::string fold_width(std::string_view text);

// The number that `count` digits from `at` on say. REQUIRES: they are there, at most nine.
uint32_t digits_at(std::string_view text, size_t at, size_t count);

// Removes ASCII and ideographic white space at both ends.
std::string trim(std::string_view text);
// Whether trim() leaves nothing.
bool is_blank(std::string_view text);
// Both, as numbers that people and banks write are read.
std::string fold_and_trim(std::string_view text);

// The same, without a copy of what is plain already, as most numbers are. REQUIRES: `text` outlives
// this object.
class FoldedText {
 public:
  explicit FoldedText(std::string_view text);
  FoldedText(const FoldedText&) = delete;

  std::string_view view() const { return view_; }

 private:
  std::string changed_;
  std::string_view view_;
};

// The key under which two spellings of one name are equal: Unicode's form NFKC, white space
// removed, all middle dots and '.' made one, ASCII letters upper case. Rare characters for which
// old systems of GBK write one of private use (U+E815 to U+E864, such as for 䶮) are made the real
// ones.
std::string name_key(std::string_view name);

// The same of a document's number, which people are found by: this key never changes. Width folded,
// white space removed, the dots U+00B7 U+2022 U+30FB U+FF0E U+2027 and '.' made one, ASCII letters
// upper case.
std::string number_key(std::string_view number);

// Whether it holds a character that nobody sees and that changes what others are seen as: controls
// (also line ends and tabs), line separators, marks of direction, joiners and spaces of no width.
bool has_hidden(std::string_view text);
// The text with each such character, and each byte that is no UTF-8, as "\\u{202e}", so that a
// terminal shows it and does not obey it. `lines`: line ends and tabs stay.
std::string show_hidden(std::string_view text, bool lines);

}  // namespace jiexu
