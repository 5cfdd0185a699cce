#include "ops/cli/say.h"

#include <algorithm>
#include <cstdlib>

namespace jiexu::cli {
namespace {

constexpr std::string_view kLine = "line ";

Language now = Language::kEnglish;

// "line 7", "statement.xml, line 7", or what the catalogue has; nullopt: it stays as it is.
std::optional<std::string> piece_in_words(std::string_view piece) {
  if (std::string known = translated(piece, now); known != piece) return known;
  const size_t at = piece.rfind(kLine);
  if (at == piece.npos || (at > 0 && !piece.substr(0, at).ends_with(", "))) return std::nullopt;
  const std::string_view number = piece.substr(at + kLine.size());
  if (number.empty() || number.find_first_not_of("0123456789") != number.npos) return std::nullopt;
  if (at == 0) return say("line {n}", {{"n", std::string(number)}});
  return say("{file}, line {n}",
             {{"file", std::string(piece.substr(0, at - 2))}, {"n", std::string(number)}});
}

std::string line_in_pieces(std::string_view text) {
  constexpr std::string_view kColon = ": ";
  std::string out;
  while (!text.empty()) {
    // A sentence may have a colon of its own.
    if (std::string whole = translated(text, now); whole != text) return out + whole;
    const size_t end = std::min(text.find(kColon), text.size());
    const bool last = end == text.size();
    const auto piece = piece_in_words(text.substr(0, end));
    out += piece.value_or(std::string(text.substr(0, end)));
    if (last) break;
    out += piece ? "：" : kColon;
    text.remove_prefix(end + kColon.size());
  }
  return out;
}

}  // namespace

Language language() {
  return now;
}

void set_language(Language language) {
  now = language;
}

// In the order of POSIX: the first that is set and not empty decides, even if it is "C".
std::optional<Language> language_of_environment() {
  for (const char* name : {"LC_ALL", "LC_MESSAGES", "LANG"}) {
    const char* value = std::getenv(name);
    if (value != nullptr && *value != '\0') return language_from(value);
  }
  return std::nullopt;
}

std::string say(std::string_view sentence, Values values) {
  return filled(word(sentence, now), values);
}

std::string say_in_pieces(std::string_view text) {
  if (now == Language::kEnglish) return std::string(text);
  std::string out;
  for (size_t end = text.find('\n'); end != text.npos; end = text.find('\n')) {
    out += line_in_pieces(text.substr(0, end)) + "\n";
    text.remove_prefix(end + 1);
  }
  return out + line_in_pieces(text);
}

std::string called(std::string_view family, std::string_view name) {
  return word_of(family, name, now);
}

}  // namespace jiexu::cli
