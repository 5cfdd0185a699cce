#include <google/protobuf/descriptor.h>
#include <simdjson.h>
#include <sodium.h>

#include <algorithm>
#include <charconv>
#include <limits>

#include "daemon/api/json.h"
#include "daemon/api/json_error.h"
#include "daemon/api/json_kind.h"
#include "daemon/api/json_text.h"
#include "daemon/base/limits.h"

namespace jiexu {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;
using simdjson::dom::element;

// What a parser may keep for the next text: it needs some fourteen times as much.
constexpr size_t kKeptBytesMax = 64 << 10;

std::optional<int64_t> number_from(std::string_view text, int64_t /*of*/) {
  int64_t out = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return out;
}

std::optional<uint64_t> number_from(std::string_view text, uint64_t /*of*/) {
  uint64_t out = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return out;
}

// As JSON writes numbers: "007" is a code and no number.
bool is_plain_number(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  return !text.empty() && (text.size() == 1 || text[0] != '0');
}

// Wide is int64_t or uint64_t; a number that does not fit `T` is none.
template <class T, class Wide>
std::optional<T> whole_number(const element& value) {
  std::optional<Wide> wide;
  Wide number = 0;
  std::string_view text;
  if (value.get(number) == simdjson::SUCCESS) wide = number;
  if (value.get(text) == simdjson::SUCCESS && is_plain_number(text))
    wide = number_from(text, Wide());
  if (!wide || *wide < Wide{std::numeric_limits<T>::min()} ||
      *wide > Wide{std::numeric_limits<T>::max()}) {
    return std::nullopt;
  }
  return static_cast<T>(*wide);
}

std::optional<int32_t> number_or_day(const FieldDescriptor& field, const element& value) {
  const JsonKind kind = json_kind(field);
  std::string_view text;
  const bool is_text = kind != JsonKind::kPlain && value.get(text) == simdjson::SUCCESS;
  const auto found = is_text ? day_or_month_from(kind, text) : std::nullopt;
  return found ? found : whole_number<int32_t, int64_t>(value);
}

std::optional<std::string> bytes_from(std::string_view base64) {
  std::string out(base64.size() / 4 * 3, '\0');
  size_t size = 0;
  const char* end = nullptr;
  const int failed =
      sodium_base642bin(reinterpret_cast<unsigned char*>(out.data()), out.size(), base64.data(),
                        base64.size(), nullptr, &size, &end, sodium_base64_VARIANT_ORIGINAL);
  if (failed != 0 || end != base64.data() + base64.size()) return std::nullopt;
  out.resize(size);
  return out;
}

// What becomes of a field or choice that this build does not know.
enum class Unknown : uint8_t { kRefused, kLeftOut };

// Fills a message from a sound text, and gathers what does not fit.
class MessageReader {
 public:
  MessageReader(std::string_view text, Unknown unknown) : text_(text), unknown_(unknown) {}

  void document(const element& root, Message& into) {
    simdjson::dom::object members;
    if (root.get(members) == simdjson::SUCCESS) return object(members, into);
    add("must be an object with the fields " + join(names_of(*into.GetDescriptor())), {}, false);
  }
  std::vector<JsonFinding> take_findings() { return std::move(findings_); }

 private:
  struct Step {
    std::string_view name;  // of an object's member; without data: a part of a list
    size_t nth;
  };

  void object(simdjson::dom::object members, Message& into);
  void member(const FieldDescriptor& field, const element& value, Message& into);
  void list(const FieldDescriptor& field, const element& value, Message& into);
  void one(const FieldDescriptor& field, const element& value, Message& into);
  bool scalar(const FieldDescriptor& field, const element& value, Message& into);
  bool text(const FieldDescriptor& field, const element& value, Message& into);
  bool choice(const FieldDescriptor& field, const element& value, Message& into);
  void add(std::string what, std::vector<std::string> allowed, bool at_name);
  std::string path() const;

