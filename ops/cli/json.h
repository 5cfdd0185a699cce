// The API's JSON, read into the messages that it was made from.
#pragma once

#include <google/protobuf/message.h>

#include <string>
#include <string_view>

namespace jiexu::cli {

// False if it is not the JSON of such a message. Fields that this version does not know are left
// out, so that an older command line works with a newer daemon.
bool from_json(const std::string& text, google::protobuf::Message* message);

// With line breaks, for a person to edit: only the fields that are set, or all of them.
std::string to_json(const google::protobuf::Message& message);
std::string to_whole_json(const google::protobuf::Message& message);

// A state machine as it is drawn for Mermaid, for programs: [{"from", "to", "events": [...]}], with
// "" for what is not there yet.
std::string arrows_json(std::string_view drawing);

}  // namespace jiexu::cli
