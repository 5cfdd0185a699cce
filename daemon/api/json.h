// JSON at the edge of the API: protobuf's mapping with the original field names, every primitive
// field printed, 64-bit integers as strings. One schema, api.proto, for both directions.
#pragma once

#include <google/protobuf/message.h>

#include <string>
#include <string_view>

#include "daemon/base/result.h"

namespace jiexu {

// REQUIRES: strings in `message` are UTF-8, as everything is that came in through JSON or a frame.
std::string to_json(const google::protobuf::Message& message);

// Reads `text` into `message`; empty text is the empty object. Error kInvalid, with a sentence for
// the client that names the field: not UTF-8, nested too deeply, not JSON, an unknown field, a
// value of another type. The sentence may quote what the client sent: it does not go into logs.
Result<void> from_json(std::string_view text, google::protobuf::Message* message);

}  // namespace jiexu
