#include "ops/cli/paper_text.h"

#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <sstream>
#include <utility>

#include "daemon/base/time.h"
#include "daemon/rules/capital_amount.h"
#include "ops/cli/input.h"
#include "ops/cli/output.h"

namespace jiexu::cli {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using Json = nlohmann::json;

constexpr size_t kHashGroup = 8;

constexpr std::pair<std::string_view, std::string_view> kTitles[] = {
    {"letter", "联系函 Contact letter"},
    {"letter-accept", "联系函受理 Acceptance of the letter"},
    {"letter-reject", "联系函退回 Refusal of the letter"},
    {"letter-forwarded", "联系函转送 The letter was forwarded"},
    {"withdraw", "撤销申请 Withdrawal"},
    {"withdraw-reply", "撤销答复 Answer to the withdrawal"},
    {"information-form", "信息表 Information form"},
    {"information-confirm", "信息表确认 Confirmation of the form"},
    {"information-query", "信息表核对 Query about the form"},
    {"remittance-notice", "划转通知 Remittance notice"},
    {"funds-ack", "到账确认 Acknowledgement of funds"},
    {"close", "办结通知 The case is closed"},
    {"payee-change", "收款账户变更 Change of account"},
};

std::string with_dashes(int64_t number, bool day) {
  std::string text = std::to_string(number);
  if (text.size() != (day ? 8 : 6)) return text;
  text.insert(4, "-");
  return day ? text.insert(7, "-") : text;
}

// How a whole number is written follows from its field's name: the schema has no types for it.
std::string number_text(const std::string& field, int64_t number) {
  if (field.ends_with("_fen")) return yuan(number) + "  " + capital_amount(Fen{number});
  if (field.ends_with("_on") || field.ends_with("_date") || field == "as_of") {
    return with_dashes(number, true);
  }
  return field.ends_with("_month") ? with_dashes(number, false) : std::to_string(number);
}

std::string scalar_text(const Message& message, const FieldDescriptor& field, int index) {
  const auto& get = *message.GetReflection();
  const bool many = field.is_repeated();
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING: {
      std::string text =
          many ? get.GetRepeatedString(message, &field, index) : get.GetString(message, &field);
      return text;
    }
    case FieldDescriptor::CPPTYPE_ENUM:
      return (many ? get.GetRepeatedEnum(message, &field, index) : get.GetEnum(message, &field))
          ->name();
    case FieldDescriptor::CPPTYPE_BOOL: return get.GetBool(message, &field) ? "yes" : "no";
    case FieldDescriptor::CPPTYPE_INT32:
      return number_text(field.name(), get.GetInt32(message, &field));
    case FieldDescriptor::CPPTYPE_INT64:
      return number_text(field.name(), get.GetInt64(message, &field));
    case FieldDescriptor::CPPTYPE_UINT32: return std::to_string(get.GetUInt32(message, &field));
    default: return "";
  }
}

// Adds the fields of `message`, one line each, named by their path.
void add_fields(const Message& message, const std::string& path, Table& table) {
  std::vector<const FieldDescriptor*> fields;
  message.GetReflection()->ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    const int count = field->is_repeated() ? message.GetReflection()->FieldSize(message, field) : 1;
    for (int i = 0; i < count; ++i) {
      std::string name = path + field->name();
      if (field->is_repeated()) name += "." + std::to_string(i + 1);
      if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
        const auto& get = *message.GetReflection();
        add_fields(field->is_repeated() ? get.GetRepeatedMessage(message, field, i)
                                        : get.GetMessage(message, field),
                   name + ".", table);
      } else {
        table.add({"  " + name, scalar_text(message, *field, i)});
      }
    }
  }
}

std::string grouped(const std::string& hash) {
  std::string out;
  for (size_t at = 0; at < hash.size(); at += kHashGroup) {
    out += (at == 0 ? "" : " ") + hash.substr(at, kHashGroup);
  }
  return out;
}

}  // namespace

std::string paper_title(const std::string& kind) {
  const auto* found =
      std::ranges::find(kTitles, kind, &std::pair<std::string_view, std::string_view>::first);
  return found == std::end(kTitles) ? kind : std::string(found->second);
}

std::string paper_text(const v1::PaperView& paper) {
  std::ostringstream out;
  out << paper_title(paper.kind()) << "\n"
      << "Number   " << paper.number() << "\n"
      << "From     " << paper.from_agency() << "\n"
      << "To       " << paper.to_agency() << "\n"
      << "Written  " << paper.written_at() << "\n"
      << "Case     " << paper.case_id() << "\n\n";
  const auto* body = v1::Message::descriptor()->FindFieldByNumber(paper.message().body_case());
  Table table({"  FIELD", "VALUE"});
  if (body != nullptr) {
    add_fields(paper.message().GetReflection()->GetMessage(paper.message(), body), "", table);
  }
  out << table.text() << "\nSHA-256 of the electronic message, which may follow:\n  "
      << grouped(paper.sha256()) << "\n";
  return out.str();
}

Result<std::string> with_paper(const std::string& json, const std::string& kind,
                               const std::vector<std::string>& fields) {
  const Result<std::string> filled = with_fields(json, fields);
  if (!filled || kind.empty()) return filled;
  std::string name = kind;
  std::ranges::replace(name, '-', '_');
  const auto* field = v1::Message::descriptor()->FindFieldByName(name);
  if (field == nullptr || field->containing_oneof() == nullptr) {
    return fail(Errc::kInvalid, kind +
                                    ": no message is called so; such as letter-accept, "
                                    "information-form, remittance-notice");
  }
  return Json{{"message", {{name, Json::parse(*filled)}}}}.dump();
}

}  // namespace jiexu::cli
