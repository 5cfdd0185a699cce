// How keys are written in text files: transport keys in Z85 (ZeroMQ RFC 32), which is what ZeroMQ's
// own tools print; signature keys as "<suite name>:<hex>".
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "daemon/trust/suite.h"

namespace jiexu {

// Five characters for each four bytes. REQUIRES: bytes.size() is a multiple of 4.
std::string to_z85(std::string_view bytes);

// The inverse; nullopt unless the length is a multiple of 5 and every group is the encoding of
// four bytes.
std::optional<std::string> from_z85(std::string_view text);

// A public or private key with the name of its suite. The simulator's suite has no name, so that no
// file can ask for it.
struct SuiteKeyText {
  SuiteId suite;
  std::string bytes;
};

// Errors: kUnsupported (unknown suite name), kInvalid (no colon, not hex).
Result<SuiteKeyText> parse_suite_key(std::string_view text);

// REQUIRES: suite has a name.
std::string suite_key_text(SuiteId suite, std::string_view bytes);

}  // namespace jiexu
