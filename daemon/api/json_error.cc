#include "daemon/api/json_error.h"

#include <string_view>

#include "daemon/api/json_kind.h"

namespace jiexu {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;
using google::protobuf::FieldDescriptor;

std::string wanted_text(const FieldDescriptor& field) {
  return field.type() == FieldDescriptor::TYPE_BYTES ? "must be bytes in base64 (RFC 4648, 4)"
                                                     : "must be a text";
}

}  // namespace

std::string join(const std::vector<std::string>& names) {
  std::string out;
  for (const std::string& name : names) out += (out.empty() ? "" : ", ") + name;
  return out;
}

std::vector<std::string> names_of(const Descriptor& type) {
  std::vector<std::string> out;
  for (int i = 0; i < type.field_count(); ++i) out.push_back(type.field(i)->name());
  return out;
}

// Number 0 says that there is none.
std::vector<std::string> values_of(const FieldDescriptor& field) {
  std::vector<std::string> out;
  const EnumDescriptor* type = field.enum_type();
  for (int i = 0; type != nullptr && i < type->value_count(); ++i) {
    if (type->value(i)->number() != 0) out.emplace_back(short_name(*type->value(i)));
  }
  return out;
}

std::string wanted(const FieldDescriptor& field) {
  if (field.enum_type() != nullptr) return "must be one of " + join(values_of(field));
  if (field.message_type() != nullptr) {
    return "must be an object with the fields " + join(names_of(*field.message_type()));
  }
  if (field.name().ends_with("_fen")) return "must be a whole number of fen, such as 123456";
  const bool number = field.cpp_type() == FieldDescriptor::CPPTYPE_INT32;
  if (number && json_kind(field) == JsonKind::kDay) return "must be a day, such as 2026-11-30";
  if (number && json_kind(field) == JsonKind::kMonth) return "must be a month, such as 2026-11";
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING: return wanted_text(field);
    case FieldDescriptor::CPPTYPE_BOOL: return "must be true or false";
    case FieldDescriptor::CPPTYPE_UINT32:
    case FieldDescriptor::CPPTYPE_UINT64: return "must be a whole number, 0 or more";
    default: return "must be a whole number";
  }
}

}  // namespace jiexu
