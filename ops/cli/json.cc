#include "ops/cli/json.h"

#include <nlohmann/json.hpp>
#include <sstream>

#include "daemon/api/json.h"

namespace jiexu::cli {
namespace {

std::string in_lines(const std::string& json) {
  return nlohmann::ordered_json::parse(json).dump(1) + "\n";
}

}  // namespace

bool from_json(const std::string& text, google::protobuf::Message* message) {
  return from_newer_json(text, message).has_value();
}

std::string to_json(const google::protobuf::Message& message) {
  return in_lines(to_sparse_json(message));
}

std::string to_whole_json(const google::protobuf::Message& message) {
  return in_lines(jiexu::to_json(message));
}

std::string arrows_json(std::string_view drawing) {
  constexpr std::string_view kArrow = " --> ";
  const auto state = [](const std::string& name) { return name == "[*]" ? "" : name; };
  nlohmann::json out = nlohmann::json::array();
  std::istringstream lines{std::string(drawing)};
  for (std::string line; std::getline(lines, line);) {
    const size_t arrow = line.find(kArrow);
    const size_t colon = line.find(": ");
    if (arrow == line.npos || colon == line.npos) continue;
    const size_t to = arrow + kArrow.size();
    nlohmann::json events = nlohmann::json::array();
    std::istringstream names(line.substr(colon + 2));
    for (std::string event; std::getline(names >> std::ws, event, ',');) events.push_back(event);
    out.push_back({{"from", state(line.substr(2, arrow - 2))},
                   {"to", state(line.substr(to, colon - to))},
                   {"events", std::move(events)}});
  }
  return out.dump();
}

}  // namespace jiexu::cli
