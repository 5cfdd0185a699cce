// The texts of ops/calendar, embedded when the library is built (embed_calendar.cmake).
#pragma once

#include <string_view>
#include <vector>

namespace jiexu {

std::vector<std::string_view> shipped_calendar_texts();

}  // namespace jiexu