  const std::string_view text_;
  const Unknown unknown_;
  std::vector<Step> path_;
  std::vector<JsonFinding> findings_;
};

void MessageReader::object(simdjson::dom::object members, Message& into) {
  const Descriptor& type = *into.GetDescriptor();
  std::vector<bool> seen(static_cast<size_t>(type.field_count()));
  size_t nth = 0;
  for (const auto& [name, value] : members) {
    path_.push_back({name, nth++});
    const FieldDescriptor* field = type.FindFieldByName(std::string(name));
    if (field == nullptr && unknown_ == Unknown::kRefused) {
      const std::vector<std::string> names = names_of(type);
      add("there is no such field; there are " + join(names), names, true);
    } else if (field == nullptr) {
      // left out
    } else if (seen[static_cast<size_t>(field->index())]) {
      add("stands here for the second time", {}, true);
    } else {
      seen[static_cast<size_t>(field->index())] = true;
      member(*field, value, into);
    }
    path_.pop_back();
  }
}

void MessageReader::member(const FieldDescriptor& field, const element& value, Message& into) {
  if (value.is_null()) return;
  if (field.is_repeated()) return list(field, value, into);
  const auto* group = field.real_containing_oneof();
  if (group != nullptr && into.GetReflection()->HasOneof(into, group)) {
    const FieldDescriptor* other = into.GetReflection()->GetOneofFieldDescriptor(into, group);
    return add("cannot stand beside " + other->name() + ": give one of them", {}, true);
  }
  one(field, value, into);
}

void MessageReader::list(const FieldDescriptor& field, const element& value, Message& into) {
  simdjson::dom::array parts;
  if (value.get(parts) != simdjson::SUCCESS) return add("must be a list", {}, false);
  size_t nth = 0;
  for (const element part : parts) {
    path_.push_back({{}, nth++});
    one(field, part, into);
    path_.pop_back();
  }
}

void MessageReader::one(const FieldDescriptor& field, const element& value, Message& into) {
  const Reflection& with = *into.GetReflection();
  simdjson::dom::object members;
  if (field.message_type() == nullptr) {
    if (!scalar(field, value, into)) add(wanted(field), values_of(field), false);
  } else if (value.get(members) != simdjson::SUCCESS) {
    add(wanted(field), names_of(*field.message_type()), false);
  } else {
    object(members, field.is_repeated() ? *with.AddMessage(&into, &field)
                                        : *with.MutableMessage(&into, &field));
  }
}

// False: the value is none of the field's.
bool MessageReader::scalar(const FieldDescriptor& field, const element& value, Message& into) {
  const Reflection& with = *into.GetReflection();
  const auto put = [&](const auto& found, auto set, auto append) {
    if (!found) return false;
    const auto how = field.is_repeated() ? append : set;
    (with.*how)(&into, &field, *found);
    return true;
  };
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_BOOL: {
      bool yes = false;
      const bool is_bool = value.get(yes) == simdjson::SUCCESS;
      return put(is_bool ? std::optional(yes) : std::nullopt, &Reflection::SetBool,
                 &Reflection::AddBool);
    }
    case FieldDescriptor::CPPTYPE_INT32:
      return put(number_or_day(field, value), &Reflection::SetInt32, &Reflection::AddInt32);
    case FieldDescriptor::CPPTYPE_INT64:
      return put(whole_number<int64_t, int64_t>(value), &Reflection::SetInt64,
                 &Reflection::AddInt64);
    case FieldDescriptor::CPPTYPE_UINT32:
      return put(whole_number<uint32_t, uint64_t>(value), &Reflection::SetUInt32,
                 &Reflection::AddUInt32);
    case FieldDescriptor::CPPTYPE_UINT64:
      return put(whole_number<uint64_t, uint64_t>(value), &Reflection::SetUInt64,
                 &Reflection::AddUInt64);
    case FieldDescriptor::CPPTYPE_ENUM: return choice(field, value, into);
    case FieldDescriptor::CPPTYPE_STRING: return text(field, value, into);
    default: return false;
  }
}

bool MessageReader::text(const FieldDescriptor& field, const element& value, Message& into) {
  std::string_view given;
  if (value.get(given) != simdjson::SUCCESS) return false;
  auto found = field.type() == FieldDescriptor::TYPE_BYTES ? bytes_from(given)
                                                           : std::optional(std::string(given));
  if (!found) return false;
  const Reflection& with = *into.GetReflection();
  field.is_repeated() ? with.AddString(&into, &field, std::move(*found))
                      : with.SetString(&into, &field, std::move(*found));
  return true;
}

