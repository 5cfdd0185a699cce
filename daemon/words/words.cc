#include "daemon/words/words.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <unordered_map>
#include <vector>

#include "daemon/words/lists.h"

namespace jiexu {
namespace {

constexpr int kWholeWeight = 1000;  // of a language whose weight is not given

using Value = Values::value_type;
using Index = std::unordered_map<std::string_view, const Word*>;

Index make_index() {
  Index index;
  for (const std::span<const Word> list : all_words()) {
    for (const Word& word : list) index.emplace(word.id, &word);
  }
  return index;
}

char lower(char c) {
  return static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
}

// ";q=0.8" as 800; what cannot be read counts as nothing.
int weight_of(std::string_view parameters) {
  const size_t at = parameters.find("q=");
  if (at == std::string_view::npos) return kWholeWeight;
  const std::string_view text = parameters.substr(at + 2, 5);
  if (text.empty() || (text[0] != '0' && text[0] != '1')) return 0;
  int weight = (text[0] - '0') * kWholeWeight;
  int place = kWholeWeight / 10;
  for (size_t i = 2; i < text.size() && text[i] >= '0' && text[i] <= '9'; ++i, place /= 10) {
    weight += (text[i] - '0') * place;
  }
  return weight;
}

std::string fill(std::string_view text, std::span<const Value> values) {
  std::string out;
  while (!text.empty()) {
    const size_t open = std::min(text.find('{'), text.size());
    out += text.substr(0, open);
    text.remove_prefix(open);
    const auto value = std::ranges::find_if(values, [&](const auto& known) {
      const std::string_view name = known.first;
      return text.size() > name.size() + 1 && text.substr(1).starts_with(name) &&
             text[name.size() + 1] == '}';
    });
    if (value != values.end()) {
      out += value->second;
      text.remove_prefix(value->first.size() + 2);
    } else if (!text.empty()) {
      out += text[0];
      text.remove_prefix(1);
    }
  }
  return out;
}

// "this, or that that": each of them is a sentence.
std::string one_of_several(std::string_view said, Language language) {
  constexpr std::string_view kOr = ", or that ";
  std::string out;
  while (true) {
    const size_t end = std::min(said.find(kOr), said.size());
    out += translated(said.substr(0, end), language);
    if (end == said.size()) return out;
    out += language == Language::kChinese ? "，或" : kOr;
    said.remove_prefix(end + kOr.size());
  }
}

// What a brace of a row held in what was said, in the language.
std::string value_in(std::string_view name, std::string_view value, Language language) {
  constexpr std::pair<std::string_view, std::string_view> kFamilies[] = {
      {"role", "role."},          {"right", "right."}, {"event", "event."},
      {"relationship", "state."}, {"funds", "funds."}, {"overlay", "overlay."}};
  for (const auto& [of, family] : kFamilies) {
    if (name == of) return word_of(family, value, language);
  }
  return name == "what" ? one_of_several(value, language) : std::string(value);
}

// What `said` is of the row's English, in the language; nullopt: it is not of this row. Each brace
// holds what stands before the next of the row's words, and the last one all that is left.
std::optional<std::string> fitted(const Word& row, std::string_view said, Language language) {
  std::vector<Value> values;
  std::string_view rest = row.en;
  while (true) {
    const size_t open = rest.find('{');
    if (open == rest.npos) break;
    const size_t close = rest.find('}', open);
    if (close == rest.npos || !said.starts_with(rest.substr(0, open))) return std::nullopt;
    said.remove_prefix(open);
    const std::string_view name = rest.substr(open + 1, close - open - 1);
    rest.remove_prefix(close + 1);
    const std::string_view next = rest.substr(0, std::min(rest.find('{'), rest.size()));
    const size_t end = next.empty() ? said.size() : said.find(next);
    if (end == said.npos || end == 0) return std::nullopt;
    values.emplace_back(name, value_in(name, said.substr(0, end), language));
    said.remove_prefix(end);
  }
  if (said != rest) return std::nullopt;
  return fill(language == Language::kChinese ? row.zh : row.en, values);
}

}  // namespace

std::span<const std::span<const Word>> all_words() {
  static const std::array kAll = {case_words(),    event_words(),   field_words(), money_words(),
                                  refusal_words(), finding_words(), help_words(),  command_words(),
                                  screen_words(),  link_words(),    store_words(), route_words(),
                                  paper_words(),   error_words()};
  return kAll;
}

const Word* find_word(std::string_view id) {
  static const Index kIndex = make_index();
  const auto found = kIndex.find(id);
  return found == kIndex.end() ? nullptr : found->second;
}

std::string_view word(std::string_view id, Language language) {
  const Word* found = find_word(id);
  if (found == nullptr) return id;
  return language == Language::kChinese ? found->zh : found->en;
}

std::string word_of(std::string_view family, std::string_view name, Language language) {
  const std::string id = std::string(family) + std::string(name);
  return find_word(id) == nullptr ? std::string(name) : std::string(word(id, language));
}

std::string filled(std::string_view text, Values values) {
  return fill(text, values);
}

std::string translated(std::string_view said, Language language) {
  if (find_word(said) != nullptr) return std::string(word(said, language));
  for (const std::span<const Word> list : {finding_words(), error_words()}) {
    for (const Word& row : list) {
      if (const auto out = fitted(row, said, language)) return *out;
    }
  }
  return std::string(said);
}

std::optional<Language> language_from(std::string_view tag) {
  const bool ends = tag.size() == 2 || (tag.size() > 2 && std::isalpha(tag[2]) == 0);
  if (!ends) return std::nullopt;
  const std::array two = {lower(tag[0]), lower(tag[1])};
  if (two == std::array{'z', 'h'}) return Language::kChinese;
  if (two == std::array{'e', 'n'}) return Language::kEnglish;
  return std::nullopt;
}

std::string_view tag(Language language) {
  return language == Language::kChinese ? "zh" : "en";
}

std::optional<Language> accepted_language(std::string_view header) {
  std::optional<Language> best;
  int most = 0;
  while (!header.empty()) {
    const size_t end = std::min(header.find(','), header.size());
    std::string_view part = header.substr(0, end);
    header.remove_prefix(std::min(end + 1, header.size()));
    part.remove_prefix(std::min(part.find_first_not_of(' '), part.size()));
    const size_t parameters = std::min(part.find(';'), part.size());
    const auto language = language_from(part.substr(0, parameters));
    const int weight = weight_of(part.substr(parameters));
    if (!language || weight <= most) continue;
    best = language;
    most = weight;
  }
  return best;
}

}  // namespace jiexu
