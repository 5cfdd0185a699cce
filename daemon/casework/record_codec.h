// A struct of ours to its protobuf record and back, field by field as each_field<T> lists them
// (case_fields.h). Here is how each type of value is written and read; the list says nothing of it.
#pragma once

#include <google/protobuf/message_lite.h>

#include <optional>
#include <string>
#include <type_traits>
#include <vector>

#include "daemon/base/bytes.h"
#include "daemon/base/ids.h"
#include "daemon/base/money.h"
#include "daemon/base/time.h"
#include "daemon/cases/state_set.h"
#include "daemon/casework/case_fields.h"

namespace jiexu {

// Sets every field of the record anew, and keeps its memory.
template <class T, class Record>
void encode_fields(const T& in, Record& out);
// The name of a field that holds what its type cannot be; nullptr: all were read.
template <class T, class Record>
const char* decode_fields(const Record& in, T& out);

namespace codec {

template <class T>
concept Protobuf = std::is_base_of_v<google::protobuf::MessageLite, T>;
template <class T>
concept Number = std::is_arithmetic_v<T> || std::is_enum_v<T>;

// --- writing ---

// Enumerators and numbers, as what the record holds them as.
template <Number T, class F, class Record>
void put(T value, const F& field, Record& out) {
  field.set(out, static_cast<std::decay_t<decltype(field.get(out))>>(value));
}
template <class F, class Record>
void put(const std::string& value, const F& field, Record& out) {
  field.set(out, value);
}
template <size_t N, class F, class Record>
void put(const std::array<uint8_t, N>& value, const F& field, Record& out) {
  field.set(out, view(value).data(), N);
}
template <class F, class Record>
void put(const AgencyId& value, const F& field, Record& out) {
  field.set(out, value.text().data(), AgencyId::kSize);
}
template <class F, class Record>
void put(Fen value, const F& field, Record& out) {
  field.set(out, value.value);
}
template <class F, class Record>
void put(Instant value, const F& field, Record& out) {
  field.set(out, value.ms);
}
template <class F, class Record>
void put(Date value, const F& field, Record& out) {
  field.set(out, value.yyyymmdd());
}
template <class State, class F, class Record>
void put(StateSet<State> value, const F& field, Record& out) {
  field.set(out, value.bits);
}
template <Protobuf T, class F, class Record>
void put(const T& value, const F& field, Record& out) {
  *field.change(out) = value;
}

// What is not there is 0.
template <class F, class Record>
void put(const std::optional<Instant>& value, const F& field, Record& out) {
  field.set(out, value ? value->ms : 0);
}
template <class F, class Record>
void put(const std::optional<Date>& value, const F& field, Record& out) {
  field.set(out, value ? value->yyyymmdd() : 0);
}
template <class F, class Record>
void put(const std::optional<LogPlace>& value, const F& field, Record& out) {
  value ? encode_fields(*value, *field.change(out)) : field.clear(out);
}

template <Protobuf T, class Record>
void put_element(const T& in, Record& out) {
  out = in;
}
template <class T, class Record>
void put_element(const T& in, Record& out) {
  encode_fields(in, out);
}
template <class T, class F, class Record>
void put(const std::vector<T>& values, const F& field, Record& out) {
  field.clear(out);
  for (const T& value : values) put_element(value, *field.add(out));
}

// --- reading; false: it cannot be read ---

template <Number T, class F, class Record>
bool take(const Record& in, const F& field, T& out) {
  out = static_cast<T>(field.get(in));
  return true;
}
template <class F, class Record>
bool take(const Record& in, const F& field, std::string& out) {
  out = field.get(in);
  return true;
}
template <size_t N, class F, class Record>
bool take(const Record& in, const F& field, std::array<uint8_t, N>& out) {
  const auto read = to_array<N>(field.get(in));
  if (read) out = *read;
  return read.has_value();
}
template <class F, class Record>
bool take(const Record& in, const F& field, AgencyId& out) {
  const auto read = AgencyId::parse(field.get(in));
  if (read) out = *read;
  return read.has_value();
}
template <class F, class Record>
bool take(const Record& in, const F& field, Fen& out) {
  out = Fen{field.get(in)};
  return true;
}
template <class F, class Record>
bool take(const Record& in, const F& field, Instant& out) {
  out = Instant{field.get(in)};
  return true;
}
template <class F, class Record>
bool take(const Record& in, const F& field, Date& out) {
  const auto read = Date::from_yyyymmdd(field.get(in));
  if (read) out = *read;
  return read.has_value();
}
template <class State, class F, class Record>
bool take(const Record& in, const F& field, StateSet<State>& out) {
  out.bits = field.get(in);
  return true;
}
template <Protobuf T, class F, class Record>
bool take(const Record& in, const F& field, T& out) {
  out = field.get(in);
  return true;
}

template <class F, class Record>
bool take(const Record& in, const F& field, std::optional<Instant>& out) {
  if (field.get(in) != 0) out = Instant{field.get(in)};
  return true;
}
template <class F, class Record>
bool take(const Record& in, const F& field, std::optional<Date>& out) {
  out = Date::from_yyyymmdd(field.get(in));
  return true;
}
template <class F, class Record>
bool take(const Record& in, const F& field, std::optional<LogPlace>& out) {
  return !field.has(in) || decode_fields(field.get(in), out.emplace()) == nullptr;
}

template <Protobuf T, class Record>
bool take_element(const Record& in, T& out) {
  out = in;
  return true;
}
template <class T, class Record>
bool take_element(const Record& in, T& out) {
  return decode_fields(in, out) == nullptr;
}
template <class T, class F, class Record>
bool take(const Record& in, const F& field, std::vector<T>& out) {
  for (const auto& element : field.get(in)) {
    if (!take_element(element, out.emplace_back())) return false;
  }
  return true;
}

}  // namespace codec

template <class T, class Record>
void encode_fields(const T& in, Record& out) {
  each_field<T>([&](auto member, const auto& field) { codec::put(in.*member, field, out); });
}

template <class T, class Record>
const char* decode_fields(const Record& in, T& out) {
  const char* wrong = nullptr;
  each_field<T>([&](auto member, const auto& field) {
    if (wrong == nullptr && !codec::take(in, field, out.*member)) wrong = field.name;
  });
  return wrong;
}

}  // namespace jiexu
