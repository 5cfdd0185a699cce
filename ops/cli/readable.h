// Inputs as people write and read them: amounts in yuan ("amount": "1234.56") where the API has fen
// ("amount_fen": 123456), days as "2026-11-30" and months as "2026-11" where it has numbers. Both
// are taken, in files and in --set; what is printed to be filled in has what people write. Pure.
#pragma once

#include <google/protobuf/descriptor.h>

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "daemon/base/result.h"

namespace jiexu::cli {

// "amount" of "amount_fen"; any other name, also a path, as it is.
std::string readable_name(const std::string& name);

// The field of that name, or the one that holds in fen what people name in yuan; nullptr: neither.
const google::protobuf::FieldDescriptor* find_readable(const google::protobuf::Descriptor& type,
                                                       const std::string& name);
// What a person has written of such a field, as the API takes it. Error kInvalid: no amount.
Result<std::string> value_from(const google::protobuf::FieldDescriptor& field,
                               const std::string& name, const std::string& text);

// Whole objects, in place. Error kInvalid, naming the field.
Result<void> from_readable(const google::protobuf::Descriptor& type, nlohmann::json& json);
// With every field, in their order, so that a person sees what can be filled in.
void to_readable(const google::protobuf::Descriptor& type, nlohmann::ordered_json& json);

}  // namespace jiexu::cli
