// What stands before the body of a message, read without the body: also of a message that cannot be
// read as a whole, because it is of a version that is not ours or a field of it breaks a rule of
// protobuf. With case and number its place in the case can be taken, so that the messages behind it
// are in order.
#pragma once

#include <cstdint>
#include <string_view>

#include "daemon/base/ids.h"
#include "daemon/base/time.h"

namespace jiexu {

// 0 is what is not there, or cannot be read either.
struct MessageNumber {
  CaseId id;
  uint32_t case_seq = 0;
  Instant sent_at;

  bool is_of_case() const { return !id.empty() && case_seq != 0; }
};

MessageNumber read_number(std::string_view message);

}  // namespace jiexu
