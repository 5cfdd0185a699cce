#include "ops/cli/paper_text.h"

#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <cctype>
#include <nlohmann/json.hpp>
#include <sstream>
#include <utility>

#include "daemon/base/bytes.h"
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
    {"fault", "报文无法使用 A message could not be used"},
    {"hold", "暂缓办理 The case is held"},
    {"resume", "恢复办理 The case goes on"},
    {"clarify", "询问 Question"},
    {"clarify-reply", "询问答复 Answer to the question"},
    {"invalidate", "信息表作废 The form is void"},
    {"payee-change", "收款账户变更 Change of account"},
    {"funds-diff", "金额不符 What came is not what the form says"},
    {"funds-returned", "资金退回 Money is sent back"},
    {"bank-returned", "银行退汇 The bank sent a payment back"},
    {"refund-to-person", "清算给个人 The person was paid at origin"},
    {"reminder", "催办 Reminder"},
    {"reminder-reply", "催办答复 Answer to the reminder"},
    {"cancel-request", "终止申请 Request to give up"},
    {"cancel-reply", "终止答复 Answer to the request to give up"},
    {"reopen-request", "重新办理申请 Request to open again"},
    {"reopen-reply", "重新办理答复 Answer to the request to open again"},
    {"status-query", "进度查询 How far are you?"},
    {"status-reply", "进度答复 How far the other agency is"},
};

std::string with_dashes(int64_t number, bool day) {
  std::string text = std::to_string(number);
  if (text.size() != (day ? 8 : 6)) return text;
  text.insert(4, "-");
  return day ? text.insert(7, "-") : text;
}

enum class Amounts : uint8_t { kFigures, kAlsoCapitals };

// How a whole number is written follows from its field's name: the schema has no types for it.
std::string number_text(const std::string& field, int64_t number, Amounts amounts) {
  if (field.ends_with("_fen")) {
    const bool capitals = amounts == Amounts::kAlsoCapitals;
    const auto words = capitals ? capital_amount(Fen{number}) : std::nullopt;
    return words ? yuan(number) + "  " + *words : yuan(number);
  }
  if (field.ends_with("_on") || field.ends_with("_date") || field == "as_of") {
    return with_dashes(number, true);
  }
  return field.ends_with("_month") ? with_dashes(number, false) : std::to_string(number);
}

std::string scalar_text(const Message& message, const FieldDescriptor& field, int index,
                        Amounts amounts) {
  const auto& get = *message.GetReflection();
  const bool many = field.is_repeated();
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING: {
      std::string text =
          many ? get.GetRepeatedString(message, &field, index) : get.GetString(message, &field);
      return field.type() == FieldDescriptor::TYPE_BYTES ? to_hex(text) : text;
    }
    case FieldDescriptor::CPPTYPE_ENUM:
      return (many ? get.GetRepeatedEnum(message, &field, index) : get.GetEnum(message, &field))
          ->name();
    case FieldDescriptor::CPPTYPE_BOOL: return get.GetBool(message, &field) ? "yes" : "no";
    case FieldDescriptor::CPPTYPE_INT32:
      return number_text(field.name(), get.GetInt32(message, &field), amounts);
    case FieldDescriptor::CPPTYPE_INT64:
      return number_text(field.name(), get.GetInt64(message, &field), amounts);
    case FieldDescriptor::CPPTYPE_UINT32: {
      const uint32_t number = get.GetUInt32(message, &field);
      return field.name() == "duty" ? plain_duty(number) : std::to_string(number);
    }
    case FieldDescriptor::CPPTYPE_UINT64: return std::to_string(get.GetUInt64(message, &field));
    default: return "";
  }
}

std::vector<const FieldDescriptor*> set_fields(const Message& message) {
  std::vector<const FieldDescriptor*> fields;
  message.GetReflection()->ListFields(message, &fields);
  return fields;
}

bool is_rows(const FieldDescriptor& field) {
  return field.is_repeated() && field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE;
}

// Adds the fields of `message`, one line each, named by their path; rows are tables of their own.
void add_fields(const Message& message, const std::string& path, Table& table) {
  const auto& get = *message.GetReflection();
  for (const FieldDescriptor* field : set_fields(message)) {
    if (is_rows(*field)) continue;
    if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
      add_fields(get.GetMessage(message, field), path + field->name() + ".", table);
      continue;
    }
    const int count = field->is_repeated() ? get.FieldSize(message, field) : 1;
    for (int i = 0; i < count; ++i) {
      std::string name = path + field->name();
      if (field->is_repeated()) name += "." + std::to_string(i + 1);
      table.add({"  " + name, scalar_text(message, *field, i, Amounts::kAlsoCapitals)});
    }
  }
}