// By name, or by number: also one that this build does not know, as it may stand in an answer.
bool MessageReader::choice(const FieldDescriptor& field, const element& value, Message& into) {
  std::optional<int32_t> number;
  std::string_view name;
  if (value.get(name) == simdjson::SUCCESS) {
    const auto* known = value_called(*field.enum_type(), name);
    if (known != nullptr) number = known->number();
    if (known == nullptr && unknown_ == Unknown::kLeftOut) return true;
  } else {
    number = whole_number<int32_t, int64_t>(value);
  }
  if (!number) return false;
  const Reflection& with = *into.GetReflection();
  field.is_repeated() ? with.AddEnumValue(&into, &field, *number)
                      : with.SetEnumValue(&into, &field, *number);
  return true;
}

void MessageReader::add(std::string what, std::vector<std::string> allowed, bool at_name) {
  if (findings_.size() == kJsonFindingsMax) return;
  std::vector<size_t> steps;
  for (const Step& step : path_) steps.push_back(step.nth);
  const JsonPlace place = json_place(text_, find_json_part(text_, steps, at_name));
  findings_.push_back({path(), std::move(what), std::move(allowed), place.line, place.column});
}

std::string MessageReader::path() const {
  std::string out;
  for (const Step& step : path_) {
    if (step.name.data() == nullptr) {
      out += "[" + std::to_string(step.nth) + "]";
    } else {
      out.append(out.empty() ? "" : ".").append(step.name);
    }
  }
  return out;
}

// Small texts share what the thread's parser has allocated.
simdjson::error_code parse(std::string_view text, simdjson::dom::parser& parser, element& root) {
  constexpr size_t kDepth = limits::kProtoDepthMax + 1;
  if (parser.max_depth() != kDepth) {
    const auto failed = parser.allocate(std::max(text.size(), size_t{1024}), kDepth);
    if (failed != simdjson::SUCCESS) return failed;
  }
  return parser.parse(text.data(), text.size()).get(root);
}

JsonError not_json(std::string_view text, simdjson::error_code error) {
  const auto fault = find_json_fault(text, limits::kProtoDepthMax);
  JsonFinding finding;
  const JsonPlace place = json_place(text, fault ? fault->offset : text.size());
  finding.line = place.line;
  finding.column = place.column;
  finding.text = fault ? "here must be " + std::string(fault->why) : simdjson::error_message(error);
  const bool large = fault && fault->number_large;
  return {{large ? Errc::kInvalid : Errc::kCorrupt, ""}, {std::move(finding)}};
}

// A field is found by its path; whoever has sent many lines looks for the line first.
std::string words_of(const JsonFinding& finding, bool of_lines) {
  const std::string line = "line " + std::to_string(finding.line);
  if (finding.field.empty()) {
    return line + ", column " + std::to_string(finding.column) + ": " + finding.text;
  }
  return (of_lines ? line + ": " : "") + finding.field + ": " + finding.text;
}

void add_words(size_t line, JsonError& error) {
  for (JsonFinding& finding : error.findings) {
    if (line != 0) finding.line += line - 1;
    error.text += (error.text.empty() ? "" : "; ") + words_of(finding, line != 0);
  }
}

tl::expected<void, JsonError> read_json(std::string_view text, Message* message, size_t line,
                                        Unknown unknown) {
  message->Clear();
  if (text.empty()) return {};
  thread_local simdjson::dom::parser kept;
  simdjson::dom::parser own;
  element root;
  simdjson::dom::parser& parser = text.size() <= kKeptBytesMax ? kept : own;
  const simdjson::error_code failed = parse(text, parser, root);
  JsonError error;
  if (failed == simdjson::SUCCESS) {
    MessageReader reader(text, unknown);
    reader.document(root, *message);
    error = {{Errc::kInvalid, ""}, reader.take_findings()};
    if (error.findings.empty()) return {};
  } else {
    error = not_json(text, failed);
  }
  add_words(line, error);
  return tl::unexpected(std::move(error));
}

}  // namespace

tl::expected<void, JsonError> from_json(std::string_view text, Message* message, size_t line) {
  return read_json(text, message, line, Unknown::kRefused);
}

tl::expected<void, JsonError> from_newer_json(std::string_view text, Message* message) {
  return read_json(text, message, 0, Unknown::kLeftOut);
}

}  // namespace jiexu
