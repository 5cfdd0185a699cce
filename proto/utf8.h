// Included before every generated file (CMakeLists.txt beside this): checks of UTF-8 in generated
// code go through our is_utf8() first. protobuf's own check walks a table byte by byte, which took
// a quarter of the time of reading a letter and as much of writing one; what is well-formed and
// what happens to a message that is not stay exactly protobuf's. Where generated code does not call
// these names, this header changes nothing.
#pragma once

#include <google/protobuf/extension_set.h>
#include <google/protobuf/generated_message_reflection.h>
#include <google/protobuf/message.h>
#include <google/protobuf/parse_context.h>
#include <google/protobuf/reflection_ops.h>
#include <google/protobuf/wire_format.h>

#include "daemon/base/text.h"

namespace google::protobuf::internal {

inline bool VerifyUtf8Quickly(const std::string* text, const char* field) {
  return jiexu::is_utf8(*text) || VerifyUTF8(text, field);
}
inline bool VerifyUtf8Quickly(StringPiece text, const char* field) {
  return jiexu::is_utf8({text.data(), text.size()}) || VerifyUTF8(text, field);
}

class QuickWireFormat : public WireFormatLite {
 public:
  // Of what is written protobuf says no more than a line to stderr, and what we write has been read
  // or checked before.
  static bool VerifyUtf8String(const char*, int, Operation, const char*) { return true; }
};

}  // namespace google::protobuf::internal

#define VerifyUTF8 VerifyUtf8Quickly
#define WireFormatLite QuickWireFormat
