#include "daemon/api/json_kind.h"

#include <algorithm>
#include <array>

#include "daemon/base/time.h"

namespace jiexu {
namespace {

using google::protobuf::EnumDescriptor;
using google::protobuf::EnumValueDescriptor;
using google::protobuf::FieldDescriptor;

// Texts whose names do not say it.
constexpr std::array<std::string_view, 5> kDays = {"on", "day", "hold_until", "held_since",
                                                   "next_day"};
constexpr std::array<std::string_view, 8> kTimes = {"at",           "since",       "last_heard",
                                                    "last_receipt", "last_answer", "next_try",
                                                    "pause_until",  "doubt_until"};

bool holds(const auto& names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

JsonKind kind_of_number(const FieldDescriptor& field) {
  const std::string& name = field.name();
  // Of a reminder it is how far from the due day.
  const bool day = name.ends_with("_on") || name.ends_with("_date") || name == "date" ||
                   name == "as_of" || field.full_name() == "jiexu.v1.DailyStatement.day";
  if (day) return JsonKind::kDay;
  return name.ends_with("_month") ? JsonKind::kMonth : JsonKind::kPlain;
}

JsonKind kind_of_text(const FieldDescriptor& field) {
  const std::string& name = field.name();
  if (field.full_name() == "jiexu.v1.PersonTermView.until") return JsonKind::kDay;
  const bool time = field.full_name() == "jiexu.v1.PauseInput.until" ||
                    field.full_name() == "jiexu.v1.SessionView.until";
  if (time) return JsonKind::kTime;
  if (name.ends_with("_on") || holds(kDays, name)) return JsonKind::kDay;
  if (name == "month") return JsonKind::kMonth;
  return name.ends_with("_at") || holds(kTimes, name) ? JsonKind::kTime : JsonKind::kPlain;
}

// Of "DocumentType" that of "DOCUMENT_TYPE_".
size_t prefix_size(const EnumDescriptor& type) {
  const auto is_upper = [](char c) { return c >= 'A' && c <= 'Z'; };
  return type.name().size() + static_cast<size_t>(std::ranges::count_if(type.name(), is_upper));
}

}  // namespace

JsonKind json_kind(const FieldDescriptor& field) {
  switch (field.type()) {
    case FieldDescriptor::TYPE_INT32: return kind_of_number(field);
    case FieldDescriptor::TYPE_STRING: return kind_of_text(field);
    default: return JsonKind::kPlain;
  }
}

bool may_be_empty(const FieldDescriptor& field) {
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
    case FieldDescriptor::CPPTYPE_ENUM: return true;
    default: return field.is_repeated() || json_kind(field) != JsonKind::kPlain;
  }
}

std::string day_or_month_text(JsonKind kind, int32_t number) {
  if (number == 0) return "";
  // A month is the month of its first day.
  const bool month = kind == JsonKind::kMonth;
  const bool fits = !month || (number > 0 && number <= 999'912);
  const auto day = fits ? Date::from_yyyymmdd(month ? number * 100 + 1 : number) : std::nullopt;
  return day ? day->str().substr(0, month ? 7 : 10) : std::to_string(number);
}

std::optional<int32_t> day_or_month_from(JsonKind kind, std::string_view text) {
  if (text.empty()) return 0;
  const bool month = kind == JsonKind::kMonth;
  const auto day = Date::parse(std::string(text) + (month ? "-01" : ""));
  if (!day) return std::nullopt;
  return month ? day->yyyymmdd() / 100 : day->yyyymmdd();
}

std::string_view short_name(const EnumValueDescriptor& value) {
  return std::string_view(value.name()).substr(prefix_size(*value.type()));
}

const EnumValueDescriptor* value_called(const EnumDescriptor& type, std::string_view name) {
  const std::string prefix = type.value(0)->name().substr(0, prefix_size(type));
  const auto* called = type.FindValueByName(prefix + std::string(name));
  return called != nullptr ? called : type.FindValueByName(std::string(name));
}

}  // namespace jiexu
