// The catalogue: what states, actions, refusals, fields and everything else that people read are
// called, in English and in Chinese. Whatever is shown to a person takes its words from here: the
// command line, the problems of the API, printed sheets.
//
// There are two kinds of rows. What has a name in tables, JSON or protobuf is a row under that
// name, with its family before it: "state.LETTER_SENT", "field.amount_fen". A sentence that stands
// in the code is written there in English, so that the code can be read; its row has the sentence
// and the Chinese of it. Both are found by word(). Values that a sentence names stand in braces,
// "{count} letters sent", and are put in by filled().
//
// To add a word: a row in the file of its subject, *_words.cc. tests/words and
// tests/lint/words_test.py say which name or sentence has no row, and which row nobody uses.
//
// The terms are those of the rules: 联系函, 信息表, 转入地, 转出地, 办结 (NHSA 医保办发〔2021〕43号,
// MOHRSS 人社厅发〔2016〕94号).
//
// Pure; every function may be called from any thread.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace jiexu {

enum class Language : uint8_t { kEnglish, kChinese };

struct Word {
  std::string_view id;  // the name with its family, or the sentence in English
  std::string_view en;
  std::string_view zh;
};

// What stands in the catalogue under `id`; nullptr: nothing.
const Word* find_word(std::string_view id);
// The same in a language; `id` itself if nothing stands there: a sentence is readable then, too.
std::string_view word(std::string_view id, Language language);
// The word of a family, such as ("state.", "DRAFT"); the bare name if there is none.
std::string word_of(std::string_view family, std::string_view name, Language language);

// A text with the values of its braces. A brace that has no value stays as it is.
using Values = std::initializer_list<std::pair<std::string_view, std::string>>;
std::string filled(std::string_view text, Values values);

// A sentence with its values in it already, as another program said it, in a language: a row of the
// catalogue, or a finding or an error with braces that fits. Values stay as they are, but a {role},
// a {right}, an {event} or a state has a word, and a {what} is a sentence itself. `said` if nothing
// fits.
std::string translated(std::string_view said, Language language);

// "zh_CN.UTF-8", "zh-Hans-CN", "en": as in LANG, and as in HTTP. nullopt: neither language.
std::optional<Language> language_from(std::string_view tag);
// "zh" or "en", as settings and headers name it.
std::string_view tag(Language language);
// The first of an Accept-Language header (RFC 9110, 12.5.4) by its weights that is one of ours.
std::optional<Language> accepted_language(std::string_view header);

// Every row, list by list.
std::span<const std::span<const Word>> all_words();

}  // namespace jiexu
