// Our reader and writer of JSON against others: protobuf's own, and a second reader of the grammar.
#include <google/protobuf/util/json_util.h>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <random>

#include "daemon/api/json.h"
#include "daemon/api/json_kind.h"
#include "daemon/api/json_text.h"
#include "daemon/base/limits.h"
#include "jiexu/v1/api.pb.h"
#include "jiexu/v1/record.pb.h"

namespace jiexu::json_oracle_test {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

constexpr int kRounds = 400;
constexpr int kDepthMax = 5;

class Chance {
 public:
  explicit Chance(uint64_t seed) : random_(seed) {}
  size_t below(size_t n) { return random_() % n; }
  uint64_t number() {
    static constexpr uint64_t kEdges[] = {0,         1,          UINT32_MAX, INT32_MAX,
                                          INT64_MAX, UINT64_MAX, 1ull << 63, 1ull << 53};
    return below(2) == 0 ? kEdges[below(std::size(kEdges))] : random_() >> below(64);
  }
  std::string text(bool bytes) {
    static const char* const kPieces[] = {"a",          "\"",   "\\", "/",  "\n",
                                          "\x01",       "\x7f", "<>", "中", "\u2028",
                                          "\U0001F600", "\x1f", "&'", " "};
    std::string out;
    for (size_t n = below(6); n > 0; --n) {
      out += bytes ? std::string(1, static_cast<char>(below(256)))
                   : std::string(kPieces[below(std::size(kPieces))]);
    }
    if (below(10) == 0) out.append(1, '\0');
    return out;
  }
  void fill(Message& message, int depth = 0);

 private:
  void put(Message& message, const FieldDescriptor* field, int depth);
  std::mt19937_64 random_;
};

void Chance::fill(Message& message, int depth) {
  const Descriptor* type = message.GetDescriptor();
  for (int i = 0; i < type->field_count(); ++i) {
    const FieldDescriptor* field = type->field(i);
    if (depth == kDepthMax && field->message_type() != nullptr) continue;
    for (size_t n = below(field->is_repeated() ? 4 : 2); n > 0; --n) put(message, field, depth);
  }
}

void Chance::put(Message& message, const FieldDescriptor* field, int depth) {
  const Reflection& with = *message.GetReflection();
  const bool many = field->is_repeated();
  const uint64_t n = number();
  const auto set = [&](auto one, auto add, auto value) {
    (with.*(many ? add : one))(&message, field, value);
  };
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_BOOL:
      return set(&Reflection::SetBool, &Reflection::AddBool, n % 2 == 1);
    case FieldDescriptor::CPPTYPE_INT32:
      return set(&Reflection::SetInt32, &Reflection::AddInt32, static_cast<int32_t>(n));
    case FieldDescriptor::CPPTYPE_UINT32:
      return set(&Reflection::SetUInt32, &Reflection::AddUInt32, static_cast<uint32_t>(n));
    case FieldDescriptor::CPPTYPE_INT64:
      return set(&Reflection::SetInt64, &Reflection::AddInt64, static_cast<int64_t>(n));
    case FieldDescriptor::CPPTYPE_UINT64:
      return set(&Reflection::SetUInt64, &Reflection::AddUInt64, n);
    case FieldDescriptor::CPPTYPE_ENUM:
      return set(&Reflection::SetEnumValue, &Reflection::AddEnumValue,
                 below(10) == 0 ? static_cast<int>(n)
                                : field->enum_type()
                                      ->value(static_cast<int>(below(
                                          static_cast<size_t>(field->enum_type()->value_count()))))
                                      ->number());
    case FieldDescriptor::CPPTYPE_STRING:
      return set(&Reflection::SetString, &Reflection::AddString,
                 text(field->type() == FieldDescriptor::TYPE_BYTES));
    default:
      return fill(many ? *with.AddMessage(&message, field) : *with.MutableMessage(&message, field),
                  depth + 1);
  }
}

std::string json_of_protobuf(const Message& message) {
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  options.always_print_primitive_fields = true;
  std::string out;
  REQUIRE(google::protobuf::util::MessageToJsonString(message, &out, options).ok());
  return out;
}

nlohmann::json as_ours(const nlohmann::json& message, const Descriptor& type, bool in_list);

// A value as ours differs from protobuf's: days and months, and the names of enums' values.
nlohmann::json value_as_ours(const nlohmann::json& value, const FieldDescriptor& field,
                             bool in_list) {
  if (field.message_type() != nullptr) return as_ours(value, *field.message_type(), in_list);
  if (field.enum_type() != nullptr && value.is_string()) {
    return std::string(short_name(*field.enum_type()->FindValueByName(value.get<std::string>())));
  }
  const JsonKind kind = json_kind(field);
  if (kind == JsonKind::kPlain || !value.is_number()) return value;
  return day_or_month_text(kind, value.get<int32_t>());
}

