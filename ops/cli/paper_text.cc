#include "ops/cli/paper_text.h"

#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <cctype>
#include <nlohmann/json.hpp>
#include <sstream>
#include <utility>

#include "daemon/base/bytes.h"
#include "daemon/base/columns.h"
#include "daemon/base/time.h"
#include "daemon/rules/capital_amount.h"
#include "ops/cli/case_show.h"
#include "ops/cli/input.h"
#include "ops/cli/output.h"

namespace jiexu::cli {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using Json = nlohmann::json;

std::string with_dashes(int64_t number, bool day) {
  std::string text = std::to_string(number);
  if (text.size() != (day ? 8 : 6)) return text;
  text.insert(4, "-");
  return day ? text.insert(7, "-") : text;
}

enum class Amounts : uint8_t { kFigures, kAlsoCapitals };

// On paper an amount stands in capital figures beside the digits, so that none can be added.
std::string amount_text(int64_t fen, Amounts amounts) {
  const bool capitals = amounts == Amounts::kAlsoCapitals;
  const auto words = capitals ? capital_amount(Fen{fen}) : std::nullopt;
  if (!words) return yuan(fen);
  return say("{amount} (in capitals: {capitals})", {{"amount", yuan(fen)}, {"capitals", *words}});
}

// How a whole number is written follows from its field's name: the schema has no types for it.
std::string number_text(const std::string& field, int64_t number, Amounts amounts) {
  if (field.ends_with("_fen")) return amount_text(number, amounts);
  if (field.ends_with("_on") || field.ends_with("_date") || field == "as_of") {
    return with_dashes(number, true);
  }
  return field.ends_with("_month") ? with_dashes(number, false) : std::to_string(number);
}

// What the other agency says of its state comes by name.
std::string string_text(const FieldDescriptor& field, const std::string& text) {
  const bool state = field.containing_type() == v1::StatusReply::descriptor();
  if (state && field.name() == "relationship") return called("state.", text);
  if (state && field.name() == "funds") return called("funds.", text);
  const bool of_finding = field.containing_type() == v1::Finding::descriptor();
  if (of_finding && field.name() == "field") return field_path(text);
  return field.name() == "text" ? say(text) : text;
}

std::string scalar_text(const Message& message, const FieldDescriptor& field, int index,
                        Amounts amounts) {
  const auto& get = *message.GetReflection();
  const bool many = field.is_repeated();
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING: {
      std::string text =
          many ? get.GetRepeatedString(message, &field, index) : get.GetString(message, &field);
      if (field.type() == FieldDescriptor::TYPE_BYTES) return to_hex(text);
      return string_text(field, text);
    }
    case FieldDescriptor::CPPTYPE_ENUM:
      return plain_enum(
          *(many ? get.GetRepeatedEnum(message, &field, index) : get.GetEnum(message, &field)));
    case FieldDescriptor::CPPTYPE_BOOL: return say(get.GetBool(message, &field) ? "yes" : "no");
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

// The fields that any row has, in the order of the schema.
std::vector<const FieldDescriptor*> fields_of_rows(const std::vector<const Message*>& rows) {
  std::vector<const FieldDescriptor*> columns;
  for (const Message* row : rows) {
    for (const FieldDescriptor* field : set_fields(*row)) {
      if (std::ranges::find(columns, field) == columns.end()) columns.push_back(field);
    }
  }
  std::ranges::sort(columns, {}, &FieldDescriptor::number);
  return columns;
}

Section rows_of(const Message& message, const FieldDescriptor& field, const std::string& title) {
  std::vector<const Message*> rows;
  for (int i = 0; i < message.GetReflection()->FieldSize(message, &field); ++i) {
    rows.push_back(&message.GetReflection()->GetRepeatedMessage(message, &field, i));
  }
  const auto columns = fields_of_rows(rows);
  Section out{title, {}, {say("N")}, {}};
  for (const FieldDescriptor* column : columns) out.titles.push_back(field_name(*column));
  for (size_t i = 0; i < rows.size(); ++i) {
    std::vector<std::string> cells = {std::to_string(i)};
    for (const FieldDescriptor* column : columns) {
      const bool set = rows[i]->GetReflection()->HasField(*rows[i], column);
      cells.push_back(set ? scalar_text(*rows[i], *column, 0, Amounts::kFigures) : "-");
    }
    out.rows.push_back(std::move(cells));
  }
  return out;
}

std::string joined(const std::string& above, const std::string& title) {
  return above.empty() ? title : above + " / " + title;
}

// The fields of `message` itself, then what is in it, part by part.
void add_sections(const Message& message, const std::string& title, std::vector<Section>& out) {
  const auto& get = *message.GetReflection();
  Section own{title, {}, {}, {}};
  for (const FieldDescriptor* field : set_fields(message)) {
    if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) continue;
    if (field->containing_type() == v1::Message::descriptor()) continue;  // its envelope
    const int count = field->is_repeated() ? get.FieldSize(message, field) : 1;
    for (int i = 0; i < count; ++i) {
      std::string name = field_name(*field);
      if (field->is_repeated()) name += " " + std::to_string(i + 1);
      own.fields.emplace_back(std::move(name),
                              scalar_text(message, *field, i, Amounts::kAlsoCapitals));
    }
  }
  if (!own.fields.empty()) out.push_back(std::move(own));
  for (const FieldDescriptor* field : set_fields(message)) {
    const std::string below = joined(title, field_name(*field));
    if (is_rows(*field)) {
      out.push_back(rows_of(message, *field, below));
    } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
      add_sections(get.GetMessage(message, field), below, out);
    }
  }
}

