// The body of an action from words on the command line.
#pragma once

#include <google/protobuf/descriptor.h>

#include <string>
#include <vector>

#include "daemon/base/result.h"

namespace jiexu::cli {

// Lays `fields` ("path.to.field=value", list items by number: "findings.0.text=...") over the JSON
// object `json` (empty: none), which is to become a message of `type`, and returns the whole.
// Values go as strings, which the daemon takes for numbers and names of enums too; people may write
// amounts and days as in readable.h, names of enums without what all have in common, and a list of
// texts by naming its field again. Error kInvalid, naming the field.
Result<std::string> with_fields(const google::protobuf::Descriptor& type, const std::string& json,
                                const std::vector<std::string>& fields);

// An action's input from the JSON of an application, or of an input that holds one already.
// Error kInvalid.
Result<std::string> with_application(const std::string& json);

}  // namespace jiexu::cli
