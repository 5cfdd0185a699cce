// What a field holds besides its type. Days and months cross the wire as numbers, yyyymmdd and
// yyyymm, and are ISO 8601 in JSON; which they are, their names say, by a rule that the .proto
// files keep (tests/api/json_kind_test.cc). Pure.
#pragma once

#include <google/protobuf/descriptor.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace jiexu {

enum class JsonKind : uint8_t {
  kPlain,
  kDay,    // 2026-11-30
  kMonth,  // 2026-11
  kTime,   // RFC 3339; always a text
};
JsonKind json_kind(const google::protobuf::FieldDescriptor& field);

// Whether the field may say nothing: a number and a yes or no always say something; a text, a list,
// a day and a choice may be none.
bool may_be_empty(const google::protobuf::FieldDescriptor& field);

// A day or month that stands as a number, as its text; 0 is the empty one. What is neither, such as
// 20261399 of a peer's message, stays the digits that it is.
std::string day_or_month_text(JsonKind kind, int32_t number);
// The other way; nullopt: no such day or month.
std::optional<int32_t> day_or_month_from(JsonKind kind, std::string_view text);

// The name of an enum's value in JSON: without the name of the enum, which all of them begin with.
std::string_view short_name(const google::protobuf::EnumValueDescriptor& value);
// By its short name or its whole one; nullptr: there is none.
const google::protobuf::EnumValueDescriptor* value_called(
    const google::protobuf::EnumDescriptor& type, std::string_view name);

}  // namespace jiexu
