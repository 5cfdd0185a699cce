// Case and number of a message that cannot be read as a whole: of a version that is not ours, or
// with a field that breaks a rule of protobuf. With them its number in the case can be taken, so
// that the messages behind it are in order.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "daemon/base/ids.h"

namespace jiexu {

struct MessageNumber {
  CaseId id;
  uint32_t case_seq = 0;  // from 1
};

// nullopt: they cannot be read either, or it is of no case.
std::optional<MessageNumber> read_number(std::string_view message);

}  // namespace jiexu
