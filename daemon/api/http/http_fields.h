// Reading the lists that stand in header fields. Pure.
#pragma once

#include <string_view>

namespace jiexu {

// Takes the part up to `separator` off `rest`, and the separator too.
std::string_view cut(std::string_view& rest, char separator);
// Without spaces and tabs at its ends.
std::string_view trimmed(std::string_view text);
// Whether they are equal but for the case of ASCII letters.
bool same_text(std::string_view a, std::string_view b);
// Whether a range's parameters give it no weight: "q=0", "charset=x; q=0.0".
bool is_forbidden(std::string_view parameters);

}  // namespace jiexu