// nullptr: none, or one that this version does not know.
const Message* body_of(const v1::Message& message) {
  const auto* body = v1::Message::descriptor()->FindFieldByNumber(message.body_case());
  return body == nullptr ? nullptr : &message.GetReflection()->GetMessage(message, body);
}

// The kind of message that answers one of this kind; empty: it asks for no answer of people.
std::string_view reply_to(std::string_view kind) {
  if (kind == "clarify") return "clarify-reply";
  if (kind == "cancel-request") return "cancel-reply";
  return kind == "reopen-request" ? "reopen-reply" : "";
}

// Such as information-form; empty of a message without a body that this version knows.
std::string kind_of(const v1::Message& message) {
  const auto* body = v1::Message::descriptor()->FindFieldByNumber(message.body_case());
  std::string kind = body == nullptr ? "" : body->name();
  std::ranges::replace(kind, '_', '-');
  return kind;
}

}  // namespace

std::string paper_title(const std::string& kind) {
  return called("message.", kind);
}

std::vector<Section> sections_of(const google::protobuf::Message& document) {
  std::vector<Section> out;
  add_sections(document, "", out);
  return out;
}

std::vector<Section> sections_of(const v1::PaperView& paper) {
  const Message* body = body_of(paper.message());
  return body == nullptr ? std::vector<Section>() : sections_of(*body);
}

std::string section_text(const Section& section) {
  std::string out = section.title.empty() ? "" : section.title + "\n";
  size_t widest = 0;
  for (const auto& [name, value] : section.fields) widest = std::max(widest, columns_of(name));
  for (const auto& [name, value] : section.fields) {
    out += "  " + padded(name, widest + 2) + value + "\n";
  }
  if (section.titles.empty()) return out;
  Table table(section.titles);
  for (const auto& row : section.rows) table.add(row);
  std::istringstream lines(table.text());
  for (std::string line; std::getline(lines, line);) out += "  " + line + "\n";
  return out;
}

std::string document_text(const google::protobuf::Message& document) {
  std::string out;
  for (const Section& section : sections_of(document)) {
    out += (out.empty() ? "" : "\n") + section_text(section);
  }
  return out;
}

