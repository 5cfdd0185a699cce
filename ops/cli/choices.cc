#include "ops/cli/choices.h"

#include <algorithm>
#include <cctype>
#include <sstream>

#include "daemon/api/json_kind.h"
#include "daemon/base/columns.h"
#include "jiexu/v1/api.pb.h"
#include "ops/cli/output.h"

namespace jiexu::cli {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;
using google::protobuf::FieldDescriptor;

// Of a family's rows those that are names: "state.DRAFT" is, "state.DRAFT.says" is a sentence.
template <class Visit>
void visit_names(std::string_view family, const Visit& visit) {
  for (const auto& list : all_words()) {
    for (const Word& row : list) {
      if (!row.id.starts_with(family)) continue;
      const std::string_view name = row.id.substr(family.size());
      if (name != "NONE" && name.find_first_of(". ") == name.npos) visit(std::string(name), row);
    }
  }
}

bool same_letters(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](unsigned char x, unsigned char y) {
    return std::toupper(x == '-' ? '_' : x) == std::toupper(y == '-' ? '_' : y);
  });
}

// "segments[3]", as the message's field is called.
std::string without_place(const std::string& part) {
  return part.substr(0, part.find('['));
}

const EnumDescriptor* enum_at(const Descriptor* type, const std::string& path) {
  std::istringstream parts(path);
  const FieldDescriptor* field = nullptr;
  for (std::string part; std::getline(parts, part, '.');) {
    if (!part.empty() && std::isdigit(static_cast<unsigned char>(part[0])) != 0) continue;
    field = type == nullptr ? nullptr : type->FindFieldByName(without_place(part));
    if (field == nullptr) return nullptr;
    type = field->message_type();
  }
  return field == nullptr ? nullptr : field->enum_type();
}

const EnumDescriptor* enum_of(const std::string& path) {
  for (const Descriptor* root :
       {v1::ActionInput::descriptor(), v1::Application::descriptor(),
        v1::ContactLetter::descriptor(), v1::InformationForm::descriptor()}) {
    if (const EnumDescriptor* found = enum_at(root, path)) return found;
  }
  return nullptr;
}

}  // namespace

std::vector<std::string> names_meant(std::string_view family, const std::string& text) {
  std::vector<std::string> out;
  visit_names(family, [&](const std::string& name, const Word& row) {
    if (same_letters(name, text) || same_letters(row.en, text) || row.zh == text) {
      out.push_back(name);
    }
  });
  return out;
}

std::string names_text(std::string_view family) {
  std::string out;
  visit_names(family, [&](const std::string& name, const Word&) {
    out += "\n  " + padded(name, 18) + called(family, name);
  });
  return out;
}

std::string choices_text(const std::string& path, const std::string& indent) {
  const EnumDescriptor* type = enum_of(path);
  if (type == nullptr) return "";
  size_t widest = 0;
  for (int i = 0; i < type->value_count(); ++i) {
    widest = std::max(widest, short_name(*type->value(i)).size());
  }
  std::string out;
  for (int i = 0; i < type->value_count(); ++i) {
    const auto& value = *type->value(i);
    if (value.number() == 0) continue;  // says that there is none
    out += "\n" + indent + padded(std::string(short_name(value)), widest + 2) + plain_enum(value);
  }
  return out;
}

}  // namespace jiexu::cli
