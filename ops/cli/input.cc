#include "ops/cli/input.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "jiexu/v1/api.pb.h"
#include "ops/cli/output.h"
#include "ops/cli/readable.h"

namespace jiexu::cli {
namespace {

using google::protobuf::FieldDescriptor;
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

// "not-found", or the words for it, as REJECT_CODE_NOT_FOUND.
std::string full_name(const google::protobuf::EnumDescriptor& type, const std::string& text) {
  const auto* value = find_value(type, text);
  return value == nullptr ? text : value->name();
}

// `field`: nullptr if this version does not know it; the daemon then says so. `name`: as it was
// written.
Result<void> put_value(const FieldDescriptor* field, const std::string& name,
                       const std::string& value, Json& at) {
  std::string text = value;
  if (field != nullptr && field->cpp_type() == FieldDescriptor::CPPTYPE_BOOL &&
      (value == "true" || value == "false")) {
    at = value == "true";
    return {};
  }
  if (field != nullptr && field->enum_type() != nullptr) {
    text = full_name(*field->enum_type(), value);
  } else if (field != nullptr) {
    TRY(text, value_from(*field, name, value));
  }
  if (field != nullptr && field->is_repeated() && (at.is_null() || at.is_array())) {
    at.push_back(text);
  } else {
    at = text;
  }
  return {};
}

// Error kInvalid: an amount that is none; without text: the path leads nowhere.
Result<void> set_field(const google::protobuf::Descriptor& root_type, Json& root,
                       const std::string& path, const std::string& value) {
  Json* at = &root;
  const google::protobuf::Descriptor* type = &root_type;
  const FieldDescriptor* field = nullptr;
  std::string name;
  for (size_t begin = 0; begin <= path.size();) {
    const size_t end = std::min(path.find('.', begin), path.size());
    name = path.substr(begin, end - begin);
    if (!is_number(name)) {
      field = type == nullptr ? nullptr : find_readable(*type, name);
      type = field == nullptr ? nullptr : field->message_type();
    }
    const bool known = field != nullptr && !is_number(name);
    at = step_into(*at, known ? field->name() : name);
    if (at == nullptr) return fail(Errc::kInvalid, "");
    begin = end + 1;
  }
  return put_value(is_number(name) ? nullptr : field, name, value, *at);
}

}  // namespace

Result<std::string> with_fields(const google::protobuf::Descriptor& type, const std::string& json,
                                const std::vector<std::string>& fields) {
  Json root = json.empty() ? Json::object() : Json::parse(json, nullptr, false);
  if (!root.is_object()) return fail(Errc::kInvalid, "the input is not a JSON object");
  TRY_DO(from_readable(type, root));
  for (const std::string& field : fields) {
    const size_t equals = field.find('=');
    const auto set = equals == std::string::npos
                         ? fail(Errc::kInvalid, "")
                         : set_field(type, root, field.substr(0, equals), field.substr(equals + 1));
    if (!set && !set.error().text.empty()) {
      return fail(Errc::kInvalid, "--set " + set.error().text);
    }
    if (!set) {
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
  TRY_DO(from_readable(*v1::ActionInput::descriptor(), root));
  return root.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace jiexu::cli