std::string message_text(const v1::PaperView& message, const std::string& command) {
  const bool on_paper = message.sha256().empty();
  std::string out = day_and_time(message.written_at()) + "  " + message.from_agency() + "  " +
                    paper_title(message.kind()) + (on_paper ? say(" (on paper)") : "") + "\n";
  if (message.message().has_letter() || message.message().has_information_form()) {
    const std::string kind =
        message.message().has_letter()
            ? "letter"
            : "form-" + std::to_string(message.message().information_form().version());
    return out + "  " +
           say("to be read: {command}",
               {{"command",
                 command + " case document " + short_case(message.case_id()) + " " + kind}}) +
           "\n";
  }
  const Message* body = body_of(message.message());
  return body == nullptr || set_fields(*body).empty() ? out : out + document_text(*body);
}

std::string proposal_text(const v1::ProposalView& proposal) {
  if (proposal.to().empty()) {
    return "    " +
           say("proposed with an older version, which did not say what it would send: retract it") +
           "\n";
  }
  std::string out;
  for (const v1::Message& message : proposal.messages()) {
    out += "    " +
           say("would be sent to {peer}: {what}",
               {{"peer", proposal.to()}, {"what", paper_title(kind_of(message))}}) +
           "\n";
    if (const Message* body = body_of(message)) out += document_text(*body);
  }
  if (proposal.amount_fen() != 0) {
    const std::string amount = amount_text(proposal.amount_fen(), Amounts::kAlsoCapitals);
    out += "    " + say("amount: {amount}", {{"amount", amount}}) + "\n";
  }
  if (proposal.messages().empty()) out += document_text(proposal.input());
  return out;
}

std::string last_word_text(const v1::PaperViews& messages, const std::vector<std::string>& others,
                           const std::string& command) {
  const v1::PaperView* last = nullptr;
  std::vector<const v1::PaperView*> open;  // what they have asked, and we have not answered
  for (const v1::PaperView& message : messages.papers()) {
    if (std::ranges::find(others, message.from_agency()) == others.end()) {
      std::erase_if(open, [&](const v1::PaperView* asked) {
        return reply_to(asked->kind()) == message.kind();
      });
      continue;
    }
    last = &message;
    if (!reply_to(message.kind()).empty()) open.push_back(&message);
  }
  std::string out;
  for (const v1::PaperView* asked : open) {
    if (asked == last) continue;
    out +=
        "\n" + say("It has asked, and waits for our answer") + "\n" + message_text(*asked, command);
  }
  if (last == nullptr) return out;
  return out + "\n" + say("The other agency wrote last") + "\n" + message_text(*last, command);
}

namespace {

// What a sheet can be: the bodies of messages of a case.
std::string all_kinds() {
  std::string out;
  const auto& bodies = *v1::Message::descriptor()->FindOneofByName("body");
  for (int i = 0; i < bodies.field_count(); ++i) {
    std::string kind = bodies.field(i)->name();
    std::ranges::replace(kind, '_', '-');
    if (find_word("message." + kind) == nullptr) continue;
    out += (out.empty() ? "" : ", ") + kind + " (" + paper_title(kind) + ")";
  }
  return out;
}

}  // namespace

Result<std::string> with_paper(const std::string& json, const std::string& kind,
                               const std::vector<std::string>& fields) {
  if (kind.empty()) return with_fields(*v1::PaperView::descriptor(), json, fields);
  std::string name = kind;
  std::ranges::replace(name, '-', '_');
  const auto* field = v1::Message::descriptor()->FindFieldByName(name);
  if (field == nullptr || field->containing_oneof() == nullptr) {
    return fail(Errc::kInvalid, say("{kind}: no message is called so; there are {kinds}",
                                    {{"kind", kind}, {"kinds", all_kinds()}}));
  }
  TRY(const auto filled, with_fields(*field->message_type(), json, fields));
  return Json{{"message", {{name, Json::parse(filled)}}}}.dump();
}

}  // namespace jiexu::cli
