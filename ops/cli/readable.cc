#include "ops/cli/readable.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "daemon/base/money.h"

namespace jiexu::cli {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using Json = nlohmann::json;
using OrderedJson = nlohmann::ordered_json;

constexpr std::string_view kFen = "_fen";

bool is_day(const std::string& name) {
  return name == "date" || name == "day" || name == "as_of" || name.ends_with("_on") ||
         name.ends_with("_date");
}

bool is_number_field(const FieldDescriptor& field) {
  return field.cpp_type() == FieldDescriptor::CPPTYPE_INT32;
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

// 20261130 as "2026-11-30", 202611 as "2026-11", 0 as nothing.
std::string with_dashes(const std::string& digits) {
  if (digits == "0") return "";
  if (digits.size() != 6 && digits.size() != 8) return digits;
  std::string out = digits.substr(0, 4) + "-" + digits.substr(4, 2);
  return digits.size() == 8 ? out + "-" + digits.substr(6) : out;
}

// "1,234.56" as screens show it, without the commas; a comma elsewhere stays, and is wrong.
std::string without_commas(const std::string& text) {
  const size_t point = std::min(text.find('.'), text.size());
  const size_t first = text.find(',');
  if (first == text.npos || first > point || first > 4 || first == 0) return text;
  std::string out;
  for (size_t at = 0; at < text.size(); ++at) {
    const bool place = at < point && at >= first && (point - at) % 4 == 0;
    if (place != (text[at] == ',')) return text;
    if (!place) out += text[at];
  }
  return out;
}

template <class AnyJson>
std::string text_of(const AnyJson& value) {
  return value.is_string() ? value.template get<std::string>() : value.dump();
}

template <class AnyJson, class Visit>
Result<void> visit_messages(const FieldDescriptor& field, AnyJson& value, const Visit& visit) {
  if (field.message_type() == nullptr) return {};
  if (value.is_object()) return visit(*field.message_type(), value);
  if (!value.is_array()) return {};
  for (AnyJson& item : value) {
    if (item.is_object()) TRY_DO(visit(*field.message_type(), item));
  }
  return {};
}

// One field of an object, which goes into `out` under the API's name.
Result<void> take_field(const Descriptor& type, const std::string& name, Json value, Json& out) {
  const FieldDescriptor* field = find_readable(type, name);
  if (field == nullptr) {
    out[name] = std::move(value);  // the daemon says that there is none
    return {};
  }
  TRY_DO(visit_messages(*field, value, from_readable));
  const bool yuan = field->name() != name;
  if (out.contains(field->name())) {
    return fail(Errc::kInvalid, readable_name(name) + ": is given in yuan and in fen");
  }
  const bool is_text = field->cpp_type() == FieldDescriptor::CPPTYPE_STRING;
  if (!is_text && value.is_string() && value == "") return {};  // not filled in
  if (yuan || (is_number_field(*field) && value.is_string())) {
    const std::string text = text_of(value);
    TRY(value, value_from(*field, name, text));
  }
  out[field->name()] = std::move(value);
  return {};
}

// What stands for a field that the API leaves out, because nothing is in it.
OrderedJson nothing_in(const FieldDescriptor& field) {
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
    case FieldDescriptor::CPPTYPE_ENUM: return "";
    case FieldDescriptor::CPPTYPE_BOOL: return false;
    default: return 0;
  }
}

void show_field(const FieldDescriptor& field, OrderedJson& value, OrderedJson& out) {
  const std::string& name = field.name();
  const auto shown = [](const Descriptor& below, OrderedJson& at) -> Result<void> {
    to_readable(below, at);
    return {};
  };
  (void)visit_messages(field, value, shown);
  if (name.ends_with(kFen)) {
    out[readable_name(name)] = Fen{std::stoll(text_of(value))}.yuan();
  } else if (is_number_field(field) && (name.ends_with("_month") || is_day(name))) {
    out[name] = with_dashes(text_of(value));
  } else {
    out[name] = std::move(value);
  }
}

}  // namespace

std::string readable_name(const std::string& name) {
  return name.ends_with(kFen) ? name.substr(0, name.size() - kFen.size()) : name;
}

const FieldDescriptor* find_readable(const Descriptor& type, const std::string& name) {
  const FieldDescriptor* field = type.FindFieldByName(name);
  return field != nullptr ? field : type.FindFieldByName(name + std::string(kFen));
}

Result<std::string> value_from(const FieldDescriptor& field, const std::string& name,
                               const std::string& text) {
  if (is_number_field(field)) return without_dashes(text);
  if (field.name() == name) return text;
  const auto amount = Fen::parse_yuan(without_commas(text));
  if (!amount) {
    return fail(Errc::kInvalid, name + ": write the amount in yuan, such as 1234.56");
  }
  return std::to_string(amount->value);
}

Result<void> from_readable(const Descriptor& type, Json& json) {
  if (!json.is_object()) return {};
  Json out = Json::object();
  for (auto& [name, value] : json.items()) {
    TRY_DO(take_field(type, name, std::move(value), out));
  }
  json = std::move(out);
  return {};
}

void to_readable(const Descriptor& type, OrderedJson& json) {
  OrderedJson out = OrderedJson::object();
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor& field = *type.field(i);
    const auto found = json.find(field.name());
    if (found != json.end()) {
      show_field(field, *found, out);
    } else if (field.is_repeated()) {
      out[field.name()] = OrderedJson::array();
    } else if (field.message_type() == nullptr) {
      OrderedJson nothing = nothing_in(field);
      show_field(field, nothing, out);
    }
  }
  json = std::move(out);
}

}  // namespace jiexu::cli
