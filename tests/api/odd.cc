#include "tests/api/odd.h"

#include <algorithm>
#include <cctype>
#include <utility>

#include "daemon/base/text.h"

namespace jiexu {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using Json = nlohmann::json;

constexpr int kDepthMax = 5;

// Fields of answers in which words for a brace of that name stand; others are named alike.
const Words kAlias = {{"agency", {"peer"}},
                      {"file", {"sha256", "n"}},
                      {"n", {"n", "number"}},
                      {"after", {"next"}},
                      {"content", {"content", "digest"}},
                      {"paper_sha256", {"sha256"}},
                      {"end_to_end_id", {"payment"}},
                      {"line", {"line_id"}},
                      {"queue", {"outcome"}}};
// What no answer holds.
const Words kFixed = {{"kind", {"application", "letter", "form", "form-1"}},
                      {"month", {"2026-11", "2026-10"}},
                      {"act", {"set-aside", "another", "undo"}},
                      {"day", {"2026-11-19", "2026-11-20"}},
                      {"format", {"json", "csv", "pain.001", "delimited"}},
                      {"limit", {"1", "2", "500"}},
                      {"open", {"0", "1"}},
                      {"media_type", {"application/pdf"}},
                      {"type", {"application/pdf"}}};

std::vector<std::string> words_for(const Words& words, const std::string& name) {
  std::vector<std::string> out;
  const auto add = [&](const Words& from, const std::string& field) {
    const auto found = from.find(field);
    if (found != from.end()) out.insert(out.end(), found->second.begin(), found->second.end());
  };
  add(kFixed, name);
  const auto alias = kAlias.find(name);
  if (alias == kAlias.end()) add(words, name);
  if (alias != kAlias.end()) {
    for (const std::string& field : alias->second) add(words, field);
  }
  return out;
}

// What answers call the id of which the list's path is this: "case_id" of "/v1/cases/".
std::string id_of(std::string_view path) {
  path.remove_suffix(1);
  const std::string_view list = path.substr(path.rfind('/') + 1);
  return std::string(list.substr(0, list.size() - 1)) + "_id";
}

}  // namespace

const std::vector<std::string>& odd_texts() {
  using namespace std::string_literals;
  static const auto* const kTexts =
      new std::vector<std::string>{"",
                                   "0",
                                   "00",
                                   "1",
                                   "-1",
                                   "x",
                                   "\0"s,
                                   "a\0b"s,
                                   "\xff",
                                   "\xc3\x28",
                                   "\xed\xa0\x80",
                                   "\xf4\x90\x80\x80",
                                   "é\u202e",
                                   "9223372036854775807",
                                   "-9223372036854775808",
                                   "18446744073709551616",
                                   "4294967296",
                                   "1e400",
                                   "0.5",
                                   "%",
                                   "..",
                                   "null",
                                   "{}",
                                   "1|paid",
                                   "form-0",
                                   "form-4294967296",
                                   "2026-13",
                                   "0000-00",
                                   "9999-12",
                                   "9999-12-31",
                                   "0001-01-01",
                                   "1000-01-01",
                                   "S99999999999",
                                   "S4113281020",
                                   "４１１３２８０７２６１１２０００００１７",
                                   "41132807261120000017",
                                   "41132807261120000017 ",
                                   "411328072611200000017",
                                   "41132807261120000017-1",
                                   "41132807261120000017-4294967295",
                                   "54",
                                   "49ffffffffffffffff00000000000000000000000000000000ffffffff",
                                   "5400ffffffffffffffff" + std::string(64, '0'),
                                   std::string(31, 'a'),
                                   std::string(32, 'a'),
                                   std::string(64, '0'),
                                   std::string(64, 'f'),
                                   std::string(65, 'f'),
                                   std::string(128, 'f'),
                                   std::string(3000, 'x')};
  return *kTexts;
}

const std::vector<Json>& odd_values() {
  static const auto* const kValues =
      new std::vector<Json>{nullptr,
                            true,
                            Json::array(),
                            Json::object(),
                            Json::array({Json::array({Json::array()})}),
                            Json{{"nonsense", 0}},
                            "",
                            std::string(1, '\0'),
                            std::string(5000, 'x'),
                            "\u202e",
                            0,
                            -1,
                            1.5,
                            1e300,
                            INT32_MAX,
                            INT32_MIN,
                            INT64_MAX,
                            INT64_MIN,
                            UINT64_MAX,
                            "-9223372036854775808",
                            "9223372036854775807",
                            "999999999999",
                            "99999999999901"};
  return *kValues;
}

