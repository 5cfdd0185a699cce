#include "daemon/bankfiles/duplicate.h"

#include <algorithm>
#include <iterator>
#include <string>

#include "daemon/base/text.h"

namespace jiexu {
namespace {

// Duplication; duplicate payment; duplicate message, payment information, transaction, end to end
// and instruction id.
constexpr std::string_view kDuplicateCodes[] = {"AM05", "DUPL", "DU01", "DU02",
                                                "DU03", "DU04", "DU05"};
constexpr std::string_view kDuplicateWords[] = {"重复", "已存在", "已经存在", "已支付", "已付款"};
// After "already", or before it: "exists already".
constexpr std::string_view kDoneWords[] = {"EXIST", "PROCESS", "RECEIV", "SUBMIT",
                                           "PAID",  "EXECUT",  "BOOKED", "SETTLED"};

bool is_code_letter(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool has_words(std::string_view text, std::string_view part) {
  return text.find(part) != text.npos;
}

std::string in_capitals(std::string_view words) {
  std::string out = fold_width(words);
  for (char& c : out) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return out;
}

// As a word of its own: a serial number may hold any letters.
bool has_code(std::string_view text, std::string_view code) {
  for (size_t at = text.find(code); at != text.npos; at = text.find(code, at + 1)) {
    const size_t end = at + code.size();
    const bool begins = at == 0 || !is_code_letter(text[at - 1]);
    if (begins && (end == text.size() || !is_code_letter(text[end]))) return true;
  }
  return false;
}

// "DU 04", "du-04".
bool is_code_in_pieces(const std::string& text) {
  std::string code;
  std::ranges::copy_if(text, std::back_inserter(code), is_code_letter);
  return std::ranges::find(kDuplicateCodes, code) != std::end(kDuplicateCodes);
}

}  // namespace

bool says_duplicate(std::string_view words) {
  const std::string text = in_capitals(words);
  const auto holds = [&](std::string_view part) { return has_words(text, part); };
  if (std::ranges::any_of(kDuplicateCodes, [&](auto code) { return has_code(text, code); }))
    return true;
  if (is_code_in_pieces(text) || holds("DUPLICAT")) return true;
  if (std::ranges::any_of(kDuplicateWords, holds)) return true;
  return holds("ALREADY") && std::ranges::any_of(kDoneWords, holds);
}

}  // namespace jiexu
