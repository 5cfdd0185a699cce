#include "daemon/api/json.h"

#include <google/protobuf/util/json_util.h>

#include "daemon/api/json_error.h"
#include "daemon/base/check.h"
#include "daemon/base/limits.h"
#include "daemon/base/text.h"

namespace jiexu {
namespace {

namespace json = google::protobuf::util;

// Checked before the parser sees the text, because a parser's own bound is its own affair.
bool too_deep(std::string_view text) {
  int depth = 0;
  bool in_string = false;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string) {
      if (c == '\\') ++i;
      if (c == '"') in_string = false;
    } else if (c == '"') {
      in_string = true;
    } else if (c == '{' || c == '[') {
      if (++depth > limits::kProtoDepthMax) return true;
    } else if (c == '}' || c == ']') {
      --depth;
    }
  }
  return false;
}

}  // namespace

std::string to_json(const google::protobuf::Message& message) {
  json::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  options.always_print_primitive_fields = true;
  std::string out;
  CHECK(json::MessageToJsonString(message, &out, options).ok());
  return out;
}

Result<void> from_json(std::string_view text, google::protobuf::Message* message) {
  message->Clear();
  if (text.empty()) return {};
  if (!is_utf8(text)) return fail(Errc::kInvalid, "the body is not UTF-8");
  if (too_deep(text)) return fail(Errc::kInvalid, "the body is nested too deeply");
  const auto status = json::JsonStringToMessage({text.data(), text.size()}, message);
  if (status.ok()) return {};
  return fail(Errc::kInvalid,
              explain_json_error(std::string(status.message()), *message->GetDescriptor()));
}

}  // namespace jiexu
