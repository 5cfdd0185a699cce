// Changes protobuf messages field by field, steered by fuzz input: what comes out is a well-formed
// message with odd content, which plain byte mutation seldom makes.
#pragma once

#include <fuzzer/FuzzedDataProvider.h>
#include <google/protobuf/message.h>

#include <string>

namespace jiexu {

// Makes up to `changes_max` changes: sets, clears, repeats and drops fields at any depth.
void mutate(google::protobuf::Message* message, FuzzedDataProvider& in, int changes_max = 8);

// A short text: a word of the domain, a boundary case, or bytes from the input.
std::string odd_text(FuzzedDataProvider& in);
int64_t odd_number(FuzzedDataProvider& in);

}  // namespace jiexu
