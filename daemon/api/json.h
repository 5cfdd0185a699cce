// JSON at the edge of the API: protobuf's mapping with the original field names, 64-bit integers as
// strings; the values of an enum without its name, such as EMPLOYEE of Scheme; days and months as
// ISO 8601 says (json_kind.h). Every field that is no message is written; in the objects of a list
// the ones that are empty are not: a text, a list, a day or a choice that is none. One schema,
// api.proto, for both directions, which openapi.h tells of.
//
// A whole name of an enum's value, and a day as the number yyyymmdd, are taken too.
//
// Reading is strict (RFC 8259, and I-JSON, RFC 7493, on what that leaves open): a name may stand
// once in an object, a text is UTF-8 without half characters, a number has to fit its field. What
// is wrong is said all at once, each with its place, so that nobody mends a form field by field.
#pragma once

#include <google/protobuf/message.h>

#include <string>
#include <string_view>
#include <vector>

#include "daemon/base/result.h"

namespace jiexu {

// Things that are wrong with one text and named: each takes a look from the text's beginning for
// its place, and nobody mends more at once.
inline constexpr size_t kJsonFindingsMax = 20;

// One thing that is wrong with a text of JSON.
struct JsonFinding {
  std::string field;                 // such as "form.segments[3].kind"; empty: of no field
  std::string text;                  // what it must be
  std::vector<std::string> allowed;  // the names or values that there are, if they can be listed
  size_t line = 1;
  size_t column = 1;  // in characters
};

// `code` is kCorrupt if the text is no JSON at all, and kInvalid if it is, but not of the message.
// The texts may quote what the client sent: they do not go into logs.
struct JsonError : Error {
  std::vector<JsonFinding> findings;  // at least one; of a corrupt text exactly one
};

// REQUIRES: strings in `message` are UTF-8, as everything is that came in through JSON or a frame;
// the type has no maps and no fractions.
std::string to_json(const google::protobuf::Message& message);
// The same with nothing but what is set, however deep.
std::string to_sparse_json(const google::protobuf::Message& message);
// The same as one of a list.
void append_element(const google::protobuf::Message& message, std::string& out);

// Reads `text` into `message`; empty text is the empty object, null is what is not given. `line`:
// the text is that line of what the client has sent; 0: it is all of it. From any thread.
tl::expected<void, JsonError> from_json(std::string_view text, google::protobuf::Message* message,
                                        size_t line = 0);
// The same for an answer of a daemon that may be newer: fields and choices that this build does not
// know are left out.
tl::expected<void, JsonError> from_newer_json(std::string_view text,
                                              google::protobuf::Message* message);

}  // namespace jiexu
