#include "daemon/base/text.h"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

using namespace jiexu;

namespace text_test {
namespace {

// By the table of Unicode 3.9 (D92), byte by byte: what is_utf8() must agree with.
bool well_formed(std::string_view text) {
  const auto byte = [&](size_t at) {
    return at < text.size() ? static_cast<uint8_t>(text[at]) : 0;
  };
  const auto in = [&](size_t at, int low, int high) { return byte(at) >= low && byte(at) <= high; };
  for (size_t at = 0; at < text.size();) {
    const int lead = byte(at);
    const int low = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
    const int high = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
    const size_t size = lead < 0x80          ? 1
                        : in(at, 0xc2, 0xdf) ? 2
                        : in(at, 0xe0, 0xef) ? 3
                        : in(at, 0xf0, 0xf4) ? 4
                                             : 0;
    if (size == 0 || (size > 1 && !in(at + 1, low, high))) return false;
    for (size_t i = 2; i < size; ++i) {
      if (!in(at + i, 0x80, 0xbf)) return false;
    }
    at += size;
  }
  return true;
}

// Each lead byte, followed by continuations at the edges of what is allowed.
std::vector<std::string> sequences() {
  std::vector<std::string> out;
  for (int lead = 0; lead < 256; ++lead) {
    for (const char* rest :
         {"", "\x80", "\x8f\x80", "\x90\xbf", "\x9f\x80", "\xa0\xbf", "\xbf\xbf\xbf",
          "\x80\x80\x80", "\x8f\xbf\xbf", "\x90\x80\x80", "\x80z", "zz"}) {
      out.push_back(std::string(1, static_cast<char>(lead)) + rest);
    }
  }
  return out;
}

}  // namespace

TEST_CASE("UTF-8 is judged as Unicode says, wherever the bytes stand in a text") {
  size_t good = 0;
  for (const std::string& sequence : sequences()) {
    for (const char* before : {"", "abcdefg", "北京", "北京市海淀区"}) {
      for (const char* after : {"", "医保", "abc", "医疗保障局经办机构"}) {
        const std::string text = before + sequence + after;
        INFO(text);
        REQUIRE(is_utf8(text) == well_formed(text));
        good += well_formed(text);
      }
    }
  }
  CHECK(good > 1000);
}

TEST_CASE("a text has as many characters as it has bytes that begin one") {
  std::string text;
  for (size_t length = 0; length < 40; ++length) {
    CHECK(utf8_length(text) == length);
    text += length % 3 == 0 ? "a" : length % 3 == 1 ? "保" : "𠮷";
  }
}

TEST_CASE("numbers are read without the spaces around them and in either width") {
  CHECK(fold_and_trim("123") == "123");
  CHECK(fold_and_trim("  １２３　") == "123");
  CHECK(fold_and_trim(" \t") == "");
  CHECK(fold_and_trim("1 2") == "1 2");
}

}  // namespace text_test
