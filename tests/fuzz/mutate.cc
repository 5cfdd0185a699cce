#include "tests/fuzz/mutate.h"

#include <cstdint>
#include <vector>

namespace jiexu {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

constexpr int kDepthMax = 6;
// Above what a case keeps of findings, so that bounds on lists are met too.
constexpr int kRepeatMax = 300;

void set_one(Message* message, const FieldDescriptor* field, FuzzedDataProvider& in) {
  const Reflection* to = message->GetReflection();
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      return to->SetInt32(message, field, static_cast<int32_t>(odd_number(in)));
    case FieldDescriptor::CPPTYPE_INT64: return to->SetInt64(message, field, odd_number(in));
    case FieldDescriptor::CPPTYPE_UINT32:
      return to->SetUInt32(message, field, static_cast<uint32_t>(odd_number(in)));
    case FieldDescriptor::CPPTYPE_UINT64:
      return to->SetUInt64(message, field, static_cast<uint64_t>(odd_number(in)));
    case FieldDescriptor::CPPTYPE_BOOL: return to->SetBool(message, field, in.ConsumeBool());
    case FieldDescriptor::CPPTYPE_ENUM:
      return to->SetEnumValue(message, field, in.ConsumeIntegralInRange(-1, 12));
    case FieldDescriptor::CPPTYPE_STRING: return to->SetString(message, field, odd_text(in));
    default: return;  // no other kind of field is in our protocol
  }
}

void add_one(Message* message, const FieldDescriptor* field, FuzzedDataProvider& in) {
  const Reflection* to = message->GetReflection();
  if (field->cpp_type() == FieldDescriptor::CPPTYPE_STRING) {
    to->AddString(message, field, odd_text(in));
  } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
    const int copies = in.ConsumeBool() ? 1 : in.ConsumeIntegralInRange(1, kRepeatMax);
    const int size = to->FieldSize(*message, field);
    for (int i = 0; i < copies; ++i) {
      Message* added = to->AddMessage(message, field);
      if (size > 0) added->CopyFrom(to->GetRepeatedMessage(*message, field, size - 1));
    }
  }
}

void change(Message* message, FuzzedDataProvider& in, int depth);

void change_repeated(Message* message, const FieldDescriptor* field, FuzzedDataProvider& in,
                     int depth) {
  const Reflection* to = message->GetReflection();
  const int size = to->FieldSize(*message, field);
  switch (in.ConsumeIntegralInRange(0, 3)) {
    case 0: return add_one(message, field, in);
    case 1:
      if (size > 0) to->RemoveLast(message, field);
      return;
    case 2:
      if (size > 1) to->SwapElements(message, field, 0, in.ConsumeIntegralInRange(1, size - 1));
      return;
    default:
      if (size == 0 || field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) return;
      change(to->MutableRepeatedMessage(message, field, in.ConsumeIntegralInRange(0, size - 1)), in,
             depth + 1);
  }
}

void change(Message* message, FuzzedDataProvider& in, int depth) {
  const int count = message->GetDescriptor()->field_count();
  if (count == 0 || depth > kDepthMax) return;
  const FieldDescriptor* field =
      message->GetDescriptor()->field(in.ConsumeIntegralInRange(0, count - 1));
  const Reflection* to = message->GetReflection();
  // Another body would make another event of it.
  if (field->containing_oneof() != nullptr && !to->HasField(*message, field)) return;
  if (field->is_repeated()) return change_repeated(message, field, in, depth);
  if (in.ConsumeIntegralInRange(0, 7) == 0) {
    if (field->containing_oneof() == nullptr) to->ClearField(message, field);
  } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
    change(to->MutableMessage(message, field), in, depth + 1);
  } else {
    set_one(message, field, in);
  }
}

}  // namespace

void mutate(Message* message, FuzzedDataProvider& in, int changes_max) {
  for (int i = in.ConsumeIntegralInRange(0, changes_max); i > 0; --i) change(message, in, 0);
}

std::string odd_text(FuzzedDataProvider& in) {
  static const std::vector<std::string> kWords = {"",
                                                  "0",
                                                  "S41132810207",
                                                  "S35050000101",
                                                  "41132807261120000071",
                                                  "张三",
                                                  "１２３",
                                                  "a\xcc\x81",
                                                  "\n",
                                                  "张·三",
                                                  "张•三",
                                                  "NHSA-2021",
                                                  "　",
                                                  "-"};
  switch (in.ConsumeIntegralInRange(0, 3)) {
    case 0: return kWords[in.ConsumeIntegralInRange<size_t>(0, kWords.size() - 1)];
    case 1: return std::string(in.ConsumeIntegralInRange<size_t>(0, 600), 'x');
    default: return in.ConsumeRandomLengthString(64);
  }
}

int64_t odd_number(FuzzedDataProvider& in) {
  static constexpr int64_t kNumbers[] = {
      0,         1,       -1,        2,         20261120,        20261121,
      202611,    123'456, INT32_MAX, INT32_MIN, UINT32_MAX,      INT64_MAX,
      INT64_MIN, 190001,  99991231,  100'000,   999'999'999'999, -123'456};
  if (in.ConsumeBool()) return in.PickValueInArray(kNumbers);
  return in.ConsumeBool() ? in.ConsumeIntegralInRange<int64_t>(-1000, 300'000)
                          : in.ConsumeIntegral<int64_t>();
}

}  // namespace jiexu