// The fields that any row has, in the order of the schema.
std::vector<const FieldDescriptor*> columns_of(const std::vector<const Message*>& rows) {
  std::vector<const FieldDescriptor*> columns;
  for (const Message* row : rows) {
    for (const FieldDescriptor* field : set_fields(*row)) {
      if (std::ranges::find(columns, field) == columns.end()) columns.push_back(field);
    }
  }
  std::ranges::sort(columns, {}, &FieldDescriptor::number);
  return columns;
}

// Of a column. Amounts say their unit themselves.
std::string upper(std::string name) {
  if (name.ends_with("_fen")) name.resize(name.size() - 4);
  for (char& c : name) c = c == '_' ? ' ' : static_cast<char>(std::toupper(c));
  return name;
}

std::string rows_text(const Message& message, const FieldDescriptor& field,
                      const std::string& path) {
  std::vector<const Message*> rows;
  for (int i = 0; i < message.GetReflection()->FieldSize(message, &field); ++i) {
    rows.push_back(&message.GetReflection()->GetRepeatedMessage(message, &field, i));
  }
  const auto columns = columns_of(rows);
  std::vector<std::string> header = {"  N"};
  for (const FieldDescriptor* column : columns) header.push_back(upper(column->name()));
  Table table(std::move(header));
  for (size_t i = 0; i < rows.size(); ++i) {
    std::vector<std::string> cells = {"  " + std::to_string(i)};
    for (const FieldDescriptor* column : columns) {
      const bool set = rows[i]->GetReflection()->HasField(*rows[i], column);
      cells.push_back(set ? scalar_text(*rows[i], *column, 0, Amounts::kFigures) : "-");
    }
    table.add(std::move(cells));
  }
  return "\n" + path + field.name() + "\n" + table.text();
}

// The tables of `message` and of what is in it.
std::string tables_of(const Message& message, const std::string& path) {
  std::string out;
  for (const FieldDescriptor* field : set_fields(message)) {
    if (is_rows(*field)) {
      out += rows_text(message, *field, path);
    } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
      out += tables_of(message.GetReflection()->GetMessage(message, field),
                       path + field->name() + ".");
    }
  }
  return out;
}

// nullptr: none, or one that this version does not know.
const Message* body_of(const v1::Message& message) {
  const auto* body = v1::Message::descriptor()->FindFieldByNumber(message.body_case());
  return body == nullptr ? nullptr : &message.GetReflection()->GetMessage(message, body);
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

std::string document_text(const Message& document) {
  Table table({"  FIELD", "VALUE"});
  add_fields(document, "", table);
  return table.text() + tables_of(document, "");
}

std::string message_text(const v1::PaperView& message) {
  std::string out = message.written_at() + "  " + message.from_agency() + "  " +
                    paper_title(message.kind()) + (message.sha256().empty() ? " (on paper)" : "") +
                    "\n";
  if (message.message().has_letter() || message.message().has_information_form()) {
    const std::string kind =
        message.message().has_letter()
            ? "letter"
            : "form-" + std::to_string(message.message().information_form().version());
    return out + "  to be read: jiexu case document " + message.case_id() + " " + kind + "\n";
  }
  const Message* body = body_of(message.message());
  return body == nullptr || set_fields(*body).empty() ? out : out + document_text(*body);
}

std::string last_word_text(const v1::PaperViews& messages, const std::vector<std::string>& others) {
  std::string out;
  for (const v1::PaperView& message : messages.papers()) {
    if (std::ranges::find(others, message.from_agency()) == others.end()) continue;
    out = "\nThe other agency wrote last\n" + message_text(message);
  }
  return out;
}

std::string paper_text(const v1::PaperView& paper) {
  std::ostringstream out;
  out << paper_title(paper.kind()) << "\n"
      << "Number   " << paper.number() << "\n"
      << "From     " << paper.from_agency() << "\n"
      << "To       " << paper.to_agency() << "\n"
      << "Written  " << paper.written_at() << "\n"
      << "Case     " << paper.case_id() << "\n\n";
  if (const Message* body = body_of(paper.message())) out << document_text(*body);
  out << "\nSHA-256 of the electronic message, which may follow:\n  " << grouped(paper.sha256())
      << "\n";
  return out.str();
}

Result<std::string> with_paper(const std::string& json, const std::string& kind,
                               const std::vector<std::string>& fields) {
  if (kind.empty()) return with_fields(*v1::PaperView::descriptor(), json, fields);
  std::string name = kind;
  std::ranges::replace(name, '-', '_');
  const auto* field = v1::Message::descriptor()->FindFieldByName(name);
  if (field == nullptr || field->containing_oneof() == nullptr) {
    std::string kinds;
    for (const auto& [known, title] : kTitles)
      kinds.append(kinds.empty() ? "" : ", ").append(known);
    return fail(Errc::kInvalid, kind + ": no message is called so; there are " + kinds);
  }
  TRY(const auto filled, with_fields(*field->message_type(), json, fields));
  return Json{{"message", {{name, Json::parse(filled)}}}}.dump();
}

}  // namespace jiexu::cli
