#include "ops/cli/input.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace jiexu::cli {
namespace {

using Json = nlohmann::json;

constexpr size_t kListItemsMax = 1000;

bool is_number(const std::string& text) {
  return !text.empty() && text.size() < 4 &&
         std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

// The place named by one step of a path; nullptr if what is there cannot hold it.
Json* step_into(Json& at, const std::string& name) {
  if (is_number(name)) {
    const size_t index = std::stoul(name);
    if ((!at.is_null() && !at.is_array()) || index >= kListItemsMax) return nullptr;
    return &at[index];
  }
  if ((!at.is_null() && !at.is_object()) || name.empty()) return nullptr;
  return &at[name];
}

bool set_field(Json& root, const std::string& path, const std::string& value) {
  Json* at = &root;
  for (size_t begin = 0; begin <= path.size();) {
    const size_t end = std::min(path.find('.', begin), path.size());
    at = step_into(*at, path.substr(begin, end - begin));
    if (at == nullptr) return false;
    begin = end + 1;
  }
  *at = value;
  return true;
}

}  // namespace

Result<std::string> with_fields(const std::string& json, const std::vector<std::string>& fields) {
  Json root = json.empty() ? Json::object() : Json::parse(json, nullptr, false);
  if (!root.is_object()) return fail(Errc::kInvalid, "the input is not a JSON object");
  for (const std::string& field : fields) {
    const size_t equals = field.find('=');
    if (equals == std::string::npos ||
        !set_field(root, field.substr(0, equals), field.substr(equals + 1))) {
      return fail(Errc::kInvalid, "--set " + field.substr(0, equals) +
                                      ": write FIELD=VALUE, such as --set reason=... or --set "
                                      "findings.0.text=...");
    }
  }
  return root.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Result<std::string> with_application(const std::string& json) {
  Json root = Json::parse(json, nullptr, false);
  if (!root.is_object()) return fail(Errc::kInvalid, "the application is not a JSON object");
  if (!root.contains("application")) root = Json{{"application", std::move(root)}};
  return root.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace jiexu::cli
