// Why a message was set aside, as sentences for people.
#pragma once

#include <string>
#include <string_view>

#include "jiexu/v1/message.pb.h"
#include "jiexu/v1/record.pb.h"

namespace jiexu {

std::string_view explain(v1::FaultCode code);
// The rule that it breaks; empty: none is named.
std::string_view rule_of(const v1::QuarantineRecord& record);
// The whole reason: what was wrong, by which rule, and in which field.
std::string reason_of(const v1::QuarantineRecord& record);

}  // namespace jiexu
