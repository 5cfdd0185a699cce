#include "daemon/api/schema.h"

#include "daemon/api/json_kind.h"

namespace jiexu {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;
using google::protobuf::FieldDescriptor;

// An empty text is "none", as it stands where nothing is left out.
Json text_schema(JsonKind kind) {
  switch (kind) {
    case JsonKind::kDay:
      return {{"type", "string"}, {"pattern", "^([0-9]{4}-[0-9]{2}-[0-9]{2})?$"}};
    case JsonKind::kMonth: return {{"type", "string"}, {"pattern", "^([0-9]{4}-[0-9]{2})?$"}};
    case JsonKind::kTime:
      return {{"type", "string"},
              {"pattern",
               "^([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]+)?"
               "(Z|[+-][0-9]{2}:[0-9]{2}))?$"}};
    case JsonKind::kPlain: break;
  }
  return {{"type", "string"}};
}

Json enum_schema(const EnumDescriptor& type) {
  Json names = Json::array();
  for (int i = 0; i < type.value_count(); ++i) names.push_back(short_name(*type.value(i)));
  return {{"type", "string"}, {"enum", std::move(names)}};
}

Json scalar_schema(const FieldDescriptor& field) {
  const JsonKind kind = json_kind(field);
  if (kind != JsonKind::kPlain) return text_schema(kind);
  switch (field.type()) {
    case FieldDescriptor::TYPE_BOOL: return {{"type", "boolean"}};
    case FieldDescriptor::TYPE_INT32:
      return {{"type", "integer"}, {"minimum", INT32_MIN}, {"maximum", INT32_MAX}};
    case FieldDescriptor::TYPE_UINT32:
      return {{"type", "integer"}, {"minimum", 0}, {"maximum", UINT32_MAX}};
    case FieldDescriptor::TYPE_INT64:
      return {{"type", "string"}, {"pattern", "^(0|-?[1-9][0-9]{0,18})$"}};
    case FieldDescriptor::TYPE_UINT64:
      return {{"type", "string"}, {"pattern", "^(0|[1-9][0-9]{0,19})$"}};
    case FieldDescriptor::TYPE_BYTES: return {{"type", "string"}, {"contentEncoding", "base64"}};
    default: return {{"type", "string"}};
  }
}

// What a person calls it, by the catalogue; in one message it may be something else than in others.
const Word* word_of_field(const FieldDescriptor& field) {
  const Word* own = find_word("field." + field.containing_type()->name() + "." + field.name());
  return own != nullptr ? own : find_word("field." + field.name());
}

}  // namespace

Json Schemas::reference(const std::string& name) {
  return {{"$ref", "#/components/schemas/" + name}};
}

void Schemas::add(const Descriptor& type, Use use) {
  Entry& entry = messages_[type.name()];
  const bool known =
      entry.type != nullptr && entry.use.input >= use.input && entry.use.in_list >= use.in_list;
  if (known) return;
  entry.type = &type;
  entry.use.input |= use.input;
  entry.use.in_list |= use.in_list;
  const Use of_entry = entry.use;
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor& field = *type.field(i);
    if (const auto* choice = field.enum_type()) enums_[choice->name()] = choice;
    if (field.message_type() == nullptr) continue;
    add(*field.message_type(), {of_entry.input, of_entry.in_list || field.is_repeated()});
  }
}

Json Schemas::field(const FieldDescriptor& field) const {
  Json out;
  if (field.message_type() != nullptr) {
    out = reference(field.message_type()->name());
  } else if (field.enum_type() != nullptr) {
    out = reference(field.enum_type()->name());
  } else {
    out = scalar_schema(field);
  }
  if (field.is_repeated()) out = {{"type", "array"}, {"items", std::move(out)}};
  if (const Word* called = word_of_field(field)) {
    out["description"] = language_ == Language::kChinese ? called->zh : called->en;
  }
  return out;
}

Json Schemas::object(const Entry& entry) const {
  Json properties = Json::object(), required = Json::array();
  for (int i = 0; i < entry.type->field_count(); ++i) {
    const FieldDescriptor& one = *entry.type->field(i);
    properties[one.name()] = field(one);
    const bool always =
        !entry.use.input && !one.has_presence() && (!entry.use.in_list || !may_be_empty(one));
    if (always) required.push_back(one.name());
  }
  Json out = {{"type", "object"}, {"properties", std::move(properties)}};
  if (!required.empty()) out["required"] = std::move(required);
  return out;
}

Json Schemas::take() const {
  std::map<std::string, Json> sorted;
  for (const auto& [name, entry] : messages_) sorted[name] = object(entry);
  for (const auto& [name, type] : enums_) sorted[name] = enum_schema(*type);
  Json out = Json::object();
  for (auto& [name, schema] : sorted) out[name] = std::move(schema);
  return out;
}

}  // namespace jiexu
