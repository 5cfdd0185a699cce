#include "ops/cli/say.h"

#include <cstdlib>

namespace jiexu::cli {
namespace {

Language now = Language::kEnglish;

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

std::string called(std::string_view family, std::string_view name) {
  return word_of(family, name, now);
}

}  // namespace jiexu::cli
