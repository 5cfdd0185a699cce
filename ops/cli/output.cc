#include "ops/cli/output.h"

#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <sstream>

#include "daemon/api/json_kind.h"
#include "daemon/base/money.h"

namespace jiexu::cli {
namespace {

// Enums of the .proto files, and the family of their words.
constexpr std::pair<std::string_view, std::string_view> kEnums[] = {
    {"RejectCode", "code."},     {"FaultCode", "fault."},          {"Disposition", "disposition."},
    {"Scheme", "scheme."},       {"DocumentType", "document."},    {"Sex", "sex."},
    {"SegmentKind", "segment."}, {"WithdrawOutcome", "withdraw."},
};

// In the order of their numbers, from 1.
constexpr std::array<std::string_view, 13> kDuties = {
    "letter-due", "form-due",    "funds-due",   "intake-due", "credit-due",
    "accept-due", "decide-due",  "correct-due", "refund-due", "close-due",
    "answer-due", "approve-due", "settle-due"};

// Of "2026-09-18T09:30:00.000+08:00", as Instant::str() writes it.
std::optional<Instant> instant_of(const std::string& at) {
  const auto date = Date::parse(std::string_view(at).substr(0, 10));
  int hour = 0;
  int minute = 0;
  int second = 0;
  const bool whole = at.size() == Instant{}.str().size() &&
                     std::sscanf(at.c_str() + 10, "T%2d:%2d:%2d", &hour, &minute, &second) == 3;
  if (!date || !whole) return std::nullopt;
  const int64_t begin = end_of(Date::from_days(date->days() - 1)).ms + 1;
  return Instant{begin + ((hour * 60 + minute) * 60 + second) * int64_t{1000}};
}

// Under which the catalogue has the value; empty: it has no word.
std::string word_id(const google::protobuf::EnumValueDescriptor& value) {
  const auto* family = std::ranges::find(kEnums, value.type()->name(),
                                         &std::pair<std::string_view, std::string_view>::first);
  if (family == std::end(kEnums)) return "";
  std::string id = std::string(family->second) + std::string(short_name(value));
  return find_word(id) == nullptr ? "" : id;
}

template <class Enum>
std::string enum_word(Enum value) {
  const auto* found = google::protobuf::GetEnumDescriptor<Enum>()->FindValueByNumber(value);
  return found == nullptr ? std::to_string(value) : plain_enum(*found);
}

}  // namespace

void warn_unreadable(uint64_t records) {
  if (records == 0) return;
  std::cerr << say("{n} records are left out, because they cannot be read: see jiexu store status",
                   {{"n", std::to_string(records)}})
            << "\n";
}

std::string yuan(int64_t fen) {
  std::string text = Fen{fen}.yuan();
  const size_t first = fen < 0 ? 1 : 0;
  for (size_t at = text.size() - 3; at > first + 3;) text.insert(at -= 3, 1, ',');
  return say("{amount} yuan", {{"amount", text}});
}

std::string age(int64_t ms) {
  const int64_t seconds = ms / 1000;
  const auto told = [](std::string_view sentence, int64_t count) {
    return say(sentence, {{"n", std::to_string(count)}});
  };
  if (ms <= 0) return "-";
  if (seconds < 120) return told("{n} s", seconds);
  if (seconds < 7200) return told("{n} min", seconds / 60);
  if (seconds < 172'800) return told("{n} h", seconds / 3600);
  return told("{n} d", seconds / 86'400);
}

std::string moment(const std::string& at, Instant now) {
  if (at.empty()) return say("never");
  const std::optional<Instant> then = instant_of(at);
  if (!then) return at;
  const std::string text = then->str();
  const bool today = text.substr(0, 10) == now.str().substr(0, 10);
  const std::string when =
      today ? text.substr(11, 8) : text.substr(0, 10) + " " + text.substr(11, 5);
  if (now.ms - then->ms < 1000) return when;
  return say("{time}, {age} ago", {{"time", when}, {"age", age(now.ms - then->ms)}});
}

std::string day_and_time(const std::string& at) {
  return at.size() < 19 ? at : at.substr(0, 10) + " " + at.substr(11, 8);
}

std::string plain_relationship(const std::string& name) {
  return find_word("state." + name + ".says") == nullptr ? name : called("state.", name + ".says");
}

std::string plain_funds(const std::string& name) {
  return find_word("funds." + name + ".says") == nullptr ? name : called("funds.", name + ".says");
}

std::vector<std::string> plain_overlays(const std::string& names, const std::string& side) {
  std::vector<std::string> out;
  std::istringstream list(names);
  for (std::string name; std::getline(list, name, ',');) {
    if (name == "NONE") continue;
    const std::string ours = name + "." + side;
    out.push_back(called("overlay.", find_word("overlay." + ours) == nullptr ? name : ours));
  }
  return out;
}

std::string message_title(std::string kind) {
  std::ranges::replace(kind, '_', '-');
  return called("message.", kind);
}

std::string plain_deadline(const std::string& kind) {
  return called("duty.", kind);
}

std::string plain_duty(uint32_t number) {
  if (number == 0 || number > kDuties.size()) return std::to_string(number);
  return called("duty.", kDuties[number - 1]);
}

std::string plain_code(v1::RejectCode code) {
  return enum_word(code);
}

std::string plain_fault(v1::FaultCode code) {
  return enum_word(code);
}

std::string plain_disposition(v1::Disposition disposition) {
  const bool moves =
      disposition == v1::DISPOSITION_UNSPECIFIED || disposition == v1::DISPOSITION_TRANSFER;
  return moves ? "" : enum_word(disposition);
}

std::string plain_stage(const std::string& name) {
  return called("stage.", name);
}

std::string plain_enum(const google::protobuf::EnumValueDescriptor& value) {
  const std::string id = word_id(value);
  return id.empty() ? std::string(short_name(value)) : say(id);
}

std::string field_name(const google::protobuf::FieldDescriptor& field) {
  if (field.containing_oneof() != nullptr && field.containing_type()->name() == "Message") {
    return message_title(field.name());
  }
  const std::string here = field.containing_type()->name() + "." + field.name();
  return called("field.", find_word("field." + here) == nullptr ? field.name() : here);
}

std::string field_path(const std::string& path) {
  std::string out;
  std::istringstream parts(path);
  for (std::string part; std::getline(parts, part, '.');) {
    const size_t bracket = std::min(part.find('['), part.size());
    std::string label = called("field.", part.substr(0, bracket));
    if (bracket < part.size()) {
      label += " " + part.substr(bracket + 1, part.find(']', bracket) - bracket - 1);
    }
    out += (out.empty() ? "" : " / ") + label;
  }
  return out;
}

const google::protobuf::EnumValueDescriptor* find_value(
    const google::protobuf::EnumDescriptor& type, const std::string& text) {
  std::string name = text;
  for (char& c : name) c = c == '-' ? '_' : static_cast<char>(std::toupper(c));
  for (int i = 0; i < type.value_count(); ++i) {
    const auto& value = *type.value(i);
    if (value.name() == name || short_name(value) == name) return &value;
    for (const Language language : {Language::kEnglish, Language::kChinese}) {
      const std::string id = word_id(value);
      if (!id.empty() && word(id, language) == text) return &value;
    }
  }
  return nullptr;
}

std::string days_until(const std::string& due, const std::string& today) {
  const std::optional<Date> end = Date::parse(due);
  const std::optional<Date> now = Date::parse(today);
  if (!end || !now) return say("not known until the calendar of that year is published");
  const int32_t days = end->days() - now->days();
  if (days == 0) return say("today");
  const std::string_view one = days < 0 ? "{n} day ago" : "in {n} day";
  const std::string_view many = days < 0 ? "{n} days ago" : "in {n} days";
  return say(std::abs(days) == 1 ? one : many, {{"n", std::to_string(std::abs(days))}});
}

}  // namespace jiexu::cli
