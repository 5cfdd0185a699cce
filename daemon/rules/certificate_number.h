// Numbers of certificates of insurance (参保凭证号): the short name of the province, the year and a
// serial number, such as 闽2026年第350500011130214233号. The serial number is the issuing agency's area
// and office, and the second at which it was issued, in China: it is given once, also by a store
// that was set back. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "daemon/base/ids.h"
#include "daemon/base/time.h"

namespace jiexu {

std::string certificate_number(const AgencyId& agency, Instant second);
// The second that is in it, as yyyymmddhhmmss; nullopt: it is no such number.
std::optional<uint64_t> certificate_stamp(std::string_view number);
uint64_t certificate_stamp(Instant second);

}  // namespace jiexu
