#include "ops/cli/json.h"

#include <nlohmann/json.hpp>

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

}  // namespace jiexu::cli
