#include "daemon/api/json_error.h"

#include <string_view>

namespace jiexu {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;
using google::protobuf::FieldDescriptor;

// "form.segments[0].kind" without the places in lists.
std::string without_places(std::string_view path) {
  std::string out;
  bool inside = false;
  for (const char c : path) {
    if (c == '[') inside = true;
    if (!inside) out += c;
    if (c == ']') inside = false;
  }
  return out;
}

// nullptr: no such field; then `type` is the message that lacks it, if all before it exist.
const FieldDescriptor* find_field(const std::string& path, const Descriptor*& type) {
  const FieldDescriptor* field = nullptr;
  for (size_t begin = 0; begin < path.size() && type != nullptr;) {
    const size_t end = std::min(path.find('.', begin), path.size());
    field = type->FindFieldByName(path.substr(begin, end - begin));
    begin = end + 1;
    if (field == nullptr) return nullptr;
    if (begin < path.size()) type = field->message_type();
  }
  return field;
}

std::string names_of(const Descriptor& type) {
  std::string out;
  for (int i = 0; i < type.field_count(); ++i) {
    out += (out.empty() ? "" : ", ") + type.field(i)->name();
  }
  return out;
}

// Number 0 says that there is none.
std::string values_of(const EnumDescriptor& type) {
  std::string out;
  for (int i = 0; i < type.value_count(); ++i) {
    if (type.value(i)->number() == 0) continue;
    out += (out.empty() ? "" : ", ") + type.value(i)->name();
  }
  return out;
}

std::string wanted(const FieldDescriptor& field) {
  if (field.enum_type() != nullptr) return "must be one of " + values_of(*field.enum_type());
  if (field.message_type() != nullptr) {
    return "must be an object with the fields " + names_of(*field.message_type());
  }
  const std::string& name = field.name();
  if (name.ends_with("_fen")) return "must be a whole number of fen, such as 123456";
  if (name == "date" || name == "as_of" || name.ends_with("_on") || name.ends_with("_date")) {
    return "must be a day as yyyymmdd, such as 20261130";
  }
  if (name.ends_with("_month")) return "must be a month as yyyymm, such as 202611";
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING: return "must be a text";
    case FieldDescriptor::CPPTYPE_BOOL: return "must be true or false";
    default: return "must be a whole number";
  }
}

// The part in the brackets with which the parser begins; `rest` is what follows them.
std::string place_of(const std::string& status, std::string& rest) {
  rest = status;
  if (!status.starts_with('(')) return {};
  const size_t end = status.find(')');
  if (end == std::string::npos) return {};
  rest = status.substr(end + 1);
  rest.erase(0, rest.find_first_not_of(": "));
  return status.substr(1, end - 1);
}

}  // namespace

std::string explain_json_error(const std::string& status, const Descriptor& type) {
  std::string rest;
  const std::string place = place_of(status, rest);
  if (const size_t end = rest.find(": Cannot find field"); end != std::string::npos) {
    const std::string name = rest.substr(0, end);
    const Descriptor* holder = &type;
    const std::string path = (place.empty() ? "" : place + ".") + name;
    if (find_field(without_places(path), holder) != nullptr || holder == nullptr) return status;
    return path + ": there is no such field; there are " + names_of(*holder);
  }
  if (place.empty() || !rest.starts_with("invalid value")) return status;
  const Descriptor* holder = &type;
  const FieldDescriptor* field = find_field(without_places(place), holder);
  return field == nullptr ? status : place + ": " + wanted(*field);
}

}  // namespace jiexu
