#include "ops/cli/json.h"

#include <google/protobuf/util/json_util.h>

#include "daemon/base/check.h"

namespace jiexu::cli {

bool from_json(const std::string& text, google::protobuf::Message* message) {
  google::protobuf::util::JsonParseOptions options;
  options.ignore_unknown_fields = true;
  return google::protobuf::util::JsonStringToMessage(text, message, options).ok();
}

std::string to_json(const google::protobuf::Message& message) {
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  options.add_whitespace = true;
  std::string out;
  CHECK(google::protobuf::util::MessageToJsonString(message, &out, options).ok());
  return out;
}

}  // namespace jiexu::cli
