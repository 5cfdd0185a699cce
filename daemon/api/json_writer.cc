#include <google/protobuf/descriptor.h>
#include <sodium.h>

#include <array>
#include <charconv>

#include "daemon/api/json.h"
#include "daemon/api/json_kind.h"
#include "daemon/base/check.h"

namespace jiexu {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

// What stands for a byte within quotation marks; empty: itself.
constexpr auto kEscapes = [] {
  std::array<std::array<char, 8>, 128> out{};
  constexpr char kHex[] = "0123456789abcdef";
  for (size_t c = 0; c < 0x20; ++c) out[c] = {'\\', 'u', '0', '0', kHex[c / 16], kHex[c % 16]};
  out['\b'] = {'\\', 'b'};
  out['\f'] = {'\\', 'f'};
  out['\n'] = {'\\', 'n'};
  out['\r'] = {'\\', 'r'};
  out['\t'] = {'\\', 't'};
  out['"'] = {'\\', '"'};
  out['\\'] = {'\\', '\\'};
  return out;
}();

bool needs_escape(char c) {
  const auto byte = static_cast<uint8_t>(c);
  return byte < 0x80 && kEscapes[byte][0] != '\0';
}

void write_text(std::string_view text, std::string& out) {
  out += '"';
  size_t written = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    if (!needs_escape(text[i])) continue;
    out.append(text, written, i - written).append(kEscapes[static_cast<uint8_t>(text[i])].data());
    written = i + 1;
  }
  out.append(text, written).append(1, '"');
}

void write_bytes(std::string_view bytes, std::string& out) {
  std::string base64(sodium_base64_ENCODED_LEN(bytes.size(), sodium_base64_VARIANT_ORIGINAL), '\0');
  sodium_bin2base64(base64.data(), base64.size(),
                    reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(),
                    sodium_base64_VARIANT_ORIGINAL);
  base64.pop_back();  // the 0 behind it
  out.append(1, '"').append(base64).append(1, '"');
}

template <class Number>
void write_number(Number number, std::string_view quotation, std::string& out) {
  char digits[24];
  const auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
  out.append(quotation).append(digits, end).append(quotation);
}

// 64 bits as text: a number of JavaScript has 53.
constexpr std::string_view kQuoted = "\"";

void write_int32(const FieldDescriptor& field, int32_t number, std::string& out) {
  const JsonKind kind = json_kind(field);
  if (kind == JsonKind::kPlain) return write_number(number, "", out);
  write_text(day_or_month_text(kind, number), out);
}

// Whether the message stands by itself, or in a list, where what is empty is left out; or nowhere
// is written what is not set.
enum class Place : uint8_t { kAlone, kInList, kSparse };

void write_message(const Message& message, Place place, std::string& out);

// A value of a list or, `nth` being -1, the only one.
void write_value(const Message& of, const FieldDescriptor* field, int nth, Place place,
                 std::string& out) {
  const Reflection& with = *of.GetReflection();
  const bool one = nth < 0;
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return write_message(
          one ? with.GetMessage(of, field) : with.GetRepeatedMessage(of, field, nth), place, out);
    case FieldDescriptor::CPPTYPE_STRING: {
      std::string scratch;
      const std::string& text = one ? with.GetStringReference(of, field, &scratch)
                                    : with.GetRepeatedStringReference(of, field, nth, &scratch);
      return field->type() == FieldDescriptor::TYPE_BYTES ? write_bytes(text, out)
                                                          : write_text(text, out);
    }
    case FieldDescriptor::CPPTYPE_BOOL:
      out +=
          (one ? with.GetBool(of, field) : with.GetRepeatedBool(of, field, nth)) ? "true" : "false";
      return;
    case FieldDescriptor::CPPTYPE_INT32:
      return write_int32(
          *field, one ? with.GetInt32(of, field) : with.GetRepeatedInt32(of, field, nth), out);
    case FieldDescriptor::CPPTYPE_UINT32:
      return write_number(one ? with.GetUInt32(of, field) : with.GetRepeatedUInt32(of, field, nth),
                          "", out);
    case FieldDescriptor::CPPTYPE_INT64:
      return write_number(one ? with.GetInt64(of, field) : with.GetRepeatedInt64(of, field, nth),
                          kQuoted, out);
    case FieldDescriptor::CPPTYPE_UINT64:
      return write_number(one ? with.GetUInt64(of, field) : with.GetRepeatedUInt64(of, field, nth),
                          kQuoted, out);
    case FieldDescriptor::CPPTYPE_ENUM: {
      const int number =
          one ? with.GetEnumValue(of, field) : with.GetRepeatedEnumValue(of, field, nth);
      const auto* known = field->enum_type()->FindValueByNumber(number);
      return known == nullptr ? write_number(number, "", out) : write_text(short_name(*known), out);
    }
    default: CHECK(false && "a fraction");
  }
}

void write_list(const Message& of, const FieldDescriptor* field, Place place, std::string& out) {
  const int size = of.GetReflection()->FieldSize(of, field);
  out += '[';
  for (int i = 0; i < size; ++i) {
    if (i > 0) out += ',';
    write_value(of, field, i, place == Place::kSparse ? place : Place::kInList, out);
  }
  out += ']';
}

// What is a message or one of several is there or not; everything else has a value, which in a list
// may be one that is left out.
bool is_written(const Message& of, const FieldDescriptor* field, Place place) {
  const Reflection& with = *of.GetReflection();
  if (field->has_presence()) return with.HasField(of, field);
  const bool always = place == Place::kAlone || (place == Place::kInList && !may_be_empty(*field));
  if (always) return true;
  return field->is_repeated() ? with.FieldSize(of, field) > 0 : with.HasField(of, field);
}

void write_message(const Message& message, Place place, std::string& out) {
  const auto* type = message.GetDescriptor();
  char before = '{';
  for (int i = 0; i < type->field_count(); ++i) {
    const FieldDescriptor* field = type->field(i);
    if (!is_written(message, field, place)) continue;
    out.append(1, before).append(1, '"').append(field->name()).append("\":");
    before = ',';
    field->is_repeated() ? write_list(message, field, place, out)
                         : write_value(message, field, -1, place, out);
  }
  if (before == '{') out += '{';
  out += '}';
}

}  // namespace

void append_element(const Message& message, std::string& out) {
  write_message(message, Place::kInList, out);
}

std::string to_sparse_json(const Message& message) {
  std::string out;
  write_message(message, Place::kSparse, out);
  return out;
}

std::string to_json(const Message& message) {
  std::string out;
  out.reserve(1024);
  write_message(message, Place::kAlone, out);
  return out;
}

}  // namespace jiexu
