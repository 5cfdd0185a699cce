#include "daemon/cases/hidden_text.h"

#include <google/protobuf/descriptor.h>

#include <unordered_map>
#include <vector>

#include "daemon/base/text.h"
#include "jiexu/v1/forms.pb.h"

namespace jiexu {
namespace {

namespace proto = google::protobuf;

// What of a type of message is to be looked at. A field of a oneof is looked at if it is the one.
struct Looked {
  std::vector<const proto::FieldDescriptor*> fields;
  std::vector<const proto::OneofDescriptor*> oneofs;
};

bool is_looked_at(const proto::FieldDescriptor* field) {
  if (field->type() == proto::FieldDescriptor::TYPE_STRING) return true;
  if (field->cpp_type() != proto::FieldDescriptor::CPPTYPE_MESSAGE) return false;
  const proto::Descriptor* type = field->message_type();
  return type != v1::Application::descriptor() && type != v1::ContactLetter::descriptor() &&
         type != v1::InformationForm::descriptor();
}

// Once for each type: going through all fields of each message takes as long as deciding about it.
const Looked& looked_at(const proto::Descriptor* type) {
  thread_local std::unordered_map<const proto::Descriptor*, Looked> known;
  const auto [entry, fresh] = known.try_emplace(type);
  if (!fresh) return entry->second;
  for (int i = 0; i < type->field_count(); ++i) {
    const auto* field = type->field(i);
    if (field->containing_oneof() == nullptr && is_looked_at(field)) {
      entry->second.fields.push_back(field);
    }
  }
  for (int i = 0; i < type->oneof_decl_count(); ++i) {
    entry->second.oneofs.push_back(type->oneof_decl(i));
  }
  return entry->second;
}

std::optional<std::string> hidden_in(const proto::Message& message,
                                     const proto::FieldDescriptor* field) {
  const proto::Reflection& reflection = *message.GetReflection();
  const bool text = field->type() == proto::FieldDescriptor::TYPE_STRING;
  const bool repeated = field->is_repeated();
  int count = 1;
  if (repeated) count = reflection.FieldSize(message, field);
  if (!repeated && !text) count = static_cast<int>(reflection.HasField(message, field));
  std::string scratch;
  for (int i = 0; i < count; ++i) {
    if (text) {
      const std::string& value =
          repeated ? reflection.GetRepeatedStringReference(message, field, i, &scratch)
                   : reflection.GetStringReference(message, field, &scratch);
      if (has_hidden(value)) return field->name();
      continue;
    }
    const auto below = hidden_text(repeated ? reflection.GetRepeatedMessage(message, field, i)
                                            : reflection.GetMessage(message, field));
    if (below) return field->name() + "." + *below;
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string> hidden_text(const proto::Message& message) {
  const Looked& looked = looked_at(message.GetDescriptor());
  for (const auto* field : looked.fields) {
    if (auto where = hidden_in(message, field)) return where;
  }
  for (const auto* oneof : looked.oneofs) {
    const auto* field = message.GetReflection()->GetOneofFieldDescriptor(message, oneof);
    if (field == nullptr || !is_looked_at(field)) continue;
    if (auto where = hidden_in(message, field)) return where;
  }
  return std::nullopt;
}

}  // namespace jiexu
