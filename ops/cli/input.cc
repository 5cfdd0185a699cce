#include "ops/cli/input.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "ops/cli/output.h"

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

// "2026-11-30" or "2026-11" as the number that the field holds; any other text as it is.
std::string without_dashes(const std::string& text) {
  std::string digits = text;
  const auto dashes = std::erase(digits, '-');
  const bool day = text.size() == 10 && dashes == 2 && text[4] == '-' && text[7] == '-';
  const bool month = text.size() == 7 && dashes == 1 && text[4] == '-';
  const bool number = std::ranges::all_of(digits, [](char c) { return c >= '0' && c <= '9'; });
  return (day || month) && number ? digits : text;
}

// "not-found", or the words for it, as REJECT_CODE_NOT_FOUND.
std::string full_name(const google::protobuf::EnumDescriptor& type, const std::string& text) {
  const auto* value = find_value(type, text);
  return value == nullptr ? text : value->name();
}

// `field`: nullptr if this version does not know it; the daemon then says so.
void put_value(const FieldDescriptor* field, const std::string& value, Json& at) {
  if (field == nullptr) {
    at = value;
    return;
  }
  std::string text = value;
  if (field->enum_type() != nullptr) text = full_name(*field->enum_type(), value);
  if (field->cpp_type() == FieldDescriptor::CPPTYPE_INT32) text = without_dashes(value);
  if (field->is_repeated() && (at.is_null() || at.is_array())) {
    at.push_back(text);
  } else {
    at = text;
  }
}

bool set_field(const google::protobuf::Descriptor& root_type, Json& root, const std::string& path,
               const std::string& value) {
  Json* at = &root;
  const google::protobuf::Descriptor* type = &root_type;
  const FieldDescriptor* field = nullptr;
  for (size_t begin = 0; begin <= path.size();) {
    const size_t end = std::min(path.find('.', begin), path.size());
    const std::string name = path.substr(begin, end - begin);
    at = step_into(*at, name);
    if (at == nullptr) return false;
    if (!is_number(name)) {
      field = type == nullptr ? nullptr : type->FindFieldByName(name);
      type = field == nullptr ? nullptr : field->message_type();
    }
    begin = end + 1;
  }
  const bool one_of_many = is_number(path.substr(path.rfind('.') + 1));
  put_value(one_of_many ? nullptr : field, value, *at);
  return true;
}

}  // namespace

Result<std::string> with_fields(const google::protobuf::Descriptor& type, const std::string& json,
                                const std::vector<std::string>& fields) {
  Json root = json.empty() ? Json::object() : Json::parse(json, nullptr, false);
  if (!root.is_object()) return fail(Errc::kInvalid, "the input is not a JSON object");
  for (const std::string& field : fields) {
    const size_t equals = field.find('=');
    if (equals == std::string::npos ||
        !set_field(type, root, field.substr(0, equals), field.substr(equals + 1))) {
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
