// What a field of a client's JSON should have been, in words and as data.
#pragma once

#include <google/protobuf/descriptor.h>

#include <string>
#include <vector>

namespace jiexu {

// "a, b, c"
std::string join(const std::vector<std::string>& names);
std::vector<std::string> names_of(const google::protobuf::Descriptor& type);
// The values that the field may take; none if they cannot be listed.
std::vector<std::string> values_of(const google::protobuf::FieldDescriptor& field);
// "must be ..."
std::string wanted(const google::protobuf::FieldDescriptor& field);

}  // namespace jiexu
