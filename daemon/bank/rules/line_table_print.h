// The table of a bank line in the words of a language.
#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace jiexu {

// What `said` is called: an outcome, an event or, of kOther, any other piece of the table.
enum class LineWord : uint8_t { kOutcome, kEvent, kOther };
using LineWords = std::function<std::string(LineWord kind, std::string_view said)>;

// As print_line_table() of line_table.h, which has the words of the rules themselves.
std::string print_line_table(const LineWords& words);

}  // namespace jiexu