std::string percent_encoded(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool plain = std::isalnum(static_cast<uint8_t>(c)) != 0 || c == '-' || c == '.';
    out += plain ? std::string(1, c) : "%" + to_hex({&c, 1});
  }
  return out;
}

std::string target_of(const Route& route,
                      const std::function<std::string(const std::string& name)>& fill) {
  std::string out;
  std::string_view rest = route.pattern;
  while (!rest.empty()) {
    const size_t open = std::min(rest.find('{'), rest.size());
    out += rest.substr(0, open);
    rest.remove_prefix(open);
    if (rest.empty()) break;
    const size_t close = rest.find('}');
    const std::string name(rest.substr(1, close - 1));
    const std::string full = name == "id" ? id_of(out) : name;
    out += percent_encoded(fill(full));
    rest.remove_prefix(close + 1);
  }
  return out;
}

std::string nth_word(const Words& words, const std::string& name, size_t n) {
  const std::vector<std::string> known = words_for(words, name);
  return known.empty() ? "x" : known[n % known.size()];
}

Shape shape_of(const Route& route) {
  Shape shape;
  for (const QueryParameter& parameter : route.shape.query)
    shape.query.emplace_back(parameter.name);
  if (route.shape.input != nullptr) shape.body = route.shape.input();
  return shape;
}

std::string Odd::text(const std::string& name) {
  if (one_in(3)) return one_of(odd_texts());
  const std::vector<std::string> known = words_for(words_, name);
  if (!known.empty() && !one_in(6)) return one_of(known);
  auto any = words_.begin();
  std::advance(any, static_cast<ptrdiff_t>(below(words_.size())));
  return one_of(any->second);
}

Json Odd::number(const std::string& name) {
  static constexpr int64_t kNumbers[] = {
      0,        1,         2,         -1,        kBalance,  20261120,        20261121,
      202611,   INT32_MAX, INT32_MIN, INT64_MAX, INT64_MIN, 999'999'999'999, 999'999'999'990'100,
      99991231, 10000101,  100};
  if (name.ends_with("_fen") && one_in(2)) return kBalance;
  const int64_t number = one_of(kNumbers);
  return one_in(2) ? Json(number) : Json(std::to_string(number));
}

Json Odd::value(const FieldDescriptor& field, int depth) {
  if (one_in(12)) return one_of(odd_values());
  if (field.message_type() != nullptr) {
    return depth < kDepthMax ? message(*field.message_type(), depth + 1) : Json();
  }
  if (const auto* type = field.enum_type(); type != nullptr) {
    return type->value(static_cast<int>(below(static_cast<size_t>(type->value_count()))))->name();
  }
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_BOOL: return one_in(2);
    case FieldDescriptor::CPPTYPE_STRING: {
      const std::string found = text(field.name());
      return is_utf8(found) ? Json(found) : Json("x");
    }
    default: return number(field.name());
  }
}

Json Odd::message(const Descriptor& type, int depth) {
  Json out = Json::object();
  const bool all = one_in(2);
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor& field = *type.field(i);
    // One body of many, and not every time all of a deep message.
    const bool rare = field.containing_oneof() != nullptr || depth > 1;
    if (!(all && !rare) && !one_in(rare ? 8 : 2)) continue;
    if (!field.is_repeated()) {
      out[field.name()] = value(field, depth);
      continue;
    }
    Json list = Json::array();
    for (size_t n = one_in(40) ? 300 : below(4); n > 0; --n) list.push_back(value(field, depth));
    out[field.name()] = std::move(list);
  }
  return out;
}

std::string Odd::body(Json sound) {
  for (size_t changes = below(4); changes > 0; --changes) {
    const Json leaves = sound.flatten();
    if (leaves.empty() || !sound.is_structured() || sound.empty()) break;
    auto leaf = leaves.begin();
    std::advance(leaf, static_cast<ptrdiff_t>(below(leaves.size())));
    sound[Json::json_pointer(leaf.key())] = one_of(odd_values());
  }
  std::string out = sound.dump(-1, ' ', false, Json::error_handler_t::replace);
  return one_in(8) ? broken(std::move(out)) : out;
}

std::string Odd::broken(std::string text) {
  if (text.empty()) return one_of(odd_texts());
  const size_t at = below(text.size());
  switch (below(4)) {
    case 0: return text.substr(0, at);
    case 1: text[at] = static_cast<char>(below(256)); return text;
    case 2: return text.insert(at, one_of(odd_texts()));
    default: return text + text.substr(at);
  }
}

}  // namespace jiexu
