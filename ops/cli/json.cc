#include "ops/cli/json.h"

#include <google/protobuf/util/json_util.h>

namespace jiexu::cli {

bool from_json(const std::string& text, google::protobuf::Message* message) {
  google::protobuf::util::JsonParseOptions options;
  options.ignore_unknown_fields = true;
  return google::protobuf::util::JsonStringToMessage(text, message, options).ok();
}

}  // namespace jiexu::cli
