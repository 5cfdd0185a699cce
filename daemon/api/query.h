// What the query of a route may hold, and whether a request's query holds it. A parameter is given
// once; an empty one is not given. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace jiexu {

struct QueryParameter {
  enum class Type : uint8_t {
    kText,
    kFlag,     // 0 or 1; the name alone is 1
    kNumber,   // a whole one, decimal
    kDay,      // YYYY-MM-DD
    kAgency,   // a code such as S41130010001
    kHex,      // an even number of hex digits
    kChoice,   // one of `choices`
    kChoices,  // one of them or several, with commas between them
    kCursor,   // `next` of the list's last answer; the list itself knows its own
  };

  std::string_view name;
  Type type = Type::kText;
  std::string_view meaning;  // a sentence of the catalogue
  // Of a number its least and most, of a text its bytes.
  size_t least = 0;
  size_t most = 200;
  std::vector<std::string> (*choices)() = nullptr;
};

// The values as they were sent, decoded.
using Query = std::map<std::string, std::string>;

struct QueryFault {
  std::string name;  // of the parameter
  std::string text;  // what is wrong with it
};
// The first thing that is wrong; nullopt: nothing is.
std::optional<QueryFault> find_fault(std::span<const QueryParameter> known, const Query& query);

// What stands in the query under the name; empty: nothing.
std::string text_of(const Query& query, std::string_view name);
bool is_set(const Query& query, std::string_view flag);
// Of a kChoices, one by one.
std::vector<std::string> names_of(const Query& query, std::string_view name);

}  // namespace jiexu
