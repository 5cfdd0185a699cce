#include "daemon/api/query.h"

#include <algorithm>
#include <charconv>

#include "daemon/api/cursor.h"
#include "daemon/base/bytes.h"
#include "daemon/base/ids.h"
#include "daemon/base/time.h"

namespace jiexu {
namespace {

using Type = QueryParameter::Type;

bool is_number(const QueryParameter& of, const std::string& text) {
  size_t number = 0;
  const char* const end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, number);
  return read.ec == std::errc() && read.ptr == end && number >= of.least && number <= of.most;
}

std::string listed(const std::vector<std::string>& names) {
  std::string out;
  for (const std::string& name : names) out += (out.empty() ? "" : ", ") + name;
  return out;
}

// "red,green"; an empty name among them is one, too.
std::vector<std::string> split(std::string_view text) {
  std::vector<std::string> out;
  for (size_t begin = 0; begin <= text.size();) {
    const size_t end = std::min(text.find(',', begin), text.size());
    out.emplace_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return out;
}

bool are_among(const std::vector<std::string>& names, const std::vector<std::string>& known) {
  return std::ranges::all_of(names, [&](const std::string& name) {
    return std::ranges::find(known, name) != known.end();
  });
}

// Empty: it is one of the parameter's values.
std::string wrong_with(const QueryParameter& of, const std::string& text) {
  const std::string least = std::to_string(of.least), most = std::to_string(of.most);
  const auto unless = [](bool good, std::string wrong) { return good ? "" : std::move(wrong); };
  switch (of.type) {
    case Type::kText: return unless(text.size() <= of.most, "must have at most " + most + " bytes");
    case Type::kFlag: return unless(text == "0" || text == "1", "must be 0 or 1");
    case Type::kNumber:
      return unless(is_number(of, text), "must be a whole number from " + least + " to " + most);
    case Type::kDay:
      return unless(Date::parse(text).has_value(), "must be a day such as 2026-11-30");
    case Type::kAgency:
      return unless(AgencyId::parse(text).has_value(),
                    "must be an agency's code, 'S' and 11 digits");
    case Type::kHex:
      return unless(text.size() <= of.most && from_hex(text).has_value(),
                    "must be an even number of hex digits, at most " + most);
    case Type::kChoice: {
      const std::vector<std::string> choices = of.choices();
      return unless(are_among({text}, choices), "must be one of " + listed(choices));
    }
    case Type::kChoices: {
      const std::vector<std::string> choices = of.choices();
      return unless(are_among(split(text), choices),
                    "must be one or several, with commas, of " + listed(choices));
    }
    case Type::kCursor:
      return unless(text.size() <= of.most && place_in(text).has_value(),
                    "is not from `next` of this list");
  }
  return "";
}

std::string unknown_name(std::span<const QueryParameter> known) {
  std::vector<std::string> names;
  for (const QueryParameter& one : known) names.emplace_back(one.name);
  return known.empty() ? "this address takes no query"
                       : "there is no such parameter; there are " + listed(names);
}

}  // namespace

std::optional<QueryFault> find_fault(std::span<const QueryParameter> known, const Query& query) {
  for (const auto& [name, value] : query) {
    const auto of = std::ranges::find(known, name, &QueryParameter::name);
    if (of == known.end()) return QueryFault{name, unknown_name(known)};
    if (value.empty() && of->type != Type::kNumber) continue;
    if (std::string wrong = wrong_with(*of, value); !wrong.empty()) return QueryFault{name, wrong};
  }
  return std::nullopt;
}

std::string text_of(const Query& query, std::string_view name) {
  const auto found = query.find(std::string(name));
  return found == query.end() ? "" : found->second;
}

std::vector<std::string> names_of(const Query& query, std::string_view name) {
  const std::string text = text_of(query, name);
  return text.empty() ? std::vector<std::string>() : split(text);
}

bool is_set(const Query& query, std::string_view flag) {
  const auto found = query.find(std::string(flag));
  return found != query.end() && found->second != "0";
}

}  // namespace jiexu