nlohmann::json as_ours(const nlohmann::json& message, const Descriptor& type, bool in_list) {
  nlohmann::json out = nlohmann::json::object();
  for (const auto& [name, value] : message.items()) {
    const FieldDescriptor& field = *type.FindFieldByName(name);
    nlohmann::json ours = nlohmann::json::array();
    if (field.is_repeated()) {
      for (const auto& part : value) ours.push_back(value_as_ours(part, field, true));
    } else {
      ours = value_as_ours(value, field, in_list);
    }
    const auto* first = field.enum_type() == nullptr ? nullptr : field.enum_type()->value(0);
    const bool none = ours == "" || ours == nlohmann::json::array() ||
                      (first != nullptr && ours == std::string(short_name(*first)));
    if (!(in_list && none && !field.has_presence())) out[name] = std::move(ours);
  }
  return out;
}

template <class Body>
void agree(uint64_t seed) {
  Chance chance(seed);
  for (int i = 0; i < kRounds; ++i) {
    Body body;
    chance.fill(body);
    const std::string ours = to_json(body);
    INFO(ours);
    const std::string theirs = json_of_protobuf(body);
    REQUIRE(nlohmann::json::parse(ours) ==
            as_ours(nlohmann::json::parse(theirs), *body.GetDescriptor(), false));
    Body back;
    const auto read = from_json(ours, &back);
    REQUIRE(read);
    REQUIRE(back.SerializeAsString() == body.SerializeAsString());
    REQUIRE(from_json(theirs, &back));
    REQUIRE(back.SerializeAsString() == body.SerializeAsString());
  }
}

TEST_CASE("what we write is what protobuf writes but for days, names and what is empty in lists") {
  agree<v1::ActionInput>(1);
  agree<v1::CaseView>(2);
  agree<v1::PaperView>(3);
  agree<v1::BankLineInput>(4);
  agree<v1::Problem>(5);
}

// What to_json() and from_json() need not know.
TEST_CASE("no message of the API has a fraction or a map") {
  for (const char* file : {"api", "forms", "funds", "message"}) {
    const auto* types = google::protobuf::DescriptorPool::generated_pool()->FindFileByName(
        "jiexu/v1/" + std::string(file) + ".proto");
    REQUIRE(types != nullptr);
    for (int i = 0; i < types->message_type_count(); ++i) {
      for (int n = 0; n < types->message_type(i)->field_count(); ++n) {
        const FieldDescriptor& field = *types->message_type(i)->field(n);
        INFO(field.full_name());
        CHECK_FALSE(field.is_map());
        CHECK(field.cpp_type() != FieldDescriptor::CPPTYPE_DOUBLE);
        CHECK(field.cpp_type() != FieldDescriptor::CPPTYPE_FLOAT);
      }
    }
  }
}

std::string changed(std::string text, Chance& chance) {
  static constexpr std::string_view kPieces[] = {"{",
                                                 "}",
                                                 "[",
                                                 "]",
                                                 ",",
                                                 ":",
                                                 "\"",
                                                 "\\",
                                                 "\\u",
                                                 "d800",
                                                 "0",
                                                 "-",
                                                 "e",
                                                 ".",
                                                 "null",
                                                 "true",
                                                 " ",
                                                 "\n",
                                                 "\x01",
                                                 "\xff",
                                                 "\xe4\xb8\xad",
                                                 "1e400",
                                                 "99999999999999999999",
                                                 "\"\":",
                                                 "[[[["};
  const size_t at = chance.below(text.size() + 1);
  switch (chance.below(4)) {
    case 0: return text.substr(0, at);
    case 1: return text.erase(at, 1 + chance.below(3));
    case 2: return text.insert(at, kPieces[chance.below(std::size(kPieces))]);
    default:
      if (at < text.size()) text[at] = static_cast<char>(chance.below(256));
      return text;
  }
}

// The library reads; when it refuses, the other one says where. So they must agree.
TEST_CASE("both readers agree on what is JSON") {
  Chance chance(6);
  size_t malformed = 0;
  for (int i = 0; i < 50 * kRounds; ++i) {
    v1::ActionInput body;
    if (chance.below(4) == 0) chance.fill(body, kDepthMax - 1);
    std::string text = chance.below(3) == 0 ? R"([1, -2.5e3, "a", {"b": [true, null]}, ""])"
                                            : json_of_protobuf(body);
    for (size_t n = 1 + chance.below(3); n > 0; --n) text = changed(std::move(text), chance);
    if (text.empty()) continue;
    INFO(text);
    const auto read = from_json(text, &body);
    const auto fault = find_json_fault(text, limits::kProtoDepthMax);
    const bool corrupt = !read && read.error().code == Errc::kCorrupt;
    REQUIRE(corrupt == (fault && !fault->number_large));
    if (read) REQUIRE_FALSE(fault);
    if (!read && fault) REQUIRE_THAT(read.error().text, Catch::Contains("here must be "));
    malformed += corrupt ? 1 : 0;
  }
  CHECK(malformed > 10 * kRounds);
}

}  // namespace
}  // namespace jiexu::json_oracle_test
