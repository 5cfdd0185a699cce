// What no honest client sends: values at every edge, in every place of a request. What a route
// takes its row says, so that a new one is known without a word here.
#pragma once

#include <google/protobuf/descriptor.h>

#include <functional>
#include <iterator>
#include <nlohmann/json.hpp>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/api/router.h"
#include "tests/api/lived_in.h"

namespace jiexu {

// Texts that are nothing, too long, not UTF-8, at the ends of numbers, or almost a name.
const std::vector<std::string>& odd_texts();
// JSON values of every kind, and at the ends of numbers.
const std::vector<nlohmann::json>& odd_values();

std::string percent_encoded(std::string_view text);
// The route's path, each brace filled with what `fill` gives for its name; an {id} behind "/cases/"
// is a case_id.
std::string target_of(const Route& route,
                      const std::function<std::string(const std::string& name)>& fill);
// A word of the agency for what routes call `name`; the n-th, and from the first again.
std::string nth_word(const Words& words, const std::string& name, size_t n);

// What a route takes besides its path.
struct Shape {
  std::vector<std::string> query;
  const google::protobuf::Descriptor* body = nullptr;  // nullptr: no JSON of ours
};
Shape shape_of(const Route& route);

// Odd values by chance. The same seed gives the same values.
class Odd {
 public:
  Odd(const Words& words, uint64_t seed) : words_(words), random_(seed) {}

  size_t below(size_t end) { return std::uniform_int_distribution<size_t>(0, end - 1)(random_); }
  bool one_in(size_t n) { return below(n) == 0; }
  template <class List>
  const auto& one_of(const List& list) {
    return list[below(std::size(list))];
  }

  // A word of the agency, mostly one for this name; or an odd text.
  std::string text(const std::string& name);
  // A message of this type, its fields mostly of the right kind.
  nlohmann::json message(const google::protobuf::Descriptor& type, int depth = 0);
  // `sound` with some of its values replaced, and now and then broken as a text.
  std::string body(nlohmann::json sound);
  // Bytes of the text replaced, cut off or doubled.
  std::string broken(std::string text);

 private:
  nlohmann::json value(const google::protobuf::FieldDescriptor& field, int depth);
  nlohmann::json number(const std::string& name);

  const Words& words_;
  std::mt19937_64 random_;
};

}  // namespace jiexu
