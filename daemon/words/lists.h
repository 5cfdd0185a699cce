// The lists of the catalogue, one a subject. Internal to words.cc.
#pragma once

#include <span>

#include "daemon/words/words.h"

namespace jiexu {

// A row that is found by its English.
consteval Word sentence(std::string_view en, std::string_view zh) {
  return {en, en, zh};
}

std::span<const Word> case_words();
std::span<const Word> event_words();
std::span<const Word> field_words();
std::span<const Word> money_words();
std::span<const Word> paper_words();
std::span<const Word> refusal_words();
std::span<const Word> route_words();
std::span<const Word> finding_words();
std::span<const Word> help_words();
std::span<const Word> link_words();
std::span<const Word> command_words();
std::span<const Word> screen_words();
std::span<const Word> store_words();
std::span<const Word> error_words();

}  // namespace jiexu
