// What is wrong with a client's JSON, in words: protobuf's parser names field and type, and leaves
// it to the reader to find out which values the type has and which fields the message.
#pragma once

#include <google/protobuf/descriptor.h>

#include <string>

namespace jiexu {

// `status`: what the parser said of a text that was to become a message of `type`. Returns it with
// the names that the field may have or the values that it may take; as it is if it is of another
// kind.
std::string explain_json_error(const std::string& status, const google::protobuf::Descriptor& type);

}  // namespace jiexu
